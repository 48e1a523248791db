//! A document of values that know their places, in whichever notation it is written.

use super::json;
use super::kind::Kind;
use super::yaml;
use super::yaml_build::Builder;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{SourceFile, Span};

/// What a tool file holds, read once.
#[derive(Debug)]
pub(super) enum Document<'t> {
    Json(json::Value<'t>),
    Yaml(yaml::Tree<'t>),
}

/// One value and where it stands.
#[derive(Debug, Clone, Copy)]
pub(super) enum Node<'t> {
    Json(json::Value<'t>),
    Yaml(yaml::Value<'t>),
}

/// A field of an object.
#[derive(Debug, Clone, Copy)]
pub(super) struct Member<'t> {
    /// The string that names it.
    pub name: Node<'t>,
    pub value: Node<'t>,
}

impl<'t> Document<'t> {
    /// What a file holds, or why that cannot be told.
    pub fn read(file: &'t SourceFile) -> Result<Self, Vec<Diagnostic>> {
        if is_source(file) {
            return Err(vec![source_already(file)]);
        }
        let json = json::Value::document(file);
        match (notation(file), json) {
            (Notation::Yaml, Err(_)) => Builder::new(file).build().map(Self::Yaml),
            (_, Ok(value)) => Ok(Self::Json(value)),
            (Notation::Json, Err(problem)) => Err(vec![problem.help(
                "tool files are MCP `tools/list`, OpenAPI 3 or ToolEmu, in JSON, or in YAML where \
                 the name ends in `.yaml`",
            )]),
        }
    }

    /// The value that everything lies in.
    pub fn root(&self) -> Node<'_> {
        match self {
            Self::Json(value) => Node::Json(*value),
            Self::Yaml(tree) => Node::Yaml(tree.root()),
        }
    }
}

enum Notation {
    Json,
    Yaml,
}

/// The notation that a file claims to be in by its name, or else by how it begins.
fn notation(file: &SourceFile) -> Notation {
    let ending = file.name().rsplit('.').next().unwrap_or_default();
    match ending.to_ascii_lowercase().as_str() {
        "json" => Notation::Json,
        "yaml" | "yml" => Notation::Yaml,
        _ if file.text().trim_start().starts_with(['{', '[']) => Notation::Json,
        _ => Notation::Yaml,
    }
}

/// Whether a file is source of the language: by its name, or by its first line that says something.
fn is_source(file: &SourceFile) -> bool {
    let mut lines = file.text().lines().map(str::trim);
    let says_something = |line: &&str| !line.is_empty() && !line.starts_with("//");
    file.name().ends_with(".ots")
        || lines
            .find(says_something)
            .and_then(|line| line.strip_prefix("ots "))
            .is_some_and(|version| {
                version
                    .trim_start()
                    .starts_with(|it: char| it.is_ascii_digit())
            })
}

fn source_already(file: &SourceFile) -> Diagnostic {
    let start = Span::at(file.span().start);
    let message = format!("`{}` is source of the language already", file.name());
    let name = file.name().rsplit('/').next().unwrap_or_default();
    let stem = name.split('.').next().unwrap_or_default();
    Diagnostic::new(Code::BadImport, start, message)
        .label("there is nothing to import")
        .help(format!(
            "it is used as it stands: `use \"./{name}\" as {stem}`; imported are tool files of \
             others: MCP `tools/list`, OpenAPI 3 or ToolEmu, in JSON or YAML"
        ))
}

impl<'t> Node<'t> {
    /// The value that a file of JSON holds, or why it is no JSON.
    pub fn document(file: &'t SourceFile) -> Result<Self, Box<Diagnostic>> {
        json::Value::document(file).map(Self::Json)
    }

    /// The value that one line of a file holds, or why it is no JSON.
    pub fn line(file: &'t SourceFile, line: Span) -> Result<Self, Box<Diagnostic>> {
        json::Value::line(file, line).map(Self::Json)
    }

    /// The place of the whole value.
    pub fn span(self) -> Span {
        match self {
            Self::Json(value) => value.span(),
            Self::Yaml(value) => value.span(),
        }
    }

    /// The place to point at where something of it is missing: its opening brace or bracket, or
    /// its first field where it has none.
    pub fn opening(self) -> Span {
        match self {
            Self::Json(value) => value.opening(),
            Self::Yaml(value) => value.opening(),
        }
    }

    /// The place where it ends.
    pub fn closing(self) -> Span {
        match self {
            Self::Json(value) => value.closing(),
            Self::Yaml(value) => Span::at(value.span().end),
        }
    }

