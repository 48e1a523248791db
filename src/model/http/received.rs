//! What came back for one call, and what it means where it is no answer.

use std::time::{Duration, SystemTime};

use reqwest::header::{DATE, HeaderMap, LOCATION, RETRY_AFTER};
use serde_json::Value as Json;

use crate::model::error::CallError;

/// How much of a server's words a message shows.
const SHOWN: usize = 300;

/// What came back for one call, without secrets should the server have repeated them.
pub(in crate::model) struct Received {
    pub status: u16,
    pub text: String,
    /// Why the body is not whole.
    pub broken: Option<String>,
    /// Whether the body is a stream of events.
    pub is_stream: bool,
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
    /// Whether the status is a good one.
    pub(in crate::model) fn is_good(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Whether the server minds something of the request's form that these words name, and not
    /// what is asked.
    pub(in crate::model) fn complains_of(&self, words: &[&str]) -> bool {
        let text = self.text.to_lowercase();
        matches!(self.status, 400 | 422 | 501) && words.iter().any(|word| text.contains(word))
    }

    /// Whether the server does not take the field `name` of a body, or its value.
    pub(in crate::model) fn rejects_field(&self, name: &str) -> bool {
        const SIGNS: [&str; 9] = [
            "unsupported",
            "not support",
            "not permitted",
            "not allowed",
            "unrecognized",
            "unknown",
            "extra_forbidden",
            "deprecated",
            "only the default",
        ];
        matches!(self.status, 400 | 422) && names_field(&self.text, name) && {
            let text = self.text.to_lowercase();
            SIGNS.iter().any(|sign| text.contains(sign))
        }
    }

    /// The server's words where its own filter, and not the model, refused to go on.
    pub(in crate::model) fn refusal(&self) -> Option<String> {
        let Said { message, code } = self.said();
        let may_be = matches!(self.status, 400 | 403 | 422);
        (may_be && speaks_of_policy(&message, &code)).then_some(message)
    }

    /// What a bad status says.
    pub(in crate::model) fn failure(&self) -> CallError {
        self.classified(self.status, self.said())
    }

    /// The error that a body tells of although its status is good.
    pub(in crate::model) fn failure_inside(&self, error: &Json) -> CallError {
        let code = error.get("code").and_then(Json::as_u64);
        let kind = error.get("type").and_then(Json::as_str);
        let status = code.and_then(|code| u16::try_from(code).ok());
        let status = status.unwrap_or_else(|| kind.map_or(502, status_of_kind));
        self.classified(status, said_in(error, error))
    }

    /// The body cannot be used.
    pub(in crate::model) fn broken_body(&self, why: String) -> CallError {
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
            400 | 413 | 422 | 500 if speaks_of_length(status, &message, &code) => {
                CallError::ContextTooLong { message }
            }
            401..=403 => CallError::Unauthorized { status, message },
            400 | 429 if speaks_of_empty_purse(&message, &code) => {
                CallError::Unauthorized { status, message }
            }
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
        let said = said_in(error, &body);
        match said.message.is_empty() {
            true => Said {
                message: words_of_body(&self.text),
                ..said
            },
            false => said,
        }
    }
}

/// The words of `error`, or those beside it in `body`; empty where there are none.
fn said_in(error: &Json, body: &Json) -> Said {
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
        message: message.map_or_else(String::new, |message| shortened(message, SHOWN)),
        code: code.unwrap_or_default().to_owned(),
    }
}

/// The status that belongs to an error of Anthropic's kinds.
fn status_of_kind(kind: &str) -> u16 {
    match kind {
        "invalid_request_error" => 400,
        "authentication_error" => 401,
        "billing_error" => 402,
        "permission_error" => 403,
        "not_found_error" => 404,
        "request_too_large" => 413,
        "rate_limit_error" => 429,
        "overloaded_error" => 529,
        "timeout_error" => 504,
        _ => 502,
    }
}

/// Whether `name` stands in `text` as a word of its own.
fn names_field(text: &str, name: &str) -> bool {
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
    text.match_indices(name).any(|(start, _)| {
        !text[..start].ends_with(is_part) && !text[start + name.len()..].starts_with(is_part)
    })
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
        || matches!(
            code,
            "context_length_exceeded" | "exceed_context_size_error" | "string_above_max_length"
        )
        || [
            "context length",
            "maximum context",
            "context window",
            "context size",
            "context limit",
            "context shift is disabled",
            "prompt is too long",
            "input is too long",
            "too many tokens",
        ]
        .iter()
        .any(|sign| words.contains(sign))
}

/// Whether a filter of the server's speaks, in the words of Azure, OpenAI, LiteLLM or Anthropic.
fn speaks_of_policy(message: &str, code: &str) -> bool {
    let words = message.to_lowercase();
    matches!(
        code,
        "content_filter" | "content_policy_violation" | "invalid_prompt" | "moderation_blocked"
    ) || [
        "content management policy",
        "content filtering policy",
        "violating our usage policy",
        "was flagged",
        "input was blocked",
    ]
    .iter()
    .any(|sign| words.contains(sign))
}

fn speaks_of_empty_purse(message: &str, code: &str) -> bool {
    matches!(code, "insufficient_quota" | "billing_error")
        || message.to_lowercase().contains("credit balance is too low")
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
            is_stream: false,
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
