//! A request as `/v1/messages` reads it.
//!
//! Turns alternate there, and a turn holds blocks: neighbours of one role become one turn, what
//! tools answered goes to the user's turn, and a turn that would be empty is left out.

use serde_json::{Map, Value as Json, json};

use crate::model::conversation::{AnswerFormat, Message, Request, ToolCallText, ToolSpec};
use crate::model::forms::{Form, in_words};

/// The API wants a bound on every answer; this one is enough for any of ours.
const MOST_TOKENS: u32 = 8192;

/// How a request is put.
#[derive(Debug, Clone, Copy)]
pub(in crate::model) struct Manner {
    /// `Schema` asks by a tool that has to be called; there is no `Object`.
    pub(super) form: Form,
    pub(super) temperature: bool,
    pub(super) streams: bool,
}

/// Whether the declaration's `body` makes the model think before it answers.
pub(super) fn thinks(request: &Request) -> bool {
    let thinking = request.body.get("thinking");
    thinking.is_some_and(|thinking| thinking["type"] != json!("disabled"))
}

/// The body of one call, serialised.
pub(super) fn body(request: &Request, manner: Manner) -> Vec<u8> {
    let mut body = Map::new();
    body.insert("model".into(), json!(request.model));
    body.insert(
        "max_tokens".into(),
        json!(request.max_tokens.unwrap_or(MOST_TOKENS)),
    );
    let system = system(request);
    if !system.is_empty() {
        body.insert("system".into(), json!(system));
    }
    body.insert("messages".into(), turns(request, manner.form));
    add_tools(&mut body, request, manner.form);
    // A model that thinks samples in one way only.
    if manner.temperature && !thinks(request) {
        body.insert("temperature".into(), json!(request.temperature));
    }
    if let Some(top_p) = request.top_p {
        body.insert("top_p".into(), json!(top_p));
    }
    if manner.streams {
        body.insert("stream".into(), json!(true));
    }
    for (name, value) in &request.body {
        body.insert(name.clone(), value.clone());
    }
    serde_json::to_vec(&body).expect("JSON values serialise")
}

fn system(request: &Request) -> String {
    let texts = request.messages.iter().filter_map(|message| match message {
        Message::System { content } if !content.trim().is_empty() => Some(content.as_str()),
        _ => None,
    });
    texts.collect::<Vec<_>>().join("\n\n")
}

fn add_tools(body: &mut Map<String, Json>, request: &Request, form: Form) {
    let mut tools: Vec<Json> = request.tools.iter().map(tool).collect();
    let choice = match &request.answer {
        AnswerFormat::Json { name, schema } if form == Form::Schema => {
            tools.push(json!({
                "name": name,
                "description": "Takes your answer. Call it once, with all of it.",
                "input_schema": **schema,
            }));
            json!({"type": "tool", "name": name})
        }
        _ => json!({"type": "auto", "disable_parallel_tool_use": true}),
    };
    if !tools.is_empty() {
        body.insert("tools".into(), tools.into());
        body.insert("tool_choice".into(), choice);
    }
}

fn tool(tool: &ToolSpec) -> Json {
    json!({
        "name": tool.name,
        "description": tool.description,
        "input_schema": *tool.parameters,
    })
}

fn turns(request: &Request, form: Form) -> Json {
    let mut turns = Turns::default();
    for message in &request.messages {
        match message {
            Message::System { .. } => {}
            Message::User { content } => turns.add_text("user", content),
            Message::Assistant {
                content,
                tool_calls,
            } => {
                // The API rejects blanks at the end of what is said.
                turns.add_text("assistant", content.trim_end());
                for call in tool_calls {
                    turns.add("assistant", tool_use(call));
                }
            }
            Message::Tool {
                call_id, content, ..
            } => turns.add(
                "user",
                json!({"type": "tool_result", "tool_use_id": call_id, "content": content}),
            ),
        }
    }
    if let AnswerFormat::Json { schema, .. } = &request.answer
        && form != Form::Schema
    {
        turns.add_text("user", &in_words(schema));
    }
    turns.0.into()
}

fn tool_use(call: &ToolCallText) -> Json {
    let input = match serde_json::from_str(&call.arguments) {
        Ok(Json::Object(arguments)) => Json::Object(arguments),
        // What a model wrote that is no object can only be shown as it was.
        _ => json!({"arguments": call.arguments}),
    };
    json!({"type": "tool_use", "id": call.id, "name": call.name, "input": input})
}

#[derive(Default)]
struct Turns(Vec<Json>);

impl Turns {
    fn add_text(&mut self, role: &str, text: &str) {
        if !text.trim().is_empty() {
            self.add(role, json!({"type": "text", "text": text}));
        }
    }

    fn add(&mut self, role: &str, block: Json) {
        let last = self.0.last_mut().filter(|turn| turn["role"] == json!(role));
        match last.and_then(|turn| turn["content"].as_array_mut()) {
            Some(blocks) => blocks.push(block),
            None => self.0.push(json!({"role": role, "content": [block]})),
        }
    }
}
