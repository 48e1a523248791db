//! The simulated model's side of `/v1/chat/completions`: a body to a request, an answer to a body.

use super::identity::FINGERPRINT;
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};

use super::character::SHARES;
use crate::model::conversation::{
    Answer, AnswerFormat, Finish, Message, Request, ToolCallText, ToolSpec,
};

#[derive(Deserialize)]
struct WireRequest {
    model: String,
    messages: Vec<WireMessage>,
    #[serde(default)]
    tools: Option<Vec<WireTool>>,
    #[serde(default)]
    tool_choice: Option<Json>,
    #[serde(default)]
    response_format: Option<WireFormat>,
    #[serde(default)]
    temperature: Option<f64>,
    #[serde(default)]
    max_tokens: Option<u32>,
    #[serde(default)]
    max_completion_tokens: Option<u32>,
    #[serde(default)]
    seed: Option<i64>,
    #[serde(default)]
    stream: Option<bool>,
    /// What `body` may say of a simulated model's character, among fields that mean nothing here.
    #[serde(flatten)]
    others: Map<String, Json>,
}

#[derive(Deserialize)]
#[serde(tag = "role", rename_all = "snake_case")]
enum WireMessage {
    #[serde(alias = "developer")]
    System {
        content: Content,
    },
    User {
        content: Content,
    },
    Assistant {
        #[serde(default)]
        content: Option<Content>,
        #[serde(default)]
        tool_calls: Option<Vec<WireCall>>,
    },
    Tool {
        tool_call_id: String,
        content: Content,
    },
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Content {
    Text(String),
    Parts(Vec<Part>),
}

#[derive(Deserialize)]
struct Part {
    #[serde(default)]
    text: String,
}

#[derive(Deserialize)]
struct WireCall {
    id: String,
    function: WireFunction,
}

#[derive(Deserialize)]
struct WireFunction {
    name: String,
    arguments: String,
}

#[derive(Deserialize)]
struct WireTool {
    function: WireToolSpec,
}

#[derive(Deserialize)]
struct WireToolSpec {
    name: String,
    #[serde(default)]
    description: String,
    #[serde(default = "no_parameters")]
    parameters: Json,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum WireFormat {
    Text,
    JsonObject,
    JsonSchema { json_schema: WireSchema },
}

#[derive(Deserialize)]
struct WireSchema {
    name: String,
    schema: Json,
}

fn no_parameters() -> Json {
    json!({"type": "object", "properties": {}})
}

/// A request, and how its answer is to travel.
pub(super) struct Asked {
    /// Where a tool has to be called, its parameters are the form of the answer.
    pub request: Request,
    /// Whether the answer goes into a call of the tool that its form was.
    pub is_forced: bool,
    pub streams: bool,
}

/// The request in a body, or what is wrong with it.
pub(super) fn read_request(body: &[u8]) -> Result<Asked, String> {
    let wire: WireRequest = serde_json::from_slice(body)
        .map_err(|error| format!("the body is no chat completion request: {error}"))?;
    if wire.messages.is_empty() {
        return Err("`messages` is empty; a conversation needs at least one".to_owned());
    }
    let mut body = wire.others;
    body.retain(|name, _| SHARES.contains(&name.as_str()));
    let wants_tools = wire.tool_choice != Some(json!("none"));
    let forced = forced_tool(wire.tool_choice.as_ref()).and_then(|name| {
        let tools = wire.tools.iter().flatten();
        let tool = tools
            .map(|tool| &tool.function)
            .find(|tool| tool.name == name)?;
        Some(AnswerFormat::Json {
            name: tool.name.clone(),
            schema: tool.parameters.clone().into(),
        })
    });
    let is_forced = forced.is_some();
    let request = Request {
        model: wire.model,
        messages: wire.messages.into_iter().map(message).collect(),
        tools: wire
            .tools
            .unwrap_or_default()
            .into_iter()
            .filter(|_| wants_tools && !is_forced)
            .map(tool)
            .collect(),
        answer: forced
            .or_else(|| wire.response_format.map(format))
            .unwrap_or(AnswerFormat::Text),
        temperature: wire.temperature.unwrap_or(1.0),
        top_p: None,
        max_tokens: wire.max_tokens.or(wire.max_completion_tokens),
        seed: wire.seed.unwrap_or(0).unsigned_abs(),
        body,
    };
    Ok(Asked {
        request,
        is_forced,
        streams: wire.stream == Some(true),
    })
}

/// The name in `{"type": "function", "function": {"name": …}}`.
fn forced_tool(choice: Option<&Json>) -> Option<&str> {
    choice?.get("function")?.get("name")?.as_str()
}

fn message(message: WireMessage) -> Message {
    match message {
        WireMessage::System { content } => Message::System {
            content: text(content),
        },
        WireMessage::User { content } => Message::User {
            content: text(content),
        },
        WireMessage::Assistant {
            content,
            tool_calls,
        } => Message::Assistant {
            content: content.map(text).unwrap_or_default(),
            tool_calls: tool_calls
                .unwrap_or_default()
                .into_iter()
                .map(|call| ToolCallText {
                    id: call.id,
                    name: call.function.name,
                    arguments: call.function.arguments,
                })
                .collect(),
        },
        WireMessage::Tool {
            tool_call_id,
            content,
        } => Message::Tool {
            call_id: tool_call_id,
            // Not on the wire; the call that it answers has it.
            name: String::new(),
            content: text(content),
        },
    }
}

fn text(content: Content) -> String {
    match content {
        Content::Text(text) => text,
        Content::Parts(parts) => parts.into_iter().map(|part| part.text).collect(),
    }
}

fn tool(tool: WireTool) -> ToolSpec {
    ToolSpec {
        name: tool.function.name,
        description: tool.function.description,
        parameters: tool.function.parameters.into(),
    }
}

fn format(format: WireFormat) -> AnswerFormat {
    match format {
        WireFormat::Text => AnswerFormat::Text,
        WireFormat::JsonObject => AnswerFormat::Json {
            name: "object".to_owned(),
            schema: json!({
                "type": "object",
                "properties": {"answer": {"type": "string"}},
                "required": ["answer"],
            })
            .into(),
        },
        WireFormat::JsonSchema { json_schema } => AnswerFormat::Json {
            name: json_schema.name,
            schema: json_schema.schema.into(),
        },
    }
}

/// The body that carries an answer.
pub(super) fn write_answer(asked: &Asked, answer: &Answer) -> Json {
    let mut message = json!({"role": "assistant", "content": answer.content});
    if let (true, AnswerFormat::Json { name, .. }) = (asked.is_forced, &asked.request.answer)
        // What is no JSON can only be said.
        && serde_json::from_str::<Map<String, Json>>(&answer.content).is_ok()
    {
        message["content"] = Json::Null;
        message["tool_calls"] = json!([tool_call(&ToolCallText {
            id: "call_answer".to_owned(),
            name: name.clone(),
            arguments: answer.content.clone(),
        })]);
    }
    if !answer.tool_calls.is_empty() {
        message["tool_calls"] = answer.tool_calls.iter().map(tool_call).collect();
    }
    if let Some(refusal) = &answer.refusal {
        message["refusal"] = json!(refusal);
    }
    let finish = match answer.finish {
        Finish::Stop => "stop",
        Finish::ToolCalls => "tool_calls",
        Finish::Length => "length",
        Finish::ContentFilter => "content_filter",
    };
    let id = blake3::hash(message.to_string().as_bytes()).to_hex();
    json!({
        "id": format!("chatcmpl-{}", &id[..24]),
        "object": "chat.completion",
        "created": 0,
        "model": asked.request.model,
        "system_fingerprint": FINGERPRINT,
        "choices": [{"index": 0, "message": message, "finish_reason": finish}],
        "usage": {
            "prompt_tokens": answer.usage.input,
            "completion_tokens": answer.usage.output,
            "total_tokens": answer.usage.total(),
        },
    })
}

fn tool_call(call: &ToolCallText) -> Json {
    json!({
        "id": call.id,
        "type": "function",
        "function": {"name": call.name, "arguments": call.arguments},
    })
}

/// The same answer as a stream of chunks.
pub(super) fn write_stream(answer: &Json) -> String {
    let chunk = |choices: Json, usage: &Json| {
        let mut chunk = answer.clone();
        chunk["object"] = json!("chat.completion.chunk");
        chunk["choices"] = choices;
        chunk["usage"] = usage.clone();
        format!("data: {chunk}\n\n")
    };
    let choice = &answer["choices"][0];
    let mut delta = choice["message"].clone();
    if let Some(calls) = delta.get_mut("tool_calls").and_then(Json::as_array_mut) {
        for (index, call) in calls.iter_mut().enumerate() {
            call["index"] = json!(index);
        }
    }
    let said = json!([{"index": 0, "delta": delta, "finish_reason": null}]);
    let end = json!([{"index": 0, "delta": {}, "finish_reason": choice["finish_reason"]}]);
    let mut text = chunk(said, &Json::Null);
    text.push_str(&chunk(end, &Json::Null));
    text.push_str(&chunk(json!([]), &answer["usage"]));
    text + "data: [DONE]\n\n"
}
