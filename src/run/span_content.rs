//! Attributes of a call's span that only OpenTelemetry's own library can write: lists, and, where they
//! are asked for, the words of a call.

use std::sync::atomic::{AtomicBool, Ordering};

use opentelemetry::{Array, StringValue, Value};
use serde_json::{Value as Json, json};
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use super::journal::StoredAnswer;
use crate::model::{Answer, Message, Request, ToolCallText};

/// Whether spans hold what was asked and said.
static WORDS: AtomicBool = AtomicBool::new(false);

/// From now on the spans of calls hold what was asked and said; it may be long, and nobody's business.
pub fn trace_words() {
    WORDS.store(true, Ordering::Relaxed);
}

/// What was asked, where words are asked for.
pub(super) fn note_request(span: &Span, request: &Request) {
    if !wants_words() {
        return;
    }
    let messages: Vec<Json> = request.messages.iter().map(message).collect();
    span.set_attribute("gen_ai.input.messages", Json::from(messages).to_string());
    if !request.tools.is_empty() {
        let tools = request.tools.iter().map(|tool| {
            json!({
                "type": "function", "name": tool.name, "description": tool.description,
                "parameters": tool.parameters,
            })
        });
        let tools = Json::from_iter(tools).to_string();
        span.set_attribute("gen_ai.tool.definitions", tools);
    }
}

/// Why the answer ended, and, where words are asked for, what it said.
pub(super) fn note_answer(span: &Span, stored: &StoredAnswer) {
    let reason = StringValue::from(stored.finish_word());
    let reasons = Value::Array(Array::String(vec![reason]));
    span.set_attribute("gen_ai.response.finish_reasons", reasons);
    if !wants_words() {
        return;
    }
    let answer = Answer::from(stored.clone());
    let said = json!([{
        "role": "assistant",
        "parts": parts(&answer.content, &answer.tool_calls),
        "finish_reason": stored.finish_word(),
    }]);
    span.set_attribute("gen_ai.output.messages", said.to_string());
}

fn wants_words() -> bool {
    WORDS.load(Ordering::Relaxed)
}

fn message(message: &Message) -> Json {
    match message {
        Message::System { content } => json!({ "role": "system", "parts": parts(content, &[]) }),
        Message::User { content } => json!({ "role": "user", "parts": parts(content, &[]) }),
        Message::Assistant {
            content,
            tool_calls,
        } => json!({ "role": "assistant", "parts": parts(content, tool_calls) }),
        Message::Tool {
            call_id, content, ..
        } => json!({
            "role": "tool",
            "parts": [{ "type": "tool_call_response", "id": call_id, "response": content }],
        }),
    }
}

fn parts(content: &str, tool_calls: &[ToolCallText]) -> Vec<Json> {
    let text = (!content.is_empty()).then(|| json!({ "type": "text", "content": content }));
    let calls = tool_calls.iter().map(|call| {
        json!({
            "type": "tool_call", "id": call.id, "name": call.name, "arguments": call.arguments,
        })
    });
    text.into_iter().chain(calls).collect()
}
