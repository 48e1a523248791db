//! What a server's bad answer means.

use std::time::{Duration, SystemTime};

use reqwest::header::{DATE, HeaderMap, LOCATION, RETRY_AFTER};
use serde_json::Value as Json;

use crate::model::error::CallError;

/// How much of a server's words a message shows.
const SHOWN: usize = 300;

/// What came back for one call, without the key should the server have repeated it.
pub(super) struct Received {
    pub status: u16,
    pub text: String,
    /// Why the body is not whole.
    pub broken: Option<String>,
    pub retry_after: Option<Duration>,
    /// Where a redirect points to.
    pub location: Option<String>,
}

/// A server's own account of an error.
struct Said {
    message: String,
    code: String,
}

impl Received {
    /// Whether the server minds how a structured answer is asked for, and not what is asked.
    pub(super) fn rejects_response_format(&self) -> bool {
        let words = self.text.to_lowercase();
        matches!(self.status, 400 | 422 | 501)
            && [
                "response_format",
                "json_schema",
                "json_object",
                "guided",
                "structured output",
            ]
            .iter()
            .any(|sign| words.contains(sign))
    }

    /// What a bad status says.
    pub(super) fn failure(&self) -> CallError {
        self.classified(self.status, self.said())
    }

    /// The error that a body tells of although its status is good.
    pub(super) fn failure_inside(&self, error: &Json) -> CallError {
        let code = error.get("code").and_then(Json::as_u64).unwrap_or(502);
        let status = u16::try_from(code).unwrap_or(502);
        self.classified(status, self.said())
    }

    /// The body cannot be used.
    pub(super) fn broken_body(&self, why: String) -> CallError {
        CallError::BrokenBody {
            why: if looks_like_html(&self.text) {
                "it is an HTML page, not JSON".to_owned()
            } else {
                why
            },
            beginning: shortened(&self.text, 80),
        }
    }

    fn classified(&self, status: u16, said: Said) -> CallError {
        let Said { message, code } = said;
        match status {
            400 | 413 | 422 if speaks_of_length(status, &message, &code) => {
                CallError::ContextTooLong { message }
            }
            402 => CallError::Unauthorized { status, message },
            429 if code == "insufficient_quota" => CallError::Unauthorized { status, message },
            401 | 403 => CallError::Unauthorized { status, message },
            300..=399 => CallError::NotFound {
                status,
                message: self.redirected(),
            },
            404 | 405 => CallError::NotFound { status, message },
            400 | 422 if speaks_of_unknown_model(&message, &code) => {
                CallError::NotFound { status, message }
            }
            408 | 409 | 425 | 429 | 500..=599 => CallError::Busy {
                status,
                message,
                retry_after: self.retry_after,
            },
            _ => CallError::Rejected { status, message },
        }
    }

    fn redirected(&self) -> String {
        match &self.location {
            Some(location) => format!("it points to {location}; use that address"),
            None => "it points elsewhere without saying where".to_owned(),
        }
    }

    fn said(&self) -> Said {
        let body: Json = serde_json::from_str(&self.text).unwrap_or_default();
        let error = body.get("error").unwrap_or(&body);
        let message = [
            error.get("message"),
            Some(error),
            body.get("message"),
            body.get("detail"),
        ]
        .into_iter()
        .flatten()
        .find_map(Json::as_str);
        let code = ["code", "type"]
            .iter()
            .find_map(|name| error.get(name).and_then(Json::as_str));
        Said {
            message: match message {
                Some(message) => shortened(message, SHOWN),
                None => words_of_body(&self.text),
            },
            code: code.unwrap_or_default().to_owned(),
        }
    }
}

fn words_of_body(text: &str) -> String {
    if text.trim().is_empty() {
        "no further words".to_owned()
    } else if looks_like_html(text) {
        format!("an HTML page that begins with `{}`", shortened(text, 80))
    } else {
        shortened(text, SHOWN)
    }
}

