//! OpenAPI 3: one service, each operation a tool.

use std::collections::BTreeSet;

use super::build::{name, toolkit_item};
use super::kind::Kind;
use super::node::{Member, Node};
use super::openapi_parameters::parameters;
use super::openapi_responses::{Answers, responses};
use super::reader::Reader;
use super::schema::MAX_TYPES;
use crate::syntax::{Annotations, Docs, Item, Name, Tool};

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
    // YAML reads `3.0` as a number.
    if !version.raw().trim_matches(['"', '\'']).starts_with("3.") {
        let message = format!("OpenAPI {} is not read", version.raw());
        reader.reject(version.span(), message).help = Some("what is read: OpenAPI 3".to_owned());
        return Vec::new();
    }
    let tools = operations_within_bounds(reader);
    let info = root.get("info");
    let docs = info.and_then(|info| reader.docs(info, &["description", "title"], "`info`"));
    vec![toolkit_item(
        root,
        docs,
        name("service".to_owned(), root.opening()),
        tools,
    )]
}

/// Operations share schemas that refer to each other at length: what lies further in is `any`. Of a
/// description that would still have too many types, less is looked into.
fn operations_within_bounds(reader: &mut Reader<'_>) -> Vec<Tool> {
    let known = reader.diagnostics.len();
    for max_references in (1..=3).rev() {
        reader.max_references = max_references;
        reader.types = 0;
        let tools = operations(reader);
        if reader.types <= MAX_TYPES {
            return tools;
        }
        reader.diagnostics.truncate(known);
        reader.dangling.clear();
    }
    reader.max_references = 0;
    reader.types = 0;
    operations(reader)
}

fn operations(reader: &mut Reader<'_>) -> Vec<Tool> {
    let root = reader.root;
    let Some(paths) = reader.required(root, "paths", Kind::Object, "the description") else {
        return Vec::new();
    };
    let mut tools = Vec::new();
    let mut taken = BTreeSet::new();
    for path in paths.members() {
        if path.name.string().is_none_or(|it| it.starts_with("x-")) {
            continue;
        }
        let item = reader.follow(path.value);
        let Some(item) = item.and_then(|it| reader.expect(it, Kind::Object, "a path")) else {
            continue;
        };
        let shared = reader.list(item, "parameters", "a path");
        for method in item.members() {
            let is_method = method
                .name
                .string()
                .is_some_and(|it| METHODS.contains(&it.as_str()));
            if is_method && let Some(mut tool) = operation(reader, path, method, &shared) {
                make_unique(&mut tool.name, method, &mut taken);
                tools.push(tool);
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
    let parameters = parameters(reader, node, shared, &what);
    let Answers { result, raises } = responses(reader, node, &what);
    Some(Tool {
        docs: docs(reader, node, &what),
        name,
        parameters,
        result,
        raises,
        annotations: annotations(&method.name.string()?),
        span: node.span(),
    })
}

/// What HTTP says of the methods (RFC 9110, 9.2): some change nothing, and some may be repeated.
/// Of the others nothing is known.
fn annotations(method: &str) -> Annotations {
    let read_only = matches!(method, "get" | "head" | "options" | "trace");
    let deletes = method == "delete";
    Annotations {
        read_only_hint: read_only.then_some(true),
        destructive_hint: deletes.then_some(true),
        idempotent_hint: (deletes || method == "put").then_some(true),
        ..Annotations::default()
    }
}

/// A name that was made of the path gets a number where it is taken; an author's stays.
fn make_unique(name: &mut Name, method: Member<'_>, taken: &mut BTreeSet<String>) {
    let base = name.text.clone();
    let is_made = method.value.get("operationId").is_none();
    let mut number = 2;
    while !taken.insert(name.text.clone()) && is_made {
        name.text = format!("{base}_{number}");
        number += 1;
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
