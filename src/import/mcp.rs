//! The answer to MCP's `tools/list`: one server's tools.

use super::build::{name, text_as, toolkit_item, value_of};
use super::kind::Kind;
use super::node::{Member, Node};
use super::reader::Reader;
use super::schema::MAX_DEPTH;
use super::shape::Property;
use crate::syntax::{Annotations, Expr, ExprKind, Item, Parameter, Tool, TypeExpr, TypeKind};

/// The toolkit of an object with `tools`.
pub(super) fn read_result<'t>(reader: &mut Reader<'t>, result: Node<'t>) -> Vec<Item> {
    match reader.required(result, "tools", Kind::Array, "the answer to `tools/list`") {
        Some(tools) => read_tools(reader, tools),
        None => Vec::new(),
    }
}

/// The toolkit of a bare list of tools.
pub(super) fn read_tools<'t>(reader: &mut Reader<'t>, list: Node<'t>) -> Vec<Item> {
    let tools = list.elements().into_iter();
    let tools = tools.filter_map(|tool| read_tool(reader, tool)).collect();
    let server = name("server".to_owned(), list.opening());
    vec![toolkit_item(list, None, server, tools)]
}

fn read_tool<'t>(reader: &mut Reader<'t>, node: Node<'t>) -> Option<Tool> {
    let node = reader.expect(node, Kind::Object, "a tool")?;
    let name = reader.name(node, "name", "a tool")?;
    let what = format!("tool `{}`", name.text);
    Some(Tool {
        docs: reader.docs(node, &["description", "title"], &what),
        name,
        parameters: parameters(reader, node, &what),
        result: result(reader, node, &what),
        raises: Vec::new(),
        annotations: annotations(reader, node, &what),
        span: node.span(),
    })
}

/// The title of a tool stands in the tool itself since the protocol of June 2025.
fn annotations<'t>(reader: &mut Reader<'t>, tool: Node<'t>, what: &str) -> Annotations {
    let own_title = reader.optional(tool, "title", Kind::String, what);
    let Some(given) = reader.optional(tool, "annotations", Kind::Object, what) else {
        return Annotations {
            title: own_title.and_then(Node::string),
            ..Annotations::default()
        };
    };
    let what = format!("`annotations` of {what}");
    let title = own_title.or_else(|| reader.optional(given, "title", Kind::String, &what));
    let mut hint = |field| {
        let hint = reader.optional(given, field, Kind::Bool, &what);
        hint.and_then(Node::bool)
    };
    Annotations {
        read_only_hint: hint("readOnlyHint"),
        destructive_hint: hint("destructiveHint"),
        idempotent_hint: hint("idempotentHint"),
        open_world_hint: hint("openWorldHint"),
        title: title.and_then(Node::string),
    }
}

fn parameters<'t>(reader: &mut Reader<'t>, tool: Node<'t>, what: &str) -> Vec<Parameter> {
    let Some(schema) = reader.required(tool, "inputSchema", Kind::Object, what) else {
        return Vec::new();
    };
    reader.scope = schema;
    let properties = reader.properties(schema).unwrap_or_default();
    properties.into_iter().filter_map(parameter).collect()
}

/// The default that a schema gives. Where a string is wanted, YAML's plain `1.0` is one; where a
/// number is wanted, the `"10"` of many writers is one, as it is in a URL.
pub(super) fn default_of(schema: Node<'_>, kind: &TypeExpr) -> Option<Expr> {
    let default = schema.get("default")?;
    let span = default.span();
    let meant = default.text().and_then(|text| match wanted_word(kind) {
        "string" if default.is_plain() => Some(ExprKind::Text(text_as(default, text))),
        "int" if default.kind() == Kind::String => text.parse().ok().map(ExprKind::Int),
        "float" if default.kind() == Kind::String => text.parse().ok().map(ExprKind::Float),
        "bool" if default.kind() == Kind::String => text.parse().ok().map(ExprKind::Bool),
        _ => None,
    });
    match meant {
        Some(kind) => Some(Expr { kind, span }),
        None => value_of(default, MAX_DEPTH),
    }
}

fn wanted_word(kind: &TypeExpr) -> &str {
    match &kind.kind {
        TypeKind::Named(word) => &word.text,
        TypeKind::Enum(_) => "string",
        TypeKind::Optional(inner) => wanted_word(inner),
        TypeKind::List(_) | TypeKind::Record(_) | TypeKind::Error => "",
    }
}

/// A parameter of a property; one that need not be given and has no default may be absent.
pub(super) fn parameter(property: Property<'_>) -> Option<Parameter> {
    let Member {
        name: written,
        value,
    } = property.member;
    let default = default_of(value, &property.kind);
    Some(Parameter {
        docs: property.docs.clone(),
        name: name(written.string()?, written.span()),
        kind: match default {
            Some(_) => property.kind,
            None => property.kind_where_absent(),
        },
        default,
        span: written.span().to(value.span()),
    })
}

fn result<'t>(reader: &mut Reader<'t>, tool: Node<'t>, what: &str) -> Option<TypeExpr> {
    let schema = reader.optional(tool, "outputSchema", Kind::Object, what)?;
    reader.scope = schema;
    Some(reader.schema_type(schema))
}
