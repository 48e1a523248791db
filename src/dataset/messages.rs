//! Turns as chat messages, in OpenAI's form.
//!
//! `arguments` is a text that holds JSON, as on OpenAI's wire: that is one type in every row,
//! whatever a tool takes. What the agent thought before a call is the `content` beside it; what it
//! thought before it spoke to the user is left out, since the user would read it.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::{Map, Value as Json};

use super::tree::Turn;

/// One message of a chat.
#[derive(Debug, Serialize)]
pub(super) struct ChatMessage<'a> {
    role: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_call_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    content: Cow<'a, str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tool_calls: Vec<ToolCall<'a>>,
}

#[derive(Debug, Serialize)]
struct ToolCall<'a> {
    id: String,
    r#type: &'static str,
    function: FunctionCall<'a>,
}

#[derive(Debug, Serialize)]
struct FunctionCall<'a> {
    name: &'a str,
    arguments: String,
}

/// The messages of `turns`, one each.
///
/// There is no system message: an agent's own prompt comes at training time, and what is learnt here
/// should not hang on a prompt of ours.
pub(super) fn messages<'a>(turns: &[Turn<'a>]) -> Vec<ChatMessage<'a>> {
    let mut calls = 0;
    turns
        .iter()
        .map(|turn| {
            calls += usize::from(matches!(turn, Turn::Call { .. }));
            message(turn, calls)
        })
        .collect()
}

/// The message of the turn that comes after `history`.
pub(super) fn next_message<'a>(history: &[Turn<'_>], turn: &Turn<'a>) -> ChatMessage<'a> {
    let calls = history
        .iter()
        .filter(|turn| matches!(turn, Turn::Call { .. }))
        .count();
    message(turn, calls + 1)
}

/// The message of `turn`; if it is a call or an answer to one, of the call with number `call`.
fn message<'a>(turn: &Turn<'a>, call: usize) -> ChatMessage<'a> {
    match turn {
        Turn::User(text) => plain("user", text),
        Turn::Said { message, .. } => plain("assistant", message),
        Turn::Call {
            thought,
            tool,
            arguments,
        } => ChatMessage {
            tool_calls: vec![tool_call(call, tool, arguments)],
            ..plain("assistant", thought)
        },
        Turn::Observed { tool, answer } => ChatMessage {
            role: "tool",
            tool_call_id: Some(call_id(call)),
            name: Some(tool),
            content: answer.clone(),
            tool_calls: Vec::new(),
        },
    }
}

fn plain<'a>(role: &'static str, content: &'a str) -> ChatMessage<'a> {
    ChatMessage {
        role,
        tool_call_id: None,
        name: None,
        content: Cow::Borrowed(content),
        tool_calls: Vec::new(),
    }
}

fn tool_call<'a>(call: usize, tool: &'a str, arguments: &Map<String, Json>) -> ToolCall<'a> {
    ToolCall {
        id: call_id(call),
        r#type: "function",
        function: FunctionCall {
            name: tool,
            arguments: arguments_text(arguments),
        },
    }
}

/// Arguments as JSON.
pub(super) fn arguments_text(arguments: &Map<String, Json>) -> String {
    serde_json::to_string(arguments).expect("a map of JSON values is JSON")
}

/// Nine letters and digits: the only form of an id that the chat templates of all models take.
pub(super) fn call_id(call: usize) -> String {
    format!("call{call:05}")
}
