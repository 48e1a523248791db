//! A request as the server reads it.

use serde_json::{Map, Value as Json, json};

use crate::model::conversation::{AnswerFormat, Message, Request, ToolCallText, ToolSpec};

/// How a structured answer is asked for, from the strongest form to the weakest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Form {
    /// The server holds the model to the schema.
    Schema = 0,
    /// The server holds the model to JSON; the schema is told in words.
    Object = 1,
    /// The schema is told in words.
    Words = 2,
}

impl Form {
    pub(super) fn from_number(number: u8) -> Self {
        match number {
            0 => Self::Schema,
            1 => Self::Object,
            _ => Self::Words,
        }
    }

    pub(super) fn weaker(self) -> Option<Self> {
        match self {
            Self::Schema => Some(Self::Object),
            Self::Object => Some(Self::Words),
            Self::Words => None,
        }
    }
}

/// The body of one call, serialised.
pub(super) fn body(request: &Request, form: Form) -> Vec<u8> {
    let mut body = Map::new();
    body.insert("model".into(), json!(request.model));
    body.insert("messages".into(), messages(request, form));
    if !request.tools.is_empty() {
        body.insert("tools".into(), request.tools.iter().map(tool).collect());
    }
    if let AnswerFormat::Json { name, schema } = &request.answer
        && let Some(format) = response_format(name, schema, form)
    {
        body.insert("response_format".into(), format);
    }
    body.insert("temperature".into(), json!(request.temperature));
    if let Some(top_p) = request.top_p {
        body.insert("top_p".into(), json!(top_p));
    }
    if let Some(most) = request.max_tokens {
        body.insert("max_tokens".into(), json!(most));
    }
    body.insert("seed".into(), json!(request.seed));
    for (name, value) in &request.body {
        body.insert(name.clone(), value.clone());
    }
    serde_json::to_vec(&body).expect("JSON values serialise")
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

fn in_words(schema: &Json) -> String {
    format!(
        "Answer with one JSON object and nothing else: no code fence, no words before or after it. It fits this JSON Schema:\n{schema}"
    )
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
