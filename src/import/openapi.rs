//! OpenAPI 3 in JSON: one service, each operation a tool.

use super::build::{Reader, docs_of, name, named_type, optional_type, text_of, toolkit_item};
use super::json::{Kind, Member, Node};
use super::mcp::parameter as parameter_of;
use crate::syntax::{Docs, Item, Name, Parameter, Raise, Tool, TypeExpr};

const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "patch", "head", "options", "trace",
];

/// The toolkit of a description.
pub(super) fn read_description(reader: &mut Reader<'_>) -> Vec<Item> {
    let root = reader.root;
    let Some(version) = root.get("openapi") else {
        reader.reject(root.opening(), "Swagger 2 is not read").help =
            Some("convert the description to OpenAPI 3".to_owned());
        return Vec::new();
    };
    if !version.string().is_some_and(|text| text.starts_with("3.")) {
        let message = format!("OpenAPI {} is not read", version.raw());
        reader.reject(version.span(), message).help = Some("what is read: OpenAPI 3".to_owned());
        return Vec::new();
    }
    // Operations share schemas that refer to each other at length; what lies further in is `any`.
    reader.max_references = 3;
    let tools = operations(reader);
    let info = root.get("info");
    let docs = info.and_then(|info| reader.docs(info, &["description", "title"], "`info`"));
    vec![toolkit_item(
        root,
        docs,
        name("service".to_owned(), root.opening()),
        tools,
    )]
}

fn operations(reader: &mut Reader<'_>) -> Vec<Tool> {
    let root = reader.root;
    let Some(paths) = reader.required(root, "paths", Kind::Object, "the description") else {
        return Vec::new();
    };
    let mut tools = Vec::new();
    for path in paths.members() {
        let Some(item) = reader.expect(path.value, Kind::Object, "a path") else {
            continue;
        };
        let shared = reader.list(item, "parameters", "a path");
        for method in item.members() {
            let is_method = method
                .name
                .string()
                .is_some_and(|it| METHODS.contains(&it.as_str()));
            if is_method {
                tools.extend(operation(reader, path, method, &shared));
            }
        }
    }
    tools
}

fn operation<'t>(
    reader: &mut Reader<'t>,
    path: Member<'t>,
    method: Member<'t>,
    shared: &[Node<'t>],
) -> Option<Tool> {
    let node = reader.expect(method.value, Kind::Object, "an operation")?;
    let name = operation_name(reader, path, method)?;
    let what = format!("operation `{}`", name.text);
    let mut parameters = Vec::new();
    let own = reader.list(node, "parameters", &what);
    // The operation's own parameters replace those of its path.
    for given in own.iter().chain(shared) {
        let read = parameter(reader, *given, &what);
        add(&mut parameters, read);
    }
    for read in body_parameters(reader, node, &what) {
        add(&mut parameters, Some(read));
    }
    let (result, raises) = responses(reader, node, &what);
    Some(Tool {
        docs: docs(reader, node, &what),
        name,
        parameters,
        result,
        raises,
        span: node.span(),
    })
}

fn add(parameters: &mut Vec<Parameter>, read: Option<Parameter>) {
    let is_new = |read: &Parameter| parameters.iter().all(|it| it.name.text != read.name.text);
    if let Some(read) = read.filter(is_new) {
        parameters.push(read);
    }
}

/// `operationId`, or the method and the path: `get_users_id`.
fn operation_name<'t>(
    reader: &mut Reader<'t>,
    path: Member<'t>,
    method: Member<'t>,
) -> Option<Name> {
    if let Some(id) = reader.optional(method.value, "operationId", Kind::String, "an operation") {
        return reader.name_of(id, "an operation");
    }
    let written = format!("{}/{}", method.name.string()?, path.name.string()?);
    let words: Vec<&str> = written
        .split(|character: char| !character.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    Some(name(words.join("_"), method.name.span()))
}

fn docs<'t>(reader: &mut Reader<'t>, node: Node<'t>, what: &str) -> Option<Docs> {
    let summary = reader.docs(node, &["summary"], what);
    let description = reader.docs(node, &["description"], what);
    match (summary, description) {
        (Some(summary), Some(description)) => Some(Docs {
            text: format!("{}\n{}", summary.text, description.text),
            span: description.span,
        }),
        (summary, description) => summary.or(description),
    }
}

