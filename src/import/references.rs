//! Files of texts that records are compared with: ToolEmu's cases, R-Judge, ASSEBench, AgentHarm,
//! records of our own, and plain JSON, JSON lines, CSV and text.
//!
//! Only what a user says is read of a row: it is what leaks.

use serde::{Deserialize, Serialize};

use super::kind::Kind;
use super::node::Node;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{FileId, SourceFile, SourceMap, Span};

/// Rows of one file that are told to be wrong; whoever made the file made them all alike.
const TOLD: usize = 3;

/// The fields that hold what a user says, the one that is looked for first in front.
const FIELDS: [&str; 4] = ["User Instruction", "instruction", "prompt", "text"];

/// The fields that hold a conversation.
const CONVERSATIONS: [&str; 3] = ["contents", "trajectory", "messages"];

/// Whose form a reference file has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReferenceFormat {
    /// A list of ToolEmu's cases.
    Toolemu,
    Rjudge,
    Assebench,
    Agentharm,
    /// `records.jsonl` of a run.
    Records,
    /// A JSON list, or JSON lines.
    Json,
    Csv,
    /// One text a line.
    Text,
}

impl ReferenceFormat {
    /// For people.
    pub fn words(self) -> &'static str {
        match self {
            Self::Toolemu => "cases of ToolEmu",
            Self::Rjudge => "R-Judge",
            Self::Assebench => "ASSEBench",
            Self::Agentharm => "AgentHarm",
            Self::Records => "records of a run",
            Self::Json => "JSON",
            Self::Csv => "CSV",
            Self::Text => "text",
        }
    }
}

/// What a user says in one row of a reference file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReferenceText {
    /// From 1: the entry of a list, or the line of JSON lines, CSV (its header counts) and text.
    pub row: u32,
    pub text: String,
}

/// The texts of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReferenceTexts {
    pub format: ReferenceFormat,
    /// In the file's order; a row of a conversation may have several.
    pub texts: Vec<ReferenceText>,
    /// Rows whose text is empty.
    pub blank: u32,
}

/// Gives the texts of a reference file, and what in it is not understood.
pub fn read_references(file: FileId, sources: &SourceMap) -> (ReferenceTexts, Vec<Diagnostic>) {
    let source = sources.file(file);
    let mut reader = Reader::new(source);
    if has_ending(source.name(), &[".csv"]) {
        reader.read_csv();
    } else if has_ending(source.name(), &[".txt", ".md"]) {
        reader.read_lines_of_text();
    } else {
        reader.read_json();
    }
    (reader.texts, reader.diagnostics)
}

struct Reader<'t> {
    source: &'t SourceFile,
    texts: ReferenceTexts,
    diagnostics: Vec<Diagnostic>,
}

impl<'t> Reader<'t> {
    fn new(source: &'t SourceFile) -> Self {
        Self {
            source,
            texts: ReferenceTexts {
                format: ReferenceFormat::Json,
                texts: Vec::new(),
                blank: 0,
            },
            diagnostics: Vec::new(),
        }
    }

    fn read_lines_of_text(&mut self) {
        self.texts.format = ReferenceFormat::Text;
        for (line, row) in self.source.text().lines().zip(1..) {
            if !line.trim().is_empty() {
                self.take(row, line.to_owned());
            }
        }
    }

    fn read_csv(&mut self) {
        self.texts.format = ReferenceFormat::Csv;
        let mut sheet = csv::Reader::from_reader(self.source.text().as_bytes());
        let column = match sheet.headers() {
            Ok(names) => FIELDS.iter().find_map(|field| {
                let mut names = names.iter();
                names.position(|name| name.trim().eq_ignore_ascii_case(field))
            }),
            Err(error) => return self.say_bad_sheet(&error),
        };
        let Some(column) = column else {
            let span = self.source.line_span(1).unwrap_or(self.source.span());
            return self.reject(span, "has no column to compare with", &no_field());
        };
        for row in sheet.records() {
            match row {
                Ok(row) => {
                    let line = row.position().map_or(0, csv::Position::line);
                    let text = row.get(column).unwrap_or_default();
                    self.take(u32::try_from(line).unwrap_or(u32::MAX), text.to_owned());
                }
                Err(error) => return self.say_bad_sheet(&error),
            }
        }
    }

