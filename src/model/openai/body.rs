//! A request as the server reads it.

use serde_json::{Map, Value as Json, json};

use super::habits::{Field, Rejected};
use crate::model::conversation::{AnswerFormat, Message, Request, ToolCallText, ToolSpec};
use crate::model::forms::{Form, in_words};

/// How a request is put to one server.
#[derive(Debug, Clone, Copy)]
pub(super) struct Manner {
    pub form: Form,
    pub rejected: Rejected,
    pub streams: bool,
    /// Whether `max_completion_tokens` is tried before `max_tokens`.
    pub knows_completion_tokens: bool,
}

impl Manner {
    /// Whether the program itself puts the field into the body of `request`.
    pub(super) fn sends(self, field: Field, request: &Request) -> bool {
        let is_set = match field {
            Field::Temperature | Field::Seed => true,
            Field::TopP => request.top_p.is_some(),
            Field::MaxTokens | Field::MaxCompletionTokens => {
                request.max_tokens.is_some() && self.limit_field() == field
            }
            Field::StreamOptions => self.streams,
        };
        is_set && !self.rejected.has(field) && !request.body.contains_key(field.name())
    }

    /// The name of the token limit: the first choice, unless it was rejected.
    fn limit_field(self) -> Field {
        let (first, second) = match self.knows_completion_tokens {
            true => (Field::MaxCompletionTokens, Field::MaxTokens),
            false => (Field::MaxTokens, Field::MaxCompletionTokens),
        };
        match self.rejected.has(first) {
            true => second,
            false => first,
        }
    }
}

/// The body of one call, serialised.
pub(super) fn body(request: &Request, manner: Manner) -> Vec<u8> {
    let mut body = Map::new();
    body.insert("model".into(), json!(request.model));
    body.insert("messages".into(), messages(request, manner.form));
    if !request.tools.is_empty() {
        body.insert("tools".into(), request.tools.iter().map(tool).collect());
    }
    if let AnswerFormat::Json { name, schema } = &request.answer
        && let Some(format) = response_format(name, schema, manner.form)
    {
        body.insert("response_format".into(), format);
    }
    add_sampling(&mut body, request, manner);
    if manner.streams {
        body.insert("stream".into(), json!(true));
        if !manner.rejected.has(Field::StreamOptions) {
            body.insert("stream_options".into(), json!({"include_usage": true}));
        }
    }
    for (name, value) in &request.body {
        body.insert(name.clone(), value.clone());
    }
    serde_json::to_vec(&body).expect("JSON values serialise")
}

fn add_sampling(body: &mut Map<String, Json>, request: &Request, manner: Manner) {
    let mut add = |field: Field, value: Json| {
        if !manner.rejected.has(field) {
            body.insert(field.name().into(), value);
        }
    };
    add(Field::Temperature, json!(request.temperature));
    if let Some(top_p) = request.top_p {
        add(Field::TopP, json!(top_p));
    }
    if let Some(most) = request.max_tokens {
        add(manner.limit_field(), json!(most));
    }
    add(Field::Seed, json!(request.seed));
}

fn messages(request: &Request, form: Form) -> Json {
    let mut messages: Vec<Json> = request.messages.iter().map(message).collect();
    if let AnswerFormat::Json { schema, .. } = &request.answer
        && form != Form::Schema
    {
        messages.push(json!({"role": "user", "content": in_words(schema)}));
    }
    messages.into()
}

fn message(message: &Message) -> Json {
    match message {
        Message::System { content } => json!({"role": "system", "content": content}),
        Message::User { content } => json!({"role": "user", "content": content}),
        Message::Assistant {
            content,
            tool_calls,
        } if tool_calls.is_empty() => json!({"role": "assistant", "content": content}),
        Message::Assistant {
            content,
            tool_calls,
        } => json!({
            "role": "assistant",
            "content": if content.is_empty() { Json::Null } else { json!(content) },
            "tool_calls": tool_calls.iter().map(tool_call).collect::<Vec<_>>(),
        }),
        Message::Tool {
            call_id, content, ..
        } => json!({"role": "tool", "tool_call_id": call_id, "content": content}),
    }
}

fn tool_call(call: &ToolCallText) -> Json {
    json!({
        "id": call.id,
        "type": "function",
        "function": {"name": call.name, "arguments": call.arguments},
    })
}

fn tool(tool: &ToolSpec) -> Json {
    json!({
        "type": "function",
        "function": {
            "name": tool.name,
            "description": tool.description,
            "parameters": tool.parameters,
        },
    })
}

fn response_format(name: &str, schema: &Json, form: Form) -> Option<Json> {
    match form {
        Form::Schema => Some(json!({
            "type": "json_schema",
            "json_schema": {"name": name, "strict": is_strict_root(schema), "schema": schema},
        })),
        Form::Object => Some(json!({"type": "json_object"})),
        Form::Words => None,
    }
}

/// Whether a schema may be called strict: it is of that kind, and an object at its root.
fn is_strict_root(schema: &Json) -> bool {
    schema.get("type") == Some(&json!("object")) && is_strict(schema)
}

/// Whether a schema is of the strict kind: every object closed, every property required.
/// Servers that know strict schemas reject others that claim to be.
fn is_strict(schema: &Json) -> bool {
    match schema {
        Json::Array(parts) => parts.iter().all(is_strict),
        Json::Object(fields) => is_strict_node(fields) && fields.values().all(is_strict),
        _ => true,
    }
}

fn is_strict_node(fields: &Map<String, Json>) -> bool {
    if fields.is_empty() {
        return false;
    }
    if fields.get("type") != Some(&json!("object")) {
        return true;
    }
    let Some(properties) = fields.get("properties").and_then(Json::as_object) else {
        return false;
    };
    let required = fields.get("required").and_then(Json::as_array);
    let is_required = |name: &String| required.is_some_and(|names| names.contains(&json!(name)));
    fields.get("additionalProperties") == Some(&Json::Bool(false))
        && properties.keys().all(is_required)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn closed(property: Json) -> Json {
        json!({
            "type": "object",
            "properties": {"a": property},
            "required": ["a"],
            "additionalProperties": false,
        })
    }

    #[test]
    fn strictness_is_claimed_only_where_it_holds() {
        assert!(is_strict(&closed(json!({"type": "string"}))));
        assert!(!is_strict(&closed(json!({}))));
        assert!(!is_strict(&closed(json!({"type": "object"}))));
        let mut optional = closed(json!({"type": "string"}));
        optional["required"] = json!([]);
        assert!(!is_strict(&optional));
    }
}
