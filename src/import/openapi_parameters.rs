//! What an operation is given: the parameters of its path, query, headers and cookies, and its body.

use std::collections::BTreeMap;

use super::build::{name, named_type, optional_type};
use super::kind::Kind;
use super::mcp::{default_of, parameter as parameter_of};
use super::node::{Member, Node};
use super::reader::{Reader, Side};
use crate::syntax::Parameter;

/// Headers that OpenAPI describes elsewhere: parameters of these names are to be ignored.
const IGNORED_HEADERS: [&str; 3] = ["accept", "content-type", "authorization"];

/// The parameters of the tool, in the order written, each of another name.
#[derive(Default)]
struct Parameters {
    all: Vec<Parameter>,
    /// By name the place where the parameter is sent.
    places: BTreeMap<String, String>,
}

/// The parameters of an operation: its own, those of its path that it does not replace, its body.
pub(super) fn parameters<'t>(
    reader: &mut Reader<'t>,
    operation: Node<'t>,
    shared: &[Node<'t>],
    what: &str,
) -> Vec<Parameter> {
    reader.side = Side::Request;
    let mut parameters = Parameters::default();
    let own = reader.list(operation, "parameters", what);
    for given in own.iter().chain(shared) {
        if let Some((place, read)) = parameter(reader, *given, what) {
            parameters.add(read, &place, false);
        }
    }
    for read in body(reader, operation, what) {
        parameters.add(read, "body", true);
    }
    parameters.all
}

impl Parameters {
    /// Adds a parameter. One of the same name that is sent elsewhere gets that place into its name;
    /// one that is sent to the same place is the path's, which the operation's own replaces.
    fn add(&mut self, mut read: Parameter, place: &str, is_body: bool) {
        if let Some(known) = self.places.get(&read.name.text) {
            if known == place && !is_body {
                return;
            }
            read.name.text = format!("{place}_{}", read.name.text);
            while self.places.contains_key(&read.name.text) {
                read.name.text.push('_');
            }
        }
        self.places.insert(read.name.text.clone(), place.to_owned());
        self.all.push(read);
    }
}

/// A parameter and the place where it is sent; none where it is to be ignored.
fn parameter<'t>(
    reader: &mut Reader<'t>,
    given: Node<'t>,
    what: &str,
) -> Option<(String, Parameter)> {
    let node = reader.follow(given)?;
    let node = reader.expect(node, Kind::Object, "a parameter")?;
    let name = reader.name(node, "name", &format!("a parameter of {what}"))?;
    let place = node.get("in").and_then(Node::string).unwrap_or_default();
    if place == "header" && IGNORED_HEADERS.contains(&name.text.to_ascii_lowercase().as_str()) {
        return None;
    }
    let schema = node.get("schema").or_else(|| content_schema(node));
    let kind = match schema {
        Some(schema) => reader.schema_type(schema),
        None => named_type("any", node.span()),
    };
    let default = schema.and_then(|schema| default_of(reader.follow(schema)?, &kind));
    let is_required = node.get("required").and_then(Node::bool).unwrap_or(false);
    let is_needed = is_required || place == "path" || default.is_some();
    let parameter = Parameter {
        docs: reader.docs(node, &["description"], what),
        name,
        kind: match is_needed {
            true => kind,
            false => optional_type(kind),
        },
        default: default.filter(|_| !is_required),
        span: node.span(),
    };
    Some((place, parameter))
}

/// The fields of a body are parameters of the tool; a body of another kind is one parameter.
fn body<'t>(reader: &mut Reader<'t>, operation: Node<'t>, what: &str) -> Vec<Parameter> {
    let Some(given) = reader.optional(operation, "requestBody", Kind::Object, what) else {
        return Vec::new();
    };
    let Some(body) = reader.follow(given) else {
        return Vec::new();
    };
    let is_required = body.get("required").and_then(Node::bool).unwrap_or(false);
    let kind = match content_schema(body).map(|schema| reader.properties(schema)) {
        Some(Ok(properties)) => {
            let properties = properties.into_iter();
            return properties
                .map(|property| property.required_if(is_required))
                .filter_map(parameter_of)
                .collect();
        }
        Some(Err(kind)) => kind,
        None => named_type("any", given.opening()),
    };
    vec![Parameter {
        docs: reader.docs(body, &["description"], what),
        name: name("body".to_owned(), given.opening()),
        kind: match is_required {
            true => kind,
            false => optional_type(kind),
        },
        default: None,
        span: given.span(),
    }]
}

/// The schema of the JSON among the media types that are offered, or of the first of them.
pub(super) fn content_schema(node: Node<'_>) -> Option<Node<'_>> {
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
