//! A streamed answer, put together to what it would have been in one piece.

use serde_json::{Value as Json, json};

use crate::model::http::events;

/// The message that the events in `text` are parts of, or why there is none.
pub(super) fn message(text: &str) -> Result<Json, String> {
    let mut message: Option<Json> = None;
    let mut is_whole = false;
    for event in events(text) {
        let event: Json = serde_json::from_str(&event).map_err(|error| error.to_string())?;
        match (event["type"].as_str(), &mut message) {
            (Some("error"), _) => return Ok(event),
            (Some("message_start"), _) => {
                let mut start = event["message"].clone();
                start["content"] = json!([]);
                message = Some(start);
            }
            (Some("message_stop"), _) => is_whole = true,
            (Some("ping") | None, _) => {}
            (Some(kind), Some(message)) => add(message, kind, &event),
            (Some(_), None) => {}
        }
    }
    match message {
        Some(message) if is_whole => Ok(message),
        Some(_) => Err("it is a stream that broke off".to_owned()),
        None => Err("it is a stream without a message".to_owned()),
    }
}

fn add(message: &mut Json, kind: &str, event: &Json) {
    match kind {
        "content_block_start" => {
            if let Some(blocks) = message["content"].as_array_mut() {
                blocks.push(event["content_block"].clone());
            }
        }
        "content_block_delta" => {
            if let Some(block) = last_block(message) {
                extend(block, &event["delta"]);
            }
        }
        "content_block_stop" => {
            if let Some(block) = last_block(message) {
                close(block);
            }
        }
        "message_delta" => take_end(message, event),
        _ => {}
    }
}

/// Blocks come one after the other.
fn last_block(message: &mut Json) -> Option<&mut Json> {
    message["content"].as_array_mut()?.last_mut()
}

fn extend(block: &mut Json, delta: &Json) {
    let (name, more) = match delta["type"].as_str() {
        Some("text_delta") => ("text", &delta["text"]),
        Some("thinking_delta") => ("thinking", &delta["thinking"]),
        Some("input_json_delta") => ("partial", &delta["partial_json"]),
        _ => return,
    };
    let known = block[name].as_str().unwrap_or_default();
    block[name] = json!(format!("{known}{}", more.as_str().unwrap_or_default()));
}

/// The input of a tool is an object only when all of it is there.
fn close(block: &mut Json) {
    if let Some(text) = block["partial"].as_str() {
        block["input"] = serde_json::from_str(text).unwrap_or_else(|_| json!(text));
    }
}

fn take_end(message: &mut Json, event: &Json) {
    message["stop_reason"] = event["delta"]["stop_reason"].clone();
    let Some(usage) = event["usage"].as_object() else {
        return;
    };
    for (name, count) in usage.iter().filter(|(_, count)| !count.is_null()) {
        if message["usage"].is_object() || message["usage"].is_null() {
            message["usage"][name.as_str()] = count.clone();
        }
    }
}