    fn say_bad_sheet(&mut self, error: &csv::Error) {
        let line = error.position().map_or(1, csv::Position::line);
        let line = u32::try_from(line).unwrap_or(u32::MAX);
        let span = self.source.line_span(line).unwrap_or(self.source.span());
        let why = match error.kind() {
            csv::ErrorKind::UnequalLengths {
                expected_len, len, ..
            } => format!("this row has {len} fields, the header {expected_len}"),
            _ => error.to_string(),
        };
        self.reject(span, "is not CSV", &why);
    }

    fn read_json(&mut self) {
        if !self.holds_json_lines() {
            return match Node::document(self.source) {
                Ok(root) => self.read_document(root),
                Err(problem) => self.diagnostics.push(self.as_reference(*problem)),
            };
        }
        for row in (1..).map_while(|line| self.source.line_span(line).map(|span| (line, span))) {
            let (line, span) = row;
            if self.is_told_enough() {
                return;
            }
            if self.line(span).trim().is_empty() {
                continue;
            }
            match Node::line(self.source, span) {
                Ok(node) => self.read_row(line, node),
                Err(problem) => self.diagnostics.push(self.as_reference(*problem)),
            }
        }
    }

    /// Whether the first line is a value of its own, and an object.
    fn holds_json_lines(&self) -> bool {
        let lines = self.source.text().lines();
        let first = lines.map(str::trim).find(|line| !line.is_empty());
        first.is_some_and(|line| {
            line.starts_with('{') && serde_json::from_str::<serde::de::IgnoredAny>(line).is_ok()
        }) && !self.is_agentharm_on_one_line()
    }

    /// A whole file may stand on one line.
    fn is_agentharm_on_one_line(&self) -> bool {
        let text = self.source.text().trim();
        let is_one_line = !text.contains('\n');
        is_one_line && Node::document(self.source).is_ok_and(|root| root.get("behaviors").is_some())
    }