fn parameter<'t>(reader: &mut Reader<'t>, given: Node<'t>, what: &str) -> Option<Parameter> {
    let node = reader.follow(given);
    let node = reader.expect(node, Kind::Object, "a parameter")?;
    let name = reader.name(node, "name", &format!("a parameter of {what}"))?;
    let kind = match node.get("schema").or_else(|| content_schema(node)) {
        Some(schema) => reader.schema_type(schema),
        None => named_type("any", node.span()),
    };
    let is_required = node.get("required").and_then(Node::bool).unwrap_or(false);
    Some(Parameter {
        docs: reader.docs(node, &["description"], what),
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

/// The fields of a body are parameters of the tool; a body of another kind is one parameter.
fn body_parameters<'t>(reader: &mut Reader<'t>, operation: Node<'t>, what: &str) -> Vec<Parameter> {
    let Some(given) = reader.optional(operation, "requestBody", Kind::Object, what) else {
        return Vec::new();
    };
    let body = reader.follow(given);
    let Some(schema) = content_schema(body) else {
        return Vec::new();
    };
    let object = reader.follow(schema);
    let is_required = body.get("required").and_then(Node::bool).unwrap_or(false);
    if object.get("properties").is_some() {
        let properties = reader.properties(object).into_iter();
        return properties
            .map(|property| property.required_if(is_required))
            .filter_map(parameter_of)
            .collect();
    }
    let kind = reader.schema_type(schema);
    vec![Parameter {
        docs: reader.docs(body, &["description"], what),
        name: name("body".to_owned(), given.opening()),
        kind: if is_required {
            kind
        } else {
            optional_type(kind)
        },
        default: None,
        span: given.span(),
    }]
}

/// The schema of the JSON among the media types that are offered.
fn content_schema(node: Node<'_>) -> Option<Node<'_>> {
    let offered = node.get("content")?.members();
    let is_json = |member: &&Member<'_>| {
        member.name.string().is_some_and(|kind| {
            kind.split(';')
                .next()
                .is_some_and(|it| it.ends_with("json"))
        })
    };
    let chosen = offered.iter().find(is_json).or(offered.first())?;
    chosen.value.get("schema")
}

/// The first success is the result, each failure an error that the tool may raise.
fn responses<'t>(
    reader: &mut Reader<'t>,
    operation: Node<'t>,
    what: &str,
) -> (Option<TypeExpr>, Vec<Raise>) {
    let mut result = None;
    let mut raises = Vec::new();
    for response in reader.members(operation, "responses", what) {
        let Some(code) = response.name.string() else {
            continue;
        };
        let node = reader.follow(response.value);
        if code.starts_with('2') {
            if let (None, Some(schema)) = (&result, content_schema(node)) {
                result = Some(reader.schema_type(schema));
            }
        } else if code.starts_with('4') || code.starts_with('5') {
            raises.push(raise(&code, response, node));
        }
    }
    (result, raises)
}

fn raise<'t>(code: &str, response: Member<'t>, node: Node<'t>) -> Raise {
    let description = node.get("description").filter(|it| docs_of(*it).is_some());
    Raise {
        name: name(failure(code), response.name.span()),
        text: description.map(text_of),
        span: response.name.span().to(response.value.span()),
    }
}

fn failure(code: &str) -> String {
    match code {
        "400" => "BadRequest".to_owned(),
        "401" => "Unauthorized".to_owned(),
        "402" => "PaymentRequired".to_owned(),
        "403" => "Forbidden".to_owned(),
        "404" => "NotFound".to_owned(),
        "405" => "MethodNotAllowed".to_owned(),
        "409" => "Conflict".to_owned(),
        "410" => "Gone".to_owned(),
        "413" => "ContentTooLarge".to_owned(),
        "415" => "UnsupportedMediaType".to_owned(),
        "422" => "UnprocessableContent".to_owned(),
        "429" => "TooManyRequests".to_owned(),
        "500" => "InternalServerError".to_owned(),
        "501" => "NotImplemented".to_owned(),
        "502" => "BadGateway".to_owned(),
        "503" => "ServiceUnavailable".to_owned(),
        "504" => "GatewayTimeout".to_owned(),
        other => format!("Status{}", other.to_uppercase()),
    }
}
