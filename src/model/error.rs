//! How a call of a model fails, and what that means for the run.

use std::borrow::Cow;
use std::time::Duration;

/// Why a call gave no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    #[error("cannot reach {url}: {why}")]
    Unreachable { url: String, why: String },
    /// No call of this address can work as long as its certificate is not trusted.
    #[error(
        "the certificate of {url} is not trusted: {why}; name the authority that signed it with `ca` in the model's declaration"
    )]
    Untrusted { url: String, why: String },
    #[error("no answer within {} s", after.as_secs())]
    TimedOut { after: Duration },
    /// 408, 409, 425, 429, 5xx: worth another try.
    #[error("the server answered {status}: {message}")]
    Busy {
        status: u16,
        message: String,
        retry_after: Option<Duration>,
    },
    /// The body broke off, or is not what the provider's API answers.
    #[error("the server's answer cannot be read: {why}; it begins with `{beginning}`")]
    BrokenBody { why: String, beginning: String },
    /// 401, 403: no call with this key can work.
    #[error("the server refuses the key ({status}): {message}")]
    Unauthorized { status: u16, message: String },
    /// 404: no call of this model or address can work.
    #[error("the server knows no such model or address ({status}): {message}")]
    NotFound { status: u16, message: String },
    #[error("the conversation is longer than the model can read: {message}")]
    ContextTooLong { message: String },
    /// 400, 422 and other refusals of this one request.
    #[error("the server rejects the request ({status}): {message}")]
    Rejected { status: u16, message: String },
    /// The recording that answers has no such call.
    #[error("{message}")]
    NotRecorded { message: String },
    /// The call failed when it was recorded, in these words.
    #[error("{message}")]
    RecordedFailure { message: String },
    /// The plan names a model that it does not declare.
    #[error("the plan declares no model `{model}`")]
    NotDeclared { model: String },
}

/// How the library for TLS begins what it says of a certificate.
const BAD_CERTIFICATE: &str = "invalid peer certificate: ";

impl CallError {
    /// A server that no connection could be made to, and why.
    pub(super) fn no_connection(url: String, why: String) -> Self {
        match why.strip_prefix(BAD_CERTIFICATE) {
            Some(why) => Self::Untrusted {
                url,
                why: why.to_owned(),
            },
            None => Self::Unreachable { url, why },
        }
    }

    /// Whether the same request may succeed later.
    pub fn is_worth_another_try(&self) -> bool {
        match self {
            Self::Unreachable { .. }
            | Self::TimedOut { .. }
            | Self::Busy { .. }
            | Self::BrokenBody { .. } => true,
            Self::Untrusted { .. }
            | Self::Unauthorized { .. }
            | Self::NotFound { .. }
            | Self::ContextTooLong { .. }
            | Self::Rejected { .. }
            | Self::NotRecorded { .. }
            | Self::RecordedFailure { .. }
            | Self::NotDeclared { .. } => false,
        }
    }

    /// The sort of failure in a word: the status where a server gave one.
    pub fn kind(&self) -> Cow<'static, str> {
        match self {
            Self::Unreachable { .. } => "unreachable".into(),
            Self::Untrusted { .. } => "untrusted_certificate".into(),
            Self::TimedOut { .. } => "timeout".into(),
            Self::BrokenBody { .. } => "broken_body".into(),
            Self::ContextTooLong { .. } => "context_too_long".into(),
            Self::NotRecorded { .. } => "not_recorded".into(),
            Self::RecordedFailure { .. } => "recorded_failure".into(),
            Self::NotDeclared { .. } => "not_declared".into(),
            Self::Busy { status, .. }
            | Self::Unauthorized { status, .. }
            | Self::NotFound { status, .. }
            | Self::Rejected { status, .. } => status.to_string().into(),
        }
    }

    /// Whether no call of this model can work, so that the run must stop.
    pub fn stops_the_run(&self) -> bool {
        matches!(
            self,
            Self::Untrusted { .. }
                | Self::Unauthorized { .. }
                | Self::NotFound { .. }
                | Self::NotRecorded { .. }
                | Self::NotDeclared { .. }
        )
    }
}
