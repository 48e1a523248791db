//! The simulated model's side of `/v1/messages`: a body to a request, an answer to a body.

use serde::Deserialize;
use serde_json::{Map, Value as Json, json};

use super::character::SHARES;
use super::identity::ID_PREFIX;
use super::wire::Asked;
use crate::model::conversation::{
    Answer, AnswerFormat, Finish, Message, Request, ToolCallText, ToolSpec,
};

#[derive(Deserialize)]
struct WireRequest {
    model: String,
    /// The API wants it, and so do we: a client that leaves it out would fail there.
    max_tokens: u32,
    messages: Vec<WireTurn>,
    #[serde(default)]
    system: Option<Content>,
    #[serde(default)]
    tools: Option<Vec<WireTool>>,
    #[serde(default)]
    tool_choice: Option<WireChoice>,
    #[serde(default)]
    temperature: Option<f64>,
    #[serde(default)]
    stream: Option<bool>,
    /// What may be said of a simulated model's character, among fields that mean nothing here.
    #[serde(flatten)]
    others: Map<String, Json>,
}

#[derive(Deserialize)]
struct WireTurn {
    role: Role,
    content: Content,
}

#[derive(Deserialize, Clone, Copy, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Role {
    User,
    Assistant,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Content {
    Text(String),
    Blocks(Vec<Block>),
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Block {
    Text {
        text: String,
    },
    ToolUse {
        id: String,
        name: String,
        input: Json,
    },
    ToolResult {
        tool_use_id: String,
        #[serde(default)]
        content: Option<Content>,
    },
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct WireTool {
    name: String,
    #[serde(default)]
    description: String,
    input_schema: Json,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum WireChoice {
    Auto,
    Any,
    None,
    Tool { name: String },
}

/// The request in a body, or what is wrong with it. A tool that has to be called stands for the
/// form of a structured answer. The API knows no seed: it is 0.
pub(super) fn read_request(body: &[u8]) -> Result<Asked, String> {
    let wire: WireRequest = serde_json::from_slice(body)
        .map_err(|error| format!("the body is no request for a message: {error}"))?;
    if wire.messages.first().map(|turn| turn.role) != Some(Role::User) {
        return Err("messages: the first one must be the user's".to_owned());
    }
    let mut messages: Vec<Message> = Vec::new();
    if let Some(system) = wire.system {
        let content = text(&system);
        messages.push(Message::System { content });
    }
    for turn in &wire.messages {
        add_turn(turn, &mut messages);
    }
    let mut tools: Vec<ToolSpec> = wire
        .tools
        .unwrap_or_default()
        .into_iter()
        .map(tool)
        .collect();
    let answer = match wire.tool_choice {
        Some(WireChoice::Tool { name }) => forced(&mut tools, &name)?,
        Some(WireChoice::None) => {
            tools.clear();
            AnswerFormat::Text
        }
        Some(WireChoice::Auto | WireChoice::Any) | None => AnswerFormat::Text,
    };
    let mut body = wire.others;
    body.retain(|name, _| SHARES.contains(&name.as_str()));
    let request = Request {
        model: wire.model,
        messages,
        tools: tools.into(),
        answer,
        temperature: wire.temperature.unwrap_or(1.0),
        top_p: None,
        max_tokens: Some(wire.max_tokens),
        seed: 0,
        body,
    };
    Ok(Asked {
        request,
        is_forced: false,
        streams: wire.stream == Some(true),
    })
}

/// The tool of this name, as the form of an answer.
fn forced(tools: &mut Vec<ToolSpec>, name: &str) -> Result<AnswerFormat, String> {
    let Some(place) = tools.iter().position(|tool| tool.name == name) else {
        return Err(format!("tool_choice: there is no tool `{name}`"));
    };
    let tool = tools.remove(place);
    Ok(AnswerFormat::Json {
        name: tool.name,
        schema: tool.parameters,
    })
}

fn add_turn(turn: &WireTurn, messages: &mut Vec<Message>) {
    let blocks = match &turn.content {
        Content::Text(content) => {
            messages.push(said(turn.role, content.clone(), Vec::new()));
            return;
        }
        Content::Blocks(blocks) => blocks,
    };
    let mut words = Vec::new();
    let mut calls = Vec::new();
    for block in blocks {
        match block {
            Block::Text { text } => words.push(text.as_str()),
            Block::ToolUse { id, name, input } => calls.push(ToolCallText {
                id: id.clone(),
                name: name.clone(),
                arguments: input.to_string(),
            }),
            Block::ToolResult {
                tool_use_id,
                content,
            } => messages.push(Message::Tool {
                call_id: tool_use_id.clone(),
                // Not on the wire; the call that it answers has it.
                name: String::new(),
                content: content.as_ref().map(text).unwrap_or_default(),
            }),
            Block::Other => {}
        }
    }
    if !words.is_empty() || !calls.is_empty() {
        messages.push(said(turn.role, words.join("\n"), calls));
    }
}

fn said(role: Role, content: String, tool_calls: Vec<ToolCallText>) -> Message {
    match role {
        Role::User => Message::User { content },
        Role::Assistant => Message::Assistant {
            content,
            tool_calls,
        },
    }
}

fn text(content: &Content) -> String {
    match content {
        Content::Text(text) => text.clone(),
        Content::Blocks(blocks) => blocks
            .iter()
            .filter_map(|block| match block {
                Block::Text { text } => Some(text.as_str()),
                _ => None,
            })
            .collect(),
    }
}

fn tool(tool: WireTool) -> ToolSpec {
    ToolSpec {
        name: tool.name,
        description: tool.description,
        parameters: tool.input_schema.into(),
    }
}

/// The body that carries an answer.
pub(super) fn write_answer(asked: &Asked, answer: &Answer) -> Json {
    let request = &asked.request;
    let content = blocks(request, answer);
    let reason = match answer.finish {
        _ if answer.refusal.is_some() => "refusal",
        Finish::ContentFilter => "refusal",
        Finish::Length => "max_tokens",
        Finish::ToolCalls => "tool_use",
        Finish::Stop if content.iter().any(|block| block["type"] == "tool_use") => "tool_use",
        Finish::Stop => "end_turn",
    };
    let id = blake3::hash(json!(content).to_string().as_bytes()).to_hex();
    json!({
        "id": format!("{ID_PREFIX}{}", &id[..24]),
        "type": "message",
        "role": "assistant",
        "model": request.model,
        "content": content,
        "stop_reason": reason,
        "stop_sequence": null,
        "usage": {
            "input_tokens": answer.usage.input,
            "output_tokens": answer.usage.output,
            "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": 0,
        },
    })
}

/// A structured answer is the input of its tool; one that is no JSON can only be said.
fn blocks(request: &Request, answer: &Answer) -> Vec<Json> {
    let mut blocks = Vec::new();
    let words = answer.refusal.as_deref().unwrap_or(&answer.content);
    match (&request.answer, serde_json::from_str::<Json>(words)) {
        (AnswerFormat::Json { name, .. }, Ok(input @ Json::Object(_))) => {
            blocks.push(tool_use("toolu_answer", name, input));
        }
        _ if words.is_empty() => {}
        _ => blocks.push(json!({"type": "text", "text": words})),
    }
    blocks.extend(answer.tool_calls.iter().map(|call| {
        let input = serde_json::from_str(&call.arguments);
        tool_use(&call.id, &call.name, input.unwrap_or_else(|_| json!({})))
    }));
    blocks
}

fn tool_use(id: &str, name: &str, input: Json) -> Json {
    json!({"type": "tool_use", "id": id, "name": name, "input": input})
}

/// The same answer as a stream of events.
pub(super) fn write_stream(answer: &Json) -> String {
    let mut start = answer.clone();
    start["content"] = json!([]);
    start["stop_reason"] = Json::Null;
    let mut text = event(&json!({"type": "message_start", "message": start}));
    let blocks = answer["content"].as_array();
    for (index, block) in blocks.into_iter().flatten().enumerate() {
        let (empty, delta) = in_pieces(block);
        for part in [
            json!({"type": "content_block_start", "index": index, "content_block": empty}),
            json!({"type": "content_block_delta", "index": index, "delta": delta}),
            json!({"type": "content_block_stop", "index": index}),
        ] {
            text.push_str(&event(&part));
        }
    }
    text.push_str(&event(&json!({
        "type": "message_delta",
        "delta": {"stop_reason": answer["stop_reason"], "stop_sequence": null},
        "usage": {"output_tokens": answer["usage"]["output_tokens"]},
    })));
    text + &event(&json!({"type": "message_stop"}))
}

fn in_pieces(block: &Json) -> (Json, Json) {
    let mut empty = block.clone();
    if block["type"] == "text" {
        empty["text"] = json!("");
        let delta = json!({"type": "text_delta", "text": block["text"]});
        return (empty, delta);
    }
    empty["input"] = json!({});
    let input = block["input"].to_string();
    let delta = json!({"type": "input_json_delta", "partial_json": input});
    (empty, delta)
}

fn event(data: &Json) -> String {
    let kind = data["type"].as_str().unwrap_or_default();
    format!("event: {kind}\ndata: {data}\n\n")
}
