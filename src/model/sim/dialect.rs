//! The two dialects that the simulated server speaks.

use serde_json::{Value as Json, json};

use super::wire::Asked;
use super::{messages, wire};
use crate::model::conversation::Answer;

/// Whose API a call is made in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    /// `/v1/chat/completions`
    Openai,
    /// `/v1/messages`
    Anthropic,
}

impl Dialect {
    /// The request in a body, or what is wrong with it.
    pub fn read_request(self, body: &[u8]) -> Result<Asked, String> {
        match self {
            Self::Openai => wire::read_request(body),
            Self::Anthropic => messages::read_request(body),
        }
    }

    /// The body that carries an answer.
    pub fn write_answer(self, asked: &Asked, answer: &Answer) -> Json {
        match self {
            Self::Openai => wire::write_answer(asked, answer),
            Self::Anthropic => messages::write_answer(asked, answer),
        }
    }

    /// The stream of events that carries what [`Dialect::write_answer`] gave.
    pub fn write_stream(self, answer: &Json) -> String {
        match self {
            Self::Openai => wire::write_stream(answer),
            Self::Anthropic => messages::write_stream(answer),
        }
    }

    /// The body that tells of an error.
    pub fn write_error(self, status: u16, code: Option<&str>, message: &str) -> Json {
        match self {
            Self::Openai => json!({"error": {
                "message": message, "type": openai_kind(status), "param": null, "code": code,
            }}),
            Self::Anthropic => json!({
                "type": "error",
                "error": {"type": anthropic_kind(status), "message": message},
            }),
        }
    }
}

fn openai_kind(status: u16) -> &'static str {
    match status {
        429 => "rate_limit_error",
        500.. => "server_error",
        _ => "invalid_request_error",
    }
}

fn anthropic_kind(status: u16) -> &'static str {
    match status {
        401 => "authentication_error",
        403 => "permission_error",
        404 => "not_found_error",
        413 => "request_too_large",
        429 => "rate_limit_error",
        504 => "timeout_error",
        529 => "overloaded_error",
        500.. => "api_error",
        _ => "invalid_request_error",
    }
}
