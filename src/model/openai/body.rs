//! A request as the server reads it.

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use serde_json::{Map, Value as Json};

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
    let body = serde_json::to_vec(&Body { request, manner });
    let mut body = body.expect("requests hold nothing that JSON cannot");
    // It is held until the answer comes, by thousands of calls at a time.
    body.shrink_to_fit();
    body
}

/// A request on its way to the wire. It is written straight from where it stands: as JSON values it
/// would be copied whole, which costs more than all the rest of a call.
struct Body<'r> {
    request: &'r Request,
    manner: Manner,
}

impl Serialize for Body<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = Fields {
            map: serializer.serialize_map(None)?,
            given: &self.request.body,
        };
        self.write_question(&mut fields)?;
        self.write_sampling(&mut fields)?;
        if self.manner.streams {
            fields.add("stream", &true)?;
            if !self.manner.rejected.has(Field::StreamOptions) {
                fields.add(
                    "stream_options",
                    &StreamOptions {
                        include_usage: true,
                    },
                )?;
            }
        }
        for (name, value) in &self.request.body {
            fields.map.serialize_entry(name, value)?;
        }
        fields.map.end()
    }
}

impl Body<'_> {
    fn write_question<M: SerializeMap>(&self, fields: &mut Fields<'_, M>) -> Result<(), M::Error> {
        let (request, form) = (self.request, self.manner.form);
        fields.add("model", &request.model)?;
        let instruction = match &request.answer {
            AnswerFormat::Json { schema, .. } if form != Form::Schema => Some(in_words(schema)),
            AnswerFormat::Json { .. } | AnswerFormat::Text => None,
        };
        let instruction = instruction
            .iter()
            .map(|words| WireMessage::plain("user", words));
        let messages: Vec<WireMessage<'_>> = request
            .messages
            .iter()
            .map(message)
            .chain(instruction)
            .collect();
        fields.add("messages", &messages)?;
        if !request.tools.is_empty() {
            let tools: Vec<WireTool<'_>> = request.tools.iter().map(tool).collect();
            fields.add("tools", &tools)?;
        }
        if let AnswerFormat::Json { name, schema } = &request.answer
            && let Some(format) = response_format(name, schema, form)
        {
            fields.add("response_format", &format)?;
        }
        Ok(())
    }

    fn write_sampling<M: SerializeMap>(&self, fields: &mut Fields<'_, M>) -> Result<(), M::Error> {
        let (request, manner) = (self.request, self.manner);
        let mut add = |field: Field, value: Json| match manner.rejected.has(field) {
            true => Ok(()),
            false => fields.add(field.name(), &value),
        };
        add(Field::Temperature, request.temperature.into())?;
        if let Some(top_p) = request.top_p {
            add(Field::TopP, top_p.into())?;
        }
        if let Some(most) = request.max_tokens {
            add(manner.limit_field(), most.into())?;
        }
        add(Field::Seed, request.seed.into())
    }
}

/// The fields of a body; what the model's declaration gives goes before our own of the name.
struct Fields<'r, M> {
    map: M,
    given: &'r Map<String, Json>,
}

impl<M: SerializeMap> Fields<'_, M> {
    fn add(&mut self, name: &str, value: &impl Serialize) -> Result<(), M::Error> {
        match self.given.contains_key(name) {
            true => Ok(()),
            false => self.map.serialize_entry(name, value),
        }
    }
}

#[derive(Serialize)]
struct StreamOptions {
    include_usage: bool,
}

#[derive(Serialize)]
#[serde(untagged)]
enum WireMessage<'r> {
    Plain {
        role: &'static str,
        content: &'r str,
    },
    Calling {
        role: &'static str,
        content: Option<&'r str>,
        tool_calls: Vec<WireCall<'r>>,
    },
    Result {
        role: &'static str,
        tool_call_id: &'r str,
        content: &'r str,
    },
}

impl<'r> WireMessage<'r> {
    fn plain(role: &'static str, content: &'r str) -> Self {
        Self::Plain { role, content }
    }
}

fn message(message: &Message) -> WireMessage<'_> {
    match message {
        Message::System { content } => WireMessage::plain("system", content),
        Message::User { content } => WireMessage::plain("user", content),
        Message::Assistant {
            content,
            tool_calls,
        } if tool_calls.is_empty() => WireMessage::plain("assistant", content),
        Message::Assistant {
            content,
            tool_calls,
        } => WireMessage::Calling {
            role: "assistant",
            content: Some(content.as_str()).filter(|content| !content.is_empty()),
            tool_calls: tool_calls.iter().map(tool_call).collect(),
        },
        Message::Tool {
            call_id, content, ..
        } => WireMessage::Result {
            role: "tool",
            tool_call_id: call_id,
            content,
        },
    }
}

#[derive(Serialize)]
struct WireCall<'r> {
    id: &'r str,
    r#type: &'static str,
    function: CalledFunction<'r>,
}

#[derive(Serialize)]
struct CalledFunction<'r> {
    name: &'r str,
    arguments: &'r str,
}

fn tool_call(call: &ToolCallText) -> WireCall<'_> {
    WireCall {
        id: &call.id,
        r#type: "function",
        function: CalledFunction {
            name: &call.name,
            arguments: &call.arguments,
        },
    }
}

#[derive(Serialize)]
struct WireTool<'r> {
    r#type: &'static str,
    function: &'r ToolSpec,
}

fn tool(tool: &ToolSpec) -> WireTool<'_> {
    WireTool {
        r#type: "function",
        function: tool,
    }
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum WireFormat<'r> {
    JsonSchema { json_schema: WireSchema<'r> },
    JsonObject,
}

#[derive(Serialize)]
struct WireSchema<'r> {
    name: &'r str,
    strict: bool,
    schema: &'r Json,
}

fn response_format<'r>(name: &'r str, schema: &'r Json, form: Form) -> Option<WireFormat<'r>> {
    match form {
        Form::Schema => Some(WireFormat::JsonSchema {
            json_schema: WireSchema {
                name,
                strict: is_strict_root(schema),
                schema,
            },
        }),
        Form::Object => Some(WireFormat::JsonObject),
        Form::Words => None,
    }
}

/// Whether a schema may be called strict: it is of that kind, and an object at its root.
fn is_strict_root(schema: &Json) -> bool {
    type_of(schema.get("type")) == Some("object") && is_strict(schema)
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
    if type_of(fields.get("type")) != Some("object") {
        return true;
    }
    let Some(properties) = fields.get("properties").and_then(Json::as_object) else {
        return false;
    };
    let required = fields.get("required").and_then(Json::as_array);
    let is_required = |name: &String| {
        required.is_some_and(|names| names.iter().any(|one| one.as_str() == Some(name)))
    };
    fields.get("additionalProperties") == Some(&Json::Bool(false))
        && properties.keys().all(is_required)
}

fn type_of(value: Option<&Json>) -> Option<&str> {
    value.and_then(Json::as_str)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

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
