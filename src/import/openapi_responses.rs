//! What an operation answers: its result, and the errors that it may raise.

use super::build::{docs_of, name, text_as};
use super::kind::Kind;
use super::node::{Member, Node};
use super::openapi_parameters::content_schema;
use super::reader::{Reader, Side};
use crate::syntax::{Raise, TypeExpr};

/// What an operation may answer.
#[derive(Default)]
pub(super) struct Answers {
    pub result: Option<TypeExpr>,
    pub raises: Vec<Raise>,
}

/// The first success is the result, each failure an error that the tool may raise; `default` is the
/// result where there is no success, and else one more failure.
pub(super) fn responses<'t>(reader: &mut Reader<'t>, operation: Node<'t>, what: &str) -> Answers {
    let mut answers = Answers::default();
    let mut succeeds = false;
    let mut default = None;
    for response in reader.members(operation, "responses", what) {
        let Some(code) = response.name.string() else {
            continue;
        };
        let answer = format!("response {code} of {what}");
        let node = reader.follow(response.value);
        let Some(node) = node.and_then(|it| reader.expect(it, Kind::Object, &answer)) else {
            continue;
        };
        match code.as_bytes().first() {
            Some(b'2') => {
                succeeds = true;
                answers.add_result(reader, node);
            }
            Some(b'4' | b'5') => answers.raises.push(raise(failure(&code), response, node)),
            _ if code == "default" => default = Some((response, node)),
            _ => {}
        }
    }
    match default {
        Some((response, node)) if succeeds => {
            let other = raise("OtherError".to_owned(), response, node);
            answers.raises.push(other);
        }
        Some((_, node)) => answers.add_result(reader, node),
        None => {}
    }
    answers
}

impl Answers {
    fn add_result<'t>(&mut self, reader: &mut Reader<'t>, response: Node<'t>) {
        if let (None, Some(schema)) = (&self.result, content_schema(response)) {
            reader.side = Side::Response;
            self.result = Some(reader.schema_type(schema));
        }
    }
}

fn raise(failure: String, response: Member<'_>, node: Node<'_>) -> Raise {
    let description = node.get("description").filter(|it| docs_of(*it).is_some());
    Raise {
        name: name(failure, response.name.span()),
        text: description.and_then(|it| Some(text_as(it, it.string()?.trim().to_owned()))),
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