    /// The place of what stands inside the quotes of a string, or of all of it without quotes.
    pub fn inside(self) -> Span {
        let span = self.span();
        let is_quoted = match self {
            Self::Json(_) => true,
            Self::Yaml(value) => value.is_quoted(),
        };
        match is_quoted && span.len() >= 2 {
            true => Span::new(span.start + 1, span.end - 1),
            false => span,
        }
    }

    /// The text as it stands in the file.
    pub fn raw(self) -> &'t str {
        match self {
            Self::Json(value) => value.raw(),
            Self::Yaml(value) => value.raw(),
        }
    }

    /// What it is.
    pub fn kind(self) -> Kind {
        match self {
            Self::Json(value) => value.kind(),
            Self::Yaml(value) => value.kind(),
        }
    }

    /// Whether quotes would make a string of it: YAML's plain words may be numbers.
    pub fn is_plain(self) -> bool {
        matches!(self, Self::Yaml(value) if value.is_plain())
    }

    /// The text of a string, with escapes replaced.
    pub fn string(self) -> Option<String> {
        match self {
            Self::Json(value) => value.string(),
            Self::Yaml(value) => value.string().map(str::to_owned),
        }
    }

    /// The text of a string, or the words of a plain value where a string is wanted.
    pub fn text(self) -> Option<String> {
        match self {
            Self::Yaml(value) => value.words().map(str::to_owned),
            Self::Json(value) => value.string(),
        }
    }

    /// The value of a boolean.
    pub fn bool(self) -> Option<bool> {
        match self {
            Self::Json(value) => value.bool(),
            Self::Yaml(value) => value.bool(),
        }
    }

    /// The value of an integer that fits.
    pub fn int(self) -> Option<i64> {
        match self {
            Self::Json(value) => value.int(),
            Self::Yaml(value) => value.int(),
        }
    }

    /// The value of a number that JSON has too.
    pub fn float(self) -> Option<f64> {
        match self {
            Self::Json(value) => value.float(),
            Self::Yaml(value) => value.float(),
        }
    }

    /// The values of an array; none for anything else.
    pub fn elements(self) -> Vec<Node<'t>> {
        match self {
            Self::Json(value) => value.elements().into_iter().map(Node::Json).collect(),
            Self::Yaml(value) => value.elements().map(Node::Yaml).collect(),
        }
    }

    /// The fields of an object, in order, repeated ones too; none for anything else.
    pub fn members(self) -> Vec<Member<'t>> {
        let member = |name, value| Member { name, value };
        match self {
            Self::Json(value) => value
                .members()
                .into_iter()
                .map(|(name, value)| member(Node::Json(name), Node::Json(value)))
                .collect(),
            Self::Yaml(value) => value
                .members()
                .map(|(name, value)| member(Node::Yaml(name), Node::Yaml(value)))
                .collect(),
        }
    }

    /// The field of this name; the last, where it is given more than once, as in other readers.
    pub fn get(self, name: &str) -> Option<Node<'t>> {
        match self {
            Self::Json(value) => value.get(name).map(Node::Json),
            Self::Yaml(value) => value.get(name).map(Node::Yaml),
        }
    }

    /// The value that a JSON pointer such as `/$defs/Item` leads to.
    pub fn pointer(self, pointer: &str) -> Option<Node<'t>> {
        if pointer.is_empty() {
            return Some(self);
        }
        pointer
            .strip_prefix('/')?
            .split('/')
            .try_fold(self, |node, step| node.child(&unescaped(step)))
    }

    /// The fields of an object by their names, or the values of a list by their places from 0.
    pub fn children(self) -> Vec<(String, Node<'t>)> {
        let named = |member: Member<'t>| Some((member.name.string()?, member.value));
        let numbered = |(index, node): (usize, Node<'t>)| (index.to_string(), node);
        match self.kind() {
            Kind::Array => self
                .elements()
                .into_iter()
                .enumerate()
                .map(numbered)
                .collect(),
            _ => self.members().into_iter().filter_map(named).collect(),
        }
    }

    fn child(self, step: &str) -> Option<Node<'t>> {
        match self.kind() {
            Kind::Array => self.elements().get(step.parse::<usize>().ok()?).copied(),
            _ => self.get(step),
        }
    }
}

/// A step of a JSON pointer as the name that it stands for.
pub(super) fn unescaped(step: &str) -> String {
    step.replace("~1", "/").replace("~0", "~")
}