/// How long a server asks to wait: in seconds, in milliseconds, or until a date.
pub(super) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(milliseconds) = text("retry-after-ms").and_then(|text| text.parse().ok()) {
        return Some(Duration::from_millis(milliseconds));
    }
    let asked = text(RETRY_AFTER.as_str())?.trim();
    if let Ok(seconds) = asked.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let until = httpdate::parse_http_date(asked).ok()?;
    // The server's own clock is the one that its date was read from.
    let now = text(DATE.as_str())
        .and_then(|date| httpdate::parse_http_date(date).ok())
        .or_else(|| Some(SystemTime::UNIX_EPOCH + SystemTime::UNIX_EPOCH.elapsed().ok()?))?;
    Some(until.duration_since(now).unwrap_or_default())
}

/// Where a redirect points to.
pub(super) fn location(headers: &HeaderMap) -> Option<String> {
    let location = headers.get(LOCATION)?.to_str().ok()?;
    Some(shortened(location, SHOWN))
}

/// The cause at the bottom of an error, which says most in the fewest words.
pub(super) fn innermost(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}

fn speaks_of_length(status: u16, message: &str, code: &str) -> bool {
    let words = message.to_lowercase();
    status == 413
        || code == "context_length_exceeded"
        || [
            "context length",
            "maximum context",
            "context window",
            "context size",
            "prompt is too long",
            "too many tokens",
        ]
        .iter()
        .any(|sign| words.contains(sign))
}

fn speaks_of_unknown_model(message: &str, code: &str) -> bool {
    let words = message.to_lowercase();
    code == "model_not_found"
        || (words.contains("model")
            && [
                "does not exist",
                "not found",
                "unknown model",
                "invalid model",
                "no such model",
            ]
            .iter()
            .any(|sign| words.contains(sign)))
}

fn looks_like_html(text: &str) -> bool {
    let beginning: String = text.trim_start().chars().take(15).collect();
    let beginning = beginning.to_lowercase();
    beginning.starts_with("<!doctype") || beginning.starts_with("<html")
}

/// The beginning of a text, on one line.
fn shortened(text: &str, most: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(fields: &[(&'static str, &'static str)]) -> HeaderMap {
        fields
            .iter()
            .map(|(name, value)| {
                let name = reqwest::header::HeaderName::from_static(name);
                (name, reqwest::header::HeaderValue::from_static(value))
            })
            .collect()
    }

    #[test]
    fn a_wait_is_read_in_each_form() {
        let seconds = |fields| retry_after(&headers(fields)).map(|wait| wait.as_millis());
        assert_eq!(seconds(&[("retry-after", "2")]), Some(2000));
        assert_eq!(seconds(&[("retry-after-ms", "150")]), Some(150));
        assert_eq!(
            seconds(&[
                ("date", "Sun, 06 Nov 1994 08:49:30 GMT"),
                ("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT"),
            ]),
            Some(7000)
        );
        assert_eq!(seconds(&[("retry-after", "soon")]), None);
    }

    fn failure(status: u16, text: &str) -> CallError {
        let received = Received {
            status,
            text: text.to_owned(),
            broken: None,
            retry_after: None,
            location: None,
        };
        received.failure()
    }

    #[test]
    fn servers_words_are_found_in_any_of_the_usual_places() {
        for text in [
            r#"{"error":{"message":"too big a seed"}}"#,
            r#"{"error":"too big a seed"}"#,
            r#"{"message":"too big a seed"}"#,
            r#"{"detail":"too big a seed"}"#,
            "too big a seed",
        ] {
            let expected = "the server rejects the request (400): too big a seed";
            assert_eq!(failure(400, text).to_string(), expected);
        }
    }

    #[test]
    fn an_unknown_model_and_a_long_context_are_recognised_behind_a_400() {
        let unknown = failure(400, r#"{"error":"The model `x` does not exist"}"#);
        assert!(matches!(unknown, CallError::NotFound { .. }));
        let long = failure(400, r#"{"error":{"code":"context_length_exceeded"}}"#);
        assert!(matches!(long, CallError::ContextTooLong { .. }));
    }

    #[test]
    fn an_empty_purse_is_not_waited_for() {
        let spent = r#"{"error":{"message":"quota used up","code":"insufficient_quota"}}"#;
        assert!(matches!(
            failure(429, spent),
            CallError::Unauthorized { .. }
        ));
    }
}
