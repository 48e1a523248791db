//! Which model answered, as its server says; only traces want to know.

use serde::Deserialize;
use tracing::Span;

use super::received::Received;

/// What there is of it in a body: at the top, or in the first event of a stream.
#[derive(Deserialize)]
struct Named {
    model: Option<String>,
    message: Option<Message>,
}

#[derive(Deserialize)]
struct Message {
    model: Option<String>,
}

/// Notes on the span of the call which model answered.
pub(super) fn note_model(received: &Received) {
    let span = Span::current();
    if span.is_disabled() {
        return;
    }
    if let Some(model) = model_in(received) {
        span.record("gen_ai.response.model", model);
    }
}

fn model_in(received: &Received) -> Option<String> {
    let text = match received.is_stream {
        false => received.text.as_str(),
        true => {
            let data = received
                .text
                .lines()
                .find_map(|it| it.strip_prefix("data:"));
            data?.trim_start()
        }
    };
    let named: Named = serde_json::from_str(text).ok()?;
    named.model.or_else(|| named.message?.model)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model(text: &str, is_stream: bool) -> Option<String> {
        model_in(&Received {
            status: 200,
            text: text.to_owned(),
            broken: None,
            is_stream,
            retry_after: None,
            location: None,
        })
    }

    #[test]
    fn it_is_found_in_both_dialects_in_one_piece_and_in_streams() {
        let whole = r#"{"id":"x","model":"gpt-5-2026","choices":[]}"#;
        assert_eq!(model(whole, false).as_deref(), Some("gpt-5-2026"));
        let stream = "data: {\"model\":\"gpt-5-2026\",\"choices\":[]}\n\ndata: [DONE]\n";
        assert_eq!(model(stream, true).as_deref(), Some("gpt-5-2026"));
        let event = "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"model\":\"c\"}}\n";
        assert_eq!(model(event, true).as_deref(), Some("c"));
        assert_eq!(model("<html>", false), None);
    }
}
