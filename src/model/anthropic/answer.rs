//! A good answer of `/v1/messages`, in one piece or streamed.

use serde::Deserialize;
use serde_json::Value as Json;

use super::stream::message;
use crate::model::conversation::{Answer, AnswerFormat, Finish, Request, ToolCallText, Usage};
use crate::model::error::CallError;
use crate::model::forms::Form;
use crate::model::http::Received;
use crate::model::sim::is_id_of_sim;

#[derive(Deserialize)]
struct WireMessage {
    #[serde(default)]
    id: String,
    #[serde(default)]
    content: Option<Vec<Block>>,
    #[serde(default)]
    stop_reason: Option<String>,
    #[serde(default)]
    usage: Option<WireUsage>,
    #[serde(default)]
    error: Option<Json>,
}

#[derive(Deserialize)]
struct Block {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    text: String,
    #[serde(default)]
    thinking: String,
    #[serde(default)]
    id: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    input: Json,
}

#[derive(Deserialize)]
struct WireUsage {
    #[serde(default)]
    input_tokens: u64,
    #[serde(default)]
    output_tokens: u64,
    #[serde(default)]
    cache_creation_input_tokens: Option<u64>,
    #[serde(default)]
    cache_read_input_tokens: Option<u64>,
}

/// The answer in a body that came with a good status.
pub(super) fn read_answer(
    request: &Request,
    form: Form,
    received: &Received,
) -> Result<Answer, CallError> {
    if let Some(why) = &received.broken {
        return Err(received.broken_body(why.clone()));
    }
    let message = parse(received).map_err(|why| received.broken_body(why))?;
    if let Some(error) = &message.error {
        return Err(received.failure_inside(error));
    }
    let Some(blocks) = message.content else {
        return Err(received.broken_body("it holds no `content`".to_owned()));
    };
    if message.stop_reason.as_deref() == Some("model_context_window_exceeded") {
        let message = "the answer reached the end of the model's context window".to_owned();
        return Err(CallError::ContextTooLong { message });
    }
    let asked = match &request.answer {
        AnswerFormat::Json { name, .. } if form == Form::Schema => Some(name.as_str()),
        _ => None,
    };
    let mut answer = gather(blocks, asked);
    answer.finish = finish(
        message.stop_reason.as_deref(),
        !answer.tool_calls.is_empty(),
    );
    if message.stop_reason.as_deref() == Some("refusal") {
        let said = match answer.content.trim() {
            "" => "the server stopped the answer as a refusal".to_owned(),
            words => words.to_owned(),
        };
        answer.refusal = Some(said);
    }
    let Some(usage) = message.usage else {
        return Err(received.broken_body("it holds no `usage`".to_owned()));
    };
    answer.usage = read_usage(usage);
    answer.simulated = is_id_of_sim(&message.id);
    Ok(answer)
}

fn parse(received: &Received) -> Result<WireMessage, String> {
    let parsed = match received.is_stream {
        true => serde_json::from_value(message(&received.text)?),
        false => serde_json::from_str(&received.text),
    };
    parsed.map_err(|error| error.to_string())
}

/// What the blocks come to. The input of the tool that was `asked` for is the answer itself, and
/// words beside it are none.
fn gather(blocks: Vec<Block>, asked: Option<&str>) -> Answer {
    let mut texts = Vec::new();
    let mut thoughts = Vec::new();
    let mut tool_calls = Vec::new();
    let mut due = None;
    for block in blocks {
        match block.kind.as_str() {
            "text" => texts.push(block.text),
            "thinking" => thoughts.push(block.thinking),
            "tool_use" if asked == Some(block.name.as_str()) => {
                due.get_or_insert_with(|| block.input.to_string());
            }
            "tool_use" => tool_calls.push(ToolCallText {
                id: block.id,
                name: block.name,
                arguments: match block.input {
                    Json::Null => "{}".to_owned(),
                    input => input.to_string(),
                },
            }),
            // Redacted thoughts, and kinds that we never ask for.
            _ => {}
        }
    }
    let thoughts = thoughts.join("\n");
    Answer {
        content: due.unwrap_or_else(|| texts.concat()),
        tool_calls,
        finish: Finish::Stop,
        refusal: None,
        reasoning: Some(thoughts).filter(|thoughts| !thoughts.is_empty()),
        usage: Usage::default(),
        simulated: false,
    }
}

fn finish(reason: Option<&str>, has_calls: bool) -> Finish {
    match reason {
        Some("max_tokens") => Finish::Length,
        Some("refusal") => Finish::ContentFilter,
        _ if has_calls => Finish::ToolCalls,
        _ => Finish::Stop,
    }
}

/// What was read from a cache, or written to one, is input too, and counted apart on the wire.
fn read_usage(usage: WireUsage) -> Usage {
    let cached = usage.cache_read_input_tokens.unwrap_or_default();
    let written = usage.cache_creation_input_tokens.unwrap_or_default();
    Usage {
        input: usage.input_tokens + cached + written,
        output: usage.output_tokens,
        cached,
        reasoning: 0,
    }
}
