//! ToolEmu's toolkits: a list of them, or one.

use super::build::{named_type, optional_type, text_of, toolkit_item};
use super::kind::Kind;
use super::node::Node;
use super::reader::Reader;
use crate::syntax::{
    Annotations, FieldType, Item, ItemKind, Name, Parameter, Raise, Tool, TypeExpr, TypeKind,
};

/// The toolkits of a list.
pub(super) fn read_toolkits(reader: &mut Reader<'_>) -> Vec<Item> {
    let elements = reader.root.elements();
    if elements.is_empty() {
        reader.reject(reader.root.span(), "the list of toolkits is empty");
    }
    elements
        .into_iter()
        .map(|node| toolkit(reader, node))
        .collect()
}

/// The one toolkit that the file is.
pub(super) fn read_toolkit(reader: &mut Reader<'_>) -> Vec<Item> {
    vec![toolkit(reader, reader.root)]
}

fn toolkit<'t>(reader: &mut Reader<'t>, node: Node<'t>) -> Item {
    let what = "a toolkit";
    let Some(node) = reader.expect(node, Kind::Object, what) else {
        return broken(node, None);
    };
    let Some(name) = toolkit_name(reader, node) else {
        return broken(node, None);
    };
    let what = format!("toolkit `{}`", name.text);
    let docs = reader.docs(
        node,
        &["description_for_model", "description_for_human"],
        &what,
    );
    match reader.required(node, "tools", Kind::Array, &what) {
        Some(tools) => {
            let tools = tools.elements().into_iter();
            let tools = tools.filter_map(|tool| read_tool(reader, tool)).collect();
            toolkit_item(node, docs, name, tools)
        }
        None => broken(node, Some(name)),
    }
}

fn toolkit_name<'t>(reader: &mut Reader<'t>, node: Node<'t>) -> Option<Name> {
    let field = match node.get("toolkit") {
        None if node.get("name_for_model").is_some() => "name_for_model",
        _ => "toolkit",
    };
    reader.name(node, field, "a toolkit")
}

fn broken(node: Node<'_>, declares: Option<Name>) -> Item {
    Item {
        docs: None,
        kind: ItemKind::Error { declares },
        span: node.span(),
    }
}

fn read_tool<'t>(reader: &mut Reader<'t>, node: Node<'t>) -> Option<Tool> {
    let node = reader.expect(node, Kind::Object, "a tool")?;
    let name = reader.name(node, "name", "a tool")?;
    let what = format!("tool `{}`", name.text);
    let parameters = reader.list(node, "parameters", &what).into_iter();
    let parameters = parameters
        .filter_map(|it| parameter(reader, it, &what))
        .collect();
    let exceptions = reader.list(node, "exceptions", &what).into_iter();
    let raises = exceptions
        .filter_map(|it| raise(reader, it, &what))
        .collect();
    Some(Tool {
        docs: reader.docs(node, &["summary", "description"], &what),
        name,
        parameters,
        result: result(reader, node, &what),
        raises,
        annotations: Annotations::default(),
        span: node.span(),
    })
}

fn parameter<'t>(reader: &mut Reader<'t>, node: Node<'t>, tool: &str) -> Option<Parameter> {
    let FieldType { docs, name, kind } = field(reader, node, &format!("a parameter of {tool}"))?;
    let what = format!("parameter `{}` of {tool}", name.text);
    // Where the file does not say it, the parameter is needed.
    let is_required = reader
        .optional(node, "required", Kind::Bool, &what)
        .and_then(Node::bool)
        .unwrap_or(true);
    Some(Parameter {
        docs,
        name,
        kind: if is_required {
            kind
        } else {
            optional_type(kind)
        },
        default: None,
        span: node.span(),
    })
}

/// What a tool returns is a record of the values listed.
fn result<'t>(reader: &mut Reader<'t>, tool: Node<'t>, what: &str) -> Option<TypeExpr> {
    let returns = reader.optional(tool, "returns", Kind::Array, what)?;
    let elements = returns.elements();
    if elements.is_empty() {
        return None;
    }
    let what = format!("a returned value of {what}");
    let fields = elements.into_iter();
    let fields = fields.filter_map(|it| field(reader, it, &what)).collect();
    Some(TypeExpr {
        kind: TypeKind::Record(fields),
        span: returns.span(),
    })
}

/// A parameter and a returned value are alike: a name, a type and a description.
fn field<'t>(reader: &mut Reader<'t>, node: Node<'t>, what: &str) -> Option<FieldType> {
    let node = reader.expect(node, Kind::Object, what)?;
    let name = reader.name(node, "name", what)?;
    Some(FieldType {
        docs: reader.docs(node, &["description"], what),
        kind: field_type(reader, node, &format!("{what}, `{}`,", name.text)),
        name,
    })
}

fn field_type<'t>(reader: &mut Reader<'t>, node: Node<'t>, what: &str) -> TypeExpr {
    if node.get("type").is_none() {
        return named_type("any", node.span());
    }
    let word = reader.required(node, "type", Kind::String, what);
    match word.and_then(|word| Some((word.string()?, word.span()))) {
        Some((word, span)) => reader.simple_type(&word, span),
        None => TypeExpr {
            kind: TypeKind::Error,
            span: node.span(),
        },
    }
}

fn raise<'t>(reader: &mut Reader<'t>, node: Node<'t>, tool: &str) -> Option<Raise> {
    let what = format!("an exception of {tool}");
    let node = reader.expect(node, Kind::Object, &what)?;
    Some(Raise {
        name: reader.name(node, "name", &what)?,
        text: reader
            .optional(node, "description", Kind::String, &what)
            .map(text_of),
        span: node.span(),
    })
}
