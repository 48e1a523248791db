//! A server's good answer, read leniently: servers differ in what they leave out.

use serde::Deserialize;
use serde_json::Value as Json;

use super::stream::completion;
use crate::model::conversation::{Answer, Finish, Request, ToolCallText, Usage};
use crate::model::error::CallError;
use crate::model::http::Received;
use crate::model::sim::FINGERPRINT;
use crate::model::tokens::{estimated_request_tokens, estimated_tokens};

#[derive(Deserialize)]
struct Completion {
    #[serde(default)]
    choices: Vec<Choice>,
    #[serde(default)]
    usage: Option<WireUsage>,
    #[serde(default)]
    error: Option<Json>,
    #[serde(default)]
    system_fingerprint: Option<String>,
}

#[derive(Deserialize)]
struct Choice {
    message: WireMessage,
    #[serde(default)]
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct WireMessage {
    #[serde(default)]
    content: Option<Json>,
    #[serde(default)]
    tool_calls: Option<Vec<WireCall>>,
    #[serde(default)]
    refusal: Option<String>,
    #[serde(default)]
    reasoning_content: Option<String>,
    /// Another name of the same thing; some servers send both.
    #[serde(default)]
    reasoning: Option<String>,
}

#[derive(Deserialize)]
struct WireCall {
    #[serde(default)]
    id: Option<String>,
    function: WireFunction,
}

#[derive(Deserialize)]
struct WireFunction {
    name: String,
    #[serde(default)]
    arguments: Json,
}

#[derive(Deserialize)]
struct WireUsage {
    #[serde(default)]
    prompt_tokens: u64,
    #[serde(default)]
    completion_tokens: u64,
    #[serde(default)]
    prompt_tokens_details: Option<PromptDetails>,
    #[serde(default)]
    completion_tokens_details: Option<CompletionDetails>,
}

#[derive(Deserialize)]
struct PromptDetails {
    #[serde(default)]
    cached_tokens: Option<u64>,
}

#[derive(Deserialize)]
struct CompletionDetails {
    #[serde(default)]
    reasoning_tokens: Option<u64>,
}

/// The answer in a body that came with a good status, and whether the server said what it took.
pub(super) fn read_answer(
    request: &Request,
    received: &Received,
) -> Result<(Answer, bool), CallError> {
    if let Some(why) = &received.broken {
        return Err(received.broken_body(why.clone()));
    }
    let completion = parse(received).map_err(|why| received.broken_body(why))?;
    if let (Some(error), []) = (&completion.error, completion.choices.as_slice()) {
        return Err(received.failure_inside(error));
    }
    let Some(choice) = completion.choices.into_iter().next() else {
        return Err(received.broken_body("it holds no `choices`".to_owned()));
    };
    let usage = completion
        .usage
        .filter(|usage| usage.prompt_tokens + usage.completion_tokens > 0);
    let is_counted = usage.is_some();
    let answer = Answer {
        simulated: completion.system_fingerprint.as_deref() == Some(FINGERPRINT),
        ..answer(request, choice, usage)
    };
    Ok((answer, is_counted))
}

/// Some servers stream although they were not asked to.
fn parse(received: &Received) -> Result<Completion, String> {
    let parsed = match received.is_stream {
        true => serde_json::from_value(completion(&received.text)?),
        false => serde_json::from_str(&received.text),
    };
    parsed.map_err(|error| error.to_string())
}

fn answer(request: &Request, choice: Choice, usage: Option<WireUsage>) -> Answer {
    let message = choice.message;
    let said = message.content.map(text).unwrap_or_default();
    let (inline, content) = without_thoughts(said);
    let tool_calls: Vec<_> = message
        .tool_calls
        .unwrap_or_default()
        .into_iter()
        .enumerate()
        .map(tool_call)
        .collect();
    let finish = finish(choice.finish_reason.as_deref(), !tool_calls.is_empty());
    let usage = usage.map_or_else(|| estimate(request, &content, &tool_calls), read_usage);
    Answer {
        content,
        tool_calls,
        finish,
        refusal: message.refusal.filter(|words| !words.is_empty()),
        reasoning: message
            .reasoning_content
            .or(message.reasoning)
            .or(inline)
            .filter(|words| !words.is_empty()),
        usage,
        simulated: false,
    }
}

/// Servers without a parser for reasoning hand out a model's thoughts in front of its answer.
fn without_thoughts(content: String) -> (Option<String>, String) {
    let parted = content
        .trim_start()
        .strip_prefix("<think>")
        .and_then(|rest| rest.split_once("</think>"));
    match parted {
        Some((thoughts, answer)) => (
            Some(thoughts.trim().to_owned()),
            answer.trim_start().to_owned(),
        ),
        None => (None, content),
    }
}

/// Content is a text, or a list of parts that hold texts.
fn text(content: Json) -> String {
    match content {
        Json::String(text) => text,
        Json::Array(parts) => parts
            .iter()
            .filter_map(|part| part.get("text").and_then(Json::as_str))
            .collect(),
        _ => String::new(),
    }
}

fn tool_call((index, call): (usize, WireCall)) -> ToolCallText {
    ToolCallText {
        id: call
            .id
            .filter(|id| !id.is_empty())
            .unwrap_or_else(|| format!("call_{index}")),
        name: call.function.name,
        arguments: match call.function.arguments {
            Json::String(text) => text,
            Json::Null => "{}".to_owned(),
            object => object.to_string(),
        },
    }
}

fn finish(reason: Option<&str>, has_calls: bool) -> Finish {
    match reason {
        Some("length" | "max_tokens") => Finish::Length,
        Some("content_filter" | "refusal" | "safety" | "SAFETY") => Finish::ContentFilter,
        _ if has_calls => Finish::ToolCalls,
        _ => Finish::Stop,
    }
}

fn read_usage(usage: WireUsage) -> Usage {
    Usage {
        input: usage.prompt_tokens,
        output: usage.completion_tokens,
        cached: usage
            .prompt_tokens_details
            .and_then(|details| details.cached_tokens)
            .unwrap_or_default(),
        reasoning: usage
            .completion_tokens_details
            .and_then(|details| details.reasoning_tokens)
            .unwrap_or_default(),
    }
}

fn estimate(request: &Request, content: &str, calls: &[ToolCallText]) -> Usage {
    let calls: u64 = calls
        .iter()
        .map(|call| estimated_tokens(&call.name) + estimated_tokens(&call.arguments))
        .sum();
    Usage {
        input: estimated_request_tokens(request),
        output: estimated_tokens(content) + calls,
        ..Usage::default()
    }
}