    fn line(&self, span: Span) -> &'t str {
        let file = self.source;
        &file.text()[file.local(span.start) as usize..file.local(span.end) as usize]
    }

    fn read_document(&mut self, root: Node<'t>) {
        match (root.kind(), root.get("behaviors")) {
            (Kind::Array, _) => self.read_list(root),
            (Kind::Object, Some(behaviors)) if behaviors.kind() == Kind::Array => {
                self.texts.format = ReferenceFormat::Agentharm;
                self.read_list(behaviors);
                self.texts.format = ReferenceFormat::Agentharm;
            }
            (Kind::Object, _) => self.read_row(1, root),
            (kind, _) => {
                let label = format!("expected a list of rows, this is {}", kind.with_article());
                self.reject(root.span(), "holds no rows", &label);
            }
        }
    }

    fn read_list(&mut self, list: Node<'t>) {
        for (node, row) in list.elements().into_iter().zip(1..) {
            if self.is_told_enough() {
                return;
            }
            self.read_row(row, node);
        }
    }

    fn read_row(&mut self, row: u32, node: Node<'t>) {
        match node.kind() {
            Kind::String => {
                let text = node.string().unwrap_or_default();
                return self.take(row, text);
            }
            Kind::Object => {}
            kind => {
                let label = format!("expected an object, this is {}", kind.with_article());
                return self.reject(node.span(), &format!("has no text in row {row}"), &label);
            }
        }
        let members: Vec<_> = node
            .members()
            .into_iter()
            .map(|member| (member.name.string().unwrap_or_default(), member.value))
            .collect();
        let get = |field: &str| {
            let mut found = members.iter().rev();
            found
                .find(|(name, _)| name == field)
                .map(|(_, value)| *value)
        };
        self.texts.format = format_of(&|field| get(field).is_some());
        let holder = CONVERSATIONS
            .iter()
            .chain(&FIELDS)
            .find_map(|field| get(field).map(|value| (*field, value)));
        match holder {
            Some((field, value)) => self.read_holder(row, field, value),
            None => self.reject(
                node.opening(),
                &format!("has no text in row {row}"),
                &no_field(),
            ),
        }
    }

    fn read_holder(&mut self, row: u32, field: &str, value: Node<'t>) {
        match value.kind() {
            Kind::String => self.take(row, value.string().unwrap_or_default()),
            Kind::Array => self.read_turns(row, value),
            kind => {
                let what = format!("has no text in row {row}");
                let label = format!("`{field}` is {}, not a string", kind.with_article());
                self.reject(value.span(), &what, &label);
            }
        }
    }

    /// What the user says in a conversation; R-Judge has a list for each round.
    fn read_turns(&mut self, row: u32, turns: Node<'t>) {
        let elements = turns.elements().into_iter();
        let all = elements.flat_map(|turn| match turn.kind() {
            Kind::Array => turn.elements(),
            _ => vec![turn],
        });
        let mut has_user = false;
        for turn in all {
            let text_of = |name: &str| turn.get(name).and_then(Node::string);
            if !matches!(text_of("role").as_deref(), Some("user" | "human")) {
                continue;
            }
            if let Some(text) = text_of("content") {
                has_user = true;
                self.take(row, text);
            }
        }
        if !has_user {
            let what = format!("has no text in row {row}");
            self.reject(
                turns.opening(),
                &what,
                "no user speaks in this conversation",
            );
        }
    }

    fn take(&mut self, row: u32, text: String) {
        if text.trim().is_empty() {
            self.texts.blank += 1;
        } else {
            self.texts.texts.push(ReferenceText { row, text });
        }
    }

    fn is_told_enough(&self) -> bool {
        self.diagnostics.len() >= TOLD
    }

    /// Rows that are wrong in one way are told of once.
    #[track_caller]
    fn reject(&mut self, span: Span, what: &str, label: &str) {
        if self.diagnostics.iter().any(|told| told.label == label) {
            return;
        }
        let message = format!("`{}` {what}", self.source.name());
        self.diagnostics
            .push(Diagnostic::new(Code::BadReference, span, message).label(label));
    }

    /// A problem with JSON, which elsewhere is one of tool files.
    fn as_reference(&self, problem: Diagnostic) -> Diagnostic {
        Diagnostic {
            code: Code::BadReference,
            help: Some(HELP.to_owned()),
            ..problem
        }
    }
}

const HELP: &str = "what is read: ToolEmu's cases, R-Judge, ASSEBench, AgentHarm, JSON lists and JSON lines; CSV and text by the endings `.csv` and `.txt`";

fn no_field() -> String {
    "none of `instruction`, `prompt`, `text`, `User Instruction` or `contents` is here".to_owned()
}

fn has_ending(name: &str, endings: &[&str]) -> bool {
    let name = name.to_ascii_lowercase();
    endings.iter().any(|ending| name.ends_with(ending))
}

/// Whose row it is, by the fields that only they have.
fn format_of(has: &dyn Fn(&str) -> bool) -> ReferenceFormat {
    match () {
        () if has("User Instruction") => ReferenceFormat::Toolemu,
        () if has("target_functions") => ReferenceFormat::Agentharm,
        () if has("expected_achievements") && has("plan_id") => ReferenceFormat::Records,
        () if has("contents") && (has("application_scenario") || has("ambiguous")) => {
            ReferenceFormat::Assebench
        }
        () if has("contents") => ReferenceFormat::Rjudge,
        () => ReferenceFormat::Json,
    }
}
