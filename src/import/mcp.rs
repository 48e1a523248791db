//! The answer to MCP's `tools/list`: one server's tools.

use super::build::{Reader, name, toolkit_item, value_of};
use super::json::{Kind, Member, Node};
use super::schema::{MAX_DEPTH, Property};
use crate::syntax::{Item, Parameter, Tool, TypeExpr};

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
        span: node.span(),
    })
}

fn parameters<'t>(reader: &mut Reader<'t>, tool: Node<'t>, what: &str) -> Vec<Parameter> {
    let Some(schema) = reader.required(tool, "inputSchema", Kind::Object, what) else {
        return Vec::new();
    };
    reader.scope = schema;
    let object = reader.follow(schema);
    let properties = reader.properties(object).into_iter();
    properties.filter_map(parameter).collect()
}

/// A parameter of a property; one that need not be given and has no default may be absent.
pub(super) fn parameter(property: Property<'_>) -> Option<Parameter> {
    let Member {
        name: written,
        value,
    } = property.member;
    let default = match value.kind() {
        Kind::Object => value.get("default"),
        _ => None,
    };
    let default = default.and_then(|default| value_of(default, MAX_DEPTH));
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
