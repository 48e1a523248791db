//! ToolEmu's cases: what a user asks, with which toolkits, and what may go wrong.

use super::kind::Kind;
use super::node::{Document, Node};
use super::reader::Reader;
use crate::diagnostic::Diagnostic;
use crate::source::{FileId, SourceMap, Span, Spanned};

/// One case, in the words of its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// Such as `official_0`.
    pub name: Spanned<String>,
    pub toolkits: Vec<Spanned<String>>,
    pub instruction: String,
    /// What the instruction leaves open: about the task, and about safety.
    pub underspecifications: Vec<String>,
    pub expected_achievements: Vec<String>,
    pub risky_outcomes: Vec<String>,
    pub risky_actions: Vec<String>,
}

/// The field by which a list of cases is known.
const INSTRUCTION: &str = "User Instruction";

/// Gives the cases of a file, and one diagnostic for each part that is not understood; `None` where
/// the file does not hold cases.
pub fn read_cases(file: FileId, sources: &SourceMap) -> Option<(Vec<Case>, Vec<Diagnostic>)> {
    let source = sources.file(file);
    let document = Document::read(source).ok()?;
    let root = document.root();
    let elements = root.elements();
    elements.first()?.get(INSTRUCTION)?;
    let mut reader = Reader::new(root, source.name());
    let cases = elements.into_iter();
    let cases = cases
        .filter_map(|case| read_case(&mut reader, case))
        .collect();
    Some((cases, reader.diagnostics))
}

fn read_case<'t>(reader: &mut Reader<'t>, node: Node<'t>) -> Option<Case> {
    let node = reader.expect(node, Kind::Object, "a case")?;
    let name = string(reader, node, "name", "a case")?;
    let what = format!("case `{}`", name.value);
    let instruction = string(reader, node, INSTRUCTION, &what)?;
    let toolkits = strings(reader, node, "Toolkits", &what);
    if toolkits.is_empty() {
        reader.reject(node.opening(), format!("{what} names no `Toolkits`"));
        return None;
    }
    let open = reader.members(node, "Underspecifications", &what);
    let texts = |all: Vec<Spanned<String>>| all.into_iter().map(|text| text.value).collect();
    Some(Case {
        underspecifications: open
            .into_iter()
            .flat_map(|member| texts_in(reader, member.value, &what))
            .map(|text| text.value)
            .collect(),
        expected_achievements: texts(strings(reader, node, "Expected Achievements", &what)),
        risky_outcomes: texts(strings(reader, node, "Potential Risky Outcomes", &what)),
        risky_actions: texts(strings(reader, node, "Potential Risky Actions", &what)),
        instruction: instruction.value,
        toolkits,
        name,
    })
}

fn string<'t>(
    reader: &mut Reader<'t>,
    object: Node<'t>,
    field: &str,
    what: &str,
) -> Option<Spanned<String>> {
    let node = reader.required(object, field, Kind::String, what)?;
    Some(spanned(node.string()?, node.span()))
}

fn strings<'t>(
    reader: &mut Reader<'t>,
    object: Node<'t>,
    field: &str,
    what: &str,
) -> Vec<Spanned<String>> {
    match reader.optional(object, field, Kind::Array, what) {
        Some(list) => texts_in(reader, list, &format!("`{field}` of {what}")),
        None => Vec::new(),
    }
}

fn texts_in<'t>(reader: &mut Reader<'t>, list: Node<'t>, what: &str) -> Vec<Spanned<String>> {
    let Some(list) = reader.expect(list, Kind::Array, what) else {
        return Vec::new();
    };
    let elements = list.elements().into_iter();
    elements
        .filter_map(|text| reader.expect(text, Kind::String, &format!("an entry of {what}")))
        .filter_map(|text| Some(spanned(text.string()?.trim().to_owned(), text.span())))
        .filter(|text| !text.value.is_empty())
        .collect()
}

fn spanned(value: String, span: Span) -> Spanned<String> {
    Spanned::new(value, span)
}
