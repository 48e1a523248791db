//! A streamed answer, put together to what it would have been in one piece.

use serde_json::{Map, Value as Json, json};

use crate::model::http::events;

/// The completion that the chunks in `text` are parts of, or why there is none.
pub(super) fn completion(text: &str) -> Result<Json, String> {
    let mut parts = Parts::default();
    for event in events(text) {
        let chunk: Json = serde_json::from_str(&event).map_err(|error| error.to_string())?;
        if chunk.get("error").is_some_and(|error| !error.is_null()) {
            return Ok(chunk);
        }
        parts.add(chunk);
    }
    parts.whole()
}

#[derive(Default)]
struct Parts {
    texts: Map<String, Json>,
    calls: Vec<Json>,
    finish: Option<Json>,
    usage: Option<Json>,
    fingerprint: Option<Json>,
    has_choice: bool,
}

/// The texts of a message that come in pieces.
const TEXTS: [&str; 4] = ["content", "reasoning_content", "reasoning", "refusal"];

impl Parts {
    fn add(&mut self, mut chunk: Json) {
        if let Some(usage) = taken(&mut chunk, "usage") {
            self.usage = Some(usage);
        }
        if let Some(fingerprint) = taken(&mut chunk, "system_fingerprint") {
            self.fingerprint = Some(fingerprint);
        }
        let Some(choice) = chunk
            .get_mut("choices")
            .and_then(|choices| choices.get_mut(0))
        else {
            return;
        };
        self.has_choice = true;
        if let Some(finish) = taken(choice, "finish_reason") {
            self.finish = Some(finish);
        }
        let Some(delta) = choice.get_mut("delta") else {
            return;
        };
        for name in TEXTS {
            if let Some(more) = delta.get(name).and_then(Json::as_str) {
                append(&mut self.texts, name, more);
            }
        }
        let calls = taken(delta, "tool_calls");
        for call in calls.iter().filter_map(Json::as_array).flatten() {
            self.add_call(call);
        }
    }

    /// A piece of a call says by its index which call it belongs to; a server that leaves that out
    /// sends calls whole.
    fn add_call(&mut self, piece: &Json) {
        let index = match piece.get("index").and_then(Json::as_u64) {
            Some(index) => usize::try_from(index)
                .unwrap_or(usize::MAX)
                .min(self.calls.len()),
            None => self.calls.len(),
        };
        if index == self.calls.len() {
            self.calls
                .push(json!({"id": "", "function": {"name": "", "arguments": ""}}));
        }
        let call = &mut self.calls[index];
        if let Some(id) = piece.get("id").and_then(Json::as_str) {
            call["id"] = json!(id);
        }
        for name in ["name", "arguments"] {
            let Some(more) = piece["function"].get(name) else {
                continue;
            };
            let more = match more {
                Json::String(text) => text.clone(),
                Json::Null => continue,
                whole => whole.to_string(),
            };
            let known = call["function"][name].as_str().unwrap_or_default();
            call["function"][name] = json!(format!("{known}{more}"));
        }
    }

    /// A stream that ends without saying why has broken off.
    fn whole(mut self) -> Result<Json, String> {
        if !self.has_choice {
            return Err("it is a stream without `choices`".to_owned());
        }
        let Some(finish) = self.finish else {
            return Err("it is a stream that broke off".to_owned());
        };
        if !self.calls.is_empty() {
            self.texts
                .insert("tool_calls".to_owned(), self.calls.into());
        }
        Ok(json!({
            "choices": [{"message": self.texts, "finish_reason": finish}],
            "usage": self.usage,
            "system_fingerprint": self.fingerprint,
        }))
    }
}

fn taken(value: &mut Json, name: &str) -> Option<Json> {
    let taken = value.get_mut(name)?.take();
    (!taken.is_null()).then_some(taken)
}

fn append(texts: &mut Map<String, Json>, name: &str, more: &str) {
    match texts.get_mut(name) {
        Some(Json::String(text)) => text.push_str(more),
        _ => {
            texts.insert(name.to_owned(), json!(more));
        }
    }
}
