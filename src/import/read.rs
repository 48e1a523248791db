//! Which format a file is in, told by what it holds.

use super::kind::Kind;
use super::node::{Document, Node};
use super::reader::Reader;
use super::{mcp, openapi, toolemu};
use crate::diagnostic::Diagnostic;
use crate::source::{FileId, SourceMap, Span};
use crate::syntax::{Item, Tree};

/// Whether a file describes many toolkits or one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportShape {
    /// A module of toolkits, each with its own name.
    Many,
    /// One toolkit, named by whoever imports it.
    One,
}

/// Gives the toolkits of a tool file, and one diagnostic for each part that is not understood.
///
/// The toolkit of a file that describes just one has a name of its own only until the importer
/// gives it another. A file that is not understood at all has no items.
pub fn read(file: FileId, sources: &SourceMap) -> (Tree, ImportShape, Vec<Diagnostic>) {
    let source = sources.file(file);
    let tree = |items| Tree {
        file,
        version: None,
        items,
        comments: Vec::new(),
    };
    match Document::read(source) {
        Ok(document) => {
            let mut reader = Reader::new(document.root(), source.name());
            let (items, shape) = read_document(&mut reader);
            (tree(items), shape, reader.diagnostics)
        }
        Err(problems) => (tree(Vec::new()), ImportShape::Many, problems),
    }
}

fn read_document(reader: &mut Reader<'_>) -> (Vec<Item>, ImportShape) {
    let root = reader.root;
    let has = |field| root.get(field).is_some();
    match root.kind() {
        Kind::Array if is_list_of_tools(root) => (mcp::read_tools(reader, root), ImportShape::One),
        Kind::Array => (toolemu::read_toolkits(reader), ImportShape::Many),
        Kind::Object if has("openapi") || has("swagger") => {
            (openapi::read_description(reader), ImportShape::One)
        }
        Kind::Object if has("toolkit") || has("name_for_model") => {
            (toolemu::read_toolkit(reader), ImportShape::One)
        }
        Kind::Object if has("tools") => (mcp::read_result(reader, root), ImportShape::One),
        Kind::Object => match root.get("result").filter(|it| it.get("tools").is_some()) {
            Some(result) => (mcp::read_result(reader, result), ImportShape::One),
            None => (unknown(reader, root.opening()), ImportShape::Many),
        },
        _ => (unknown(reader, root.span()), ImportShape::Many),
    }
}

fn is_list_of_tools(list: Node<'_>) -> bool {
    list.elements()
        .first()
        .is_some_and(|first| first.get("inputSchema").is_some())
}

fn unknown(reader: &mut Reader<'_>, span: Span) -> Vec<Item> {
    let message = format!("`{}` is in no format of tools that is known", reader.file);
    reader.reject(span, message).help = Some(
        "what is read, in JSON or YAML: the answer to MCP's `tools/list` (an object with `tools`), \
         OpenAPI 3 (`openapi`), and ToolEmu's toolkits (a list)"
            .to_owned(),
    );
    Vec::new()
}
