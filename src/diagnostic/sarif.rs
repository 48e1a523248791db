//! Diagnostics for code scanning: a SARIF 2.1.0 log.
//!
//! Each code is a rule with the book's page as its help. Regions count lines and columns from 1, columns
//! in characters, as everywhere here.

use serde::Serialize;

use super::code::Code;
use super::pages::page;
use super::{Diagnostic, Edit, Severity};
use crate::source::{SourceMap, Span};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// What the URIs of a log are relative to; whoever reads it says where that is.
const BASE: &str = "%SRCROOT%";

/// A log in the making.
#[derive(Debug, Default)]
pub struct SarifLog {
    results: Vec<Finding>,
}

impl SarifLog {
    /// Adds a problem. `path_of` gives the path to write for a file's name: relative, with `/`.
    pub fn add(
        &mut self,
        diagnostic: &Diagnostic,
        sources: &SourceMap,
        path_of: &dyn Fn(&str) -> String,
    ) {
        let places = Places { sources, path_of };
        let result = places.result(diagnostic);
        self.results.push(result);
    }

    /// The log as JSON, with a final line break.
    pub fn into_json(self) -> String {
        let log = Log {
            schema: SCHEMA,
            version: "2.1.0",
            runs: [Run {
                tool: Tool { driver: driver() },
                column_kind: "unicodeCodePoints",
                results: self.results,
            }],
        };
        let json = serde_json::to_string_pretty(&log);
        json.expect("texts and numbers always become JSON") + "\n"
    }
}

fn driver() -> Driver {
    Driver {
        name: "AutoSafe",
        semantic_version: env!("CARGO_PKG_VERSION"),
        rules: Code::ALL.iter().map(|&code| rule(code)).collect(),
    }
}

fn rule(code: Code) -> RuleDescriptor {
    RuleDescriptor {
        id: code.name(),
        short_description: Text::new(code.summary()),
        help: Help {
            text: page(code),
            markdown: page(code),
        },
        default_configuration: Configuration { level: level(code) },
    }
}

fn level(code: Code) -> &'static str {
    match code.severity() {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Lint => "note",
    }
}

/// Turns spans of the shared offset space into places in files.
struct Places<'a> {
    sources: &'a SourceMap,
    path_of: &'a dyn Fn(&str) -> String,
}

impl Places<'_> {
    fn result(&self, diagnostic: &Diagnostic) -> Finding {
        let code = diagnostic.code;
        let mut message = diagnostic.message.clone();
        for more in [Some(&diagnostic.label), diagnostic.help.as_ref()] {
            if let Some(more) = more.filter(|more| !more.is_empty()) {
                message = format!("{message}\n{more}");
            }
        }
        let others = diagnostic.others.iter().enumerate();
        Finding {
            rule_id: code.name(),
            rule_index: code as usize,
            level: level(code),
            message: Text::new(message),
            locations: [self.location(diagnostic.span, None)],
            related_locations: others
                .map(|(index, other)| Related {
                    id: index + 1,
                    location: self.location(other.span, Some(&other.message)),
                })
                .collect(),
            fixes: diagnostic
                .fix
                .iter()
                .map(|fix| SarifFix {
                    description: Text::new(fix.title.as_str()),
                    artifact_changes: self.changes(&fix.edits),
                })
                .collect(),
        }
    }

    fn location(&self, span: Span, message: Option<&str>) -> Location {
        Location {
            physical_location: PhysicalLocation {
                artifact_location: self.artifact(span),
                region: self.region(span),
            },
            message: message.map(Text::new),
        }
    }

    /// The edits, those of one file together.
    fn changes(&self, edits: &[Edit]) -> Vec<Change> {
        let mut changes: Vec<Change> = Vec::new();
        for edit in edits {
            let artifact_location = self.artifact(edit.span);
            let replacement = Replacement {
                deleted_region: self.region(edit.span),
                inserted_content: Text::new(edit.text.as_str()),
            };
            let uri = &artifact_location.uri;
            match changes
                .iter_mut()
                .find(|change| change.artifact_location.uri == *uri)
            {
                Some(change) => change.replacements.push(replacement),
                None => changes.push(Change {
                    artifact_location,
                    replacements: vec![replacement],
                }),
            }
        }
        changes
    }

    fn artifact(&self, span: Span) -> ArtifactLocation {
        let file = self.sources.file_at(span.start);
        let path = (self.path_of)(file.map_or("", |file| file.name()));
        ArtifactLocation {
            uri: percent_encoded(&path),
            uri_base_id: BASE,
        }
    }

    fn region(&self, span: Span) -> Region {
        let Some(file) = self.sources.file_at(span.start) else {
            return Region::default();
        };
        let (start, end) = (file.line_column(span.start), file.line_column(span.end));
        Region {
            start_line: start.line,
            start_column: start.column,
            end_line: end.line,
            end_column: end.column,
        }
    }
}

/// A path as the path of a URI: what has a meaning there, and what is no ASCII, as `%XX`.
fn percent_encoded(path: &str) -> String {
    let mut uri = String::new();
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte));
            }
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

#[derive(Serialize)]
struct Log {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    tool: Tool,
    column_kind: &'static str,
    results: Vec<Finding>,
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver {
    name: &'static str,
    semantic_version: &'static str,
    rules: Vec<RuleDescriptor>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RuleDescriptor {
    id: &'static str,
    short_description: Text,
    help: Help,
    default_configuration: Configuration,
}

#[derive(Serialize)]
struct Help {
    text: &'static str,
    markdown: &'static str,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Finding {
    rule_id: &'static str,
    rule_index: usize,
    level: &'static str,
    message: Text,
    locations: [Location; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Related>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fixes: Vec<SarifFix>,
}

#[derive(Debug, Serialize)]
struct Text {
    text: String,
}

impl Text {
    fn new(text: impl Into<String>) -> Self {
        Self { text: text.into() }
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    physical_location: PhysicalLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Text>,
}

#[derive(Debug, Serialize)]
struct Related {
    id: usize,
    #[serde(flatten)]
    location: Location,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    region: Region,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ArtifactLocation {
    uri: String,
    uri_base_id: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: u32,
    start_column: u32,
    end_line: u32,
    end_column: u32,
}

impl Default for Region {
    fn default() -> Self {
        Self {
            start_line: 1,
            start_column: 1,
            end_line: 1,
            end_column: 1,
        }
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifFix {
    description: Text,
    artifact_changes: Vec<Change>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Change {
    artifact_location: ArtifactLocation,
    replacements: Vec<Replacement>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Replacement {
    deleted_region: Region,
    inserted_content: Text,
}
