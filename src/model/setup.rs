//! Why a model cannot be called at all, found out before the first call.

/// What is wrong with how a model is reached.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SetupError {
    #[error(
        "model `{model}` takes its key from the environment variable `{variable}`, which is not set"
    )]
    MissingKey { model: String, variable: String },
    #[error(
        "model `{model}` takes its address from the environment variable `{variable}`, which is not set"
    )]
    MissingUrl { model: String, variable: String },
    #[error(
        "the key of model `{model}`, in the environment variable `{variable}`, holds characters that no key has"
    )]
    BadKey { model: String, variable: String },
    #[error("the address `{url}` of model `{model}` is not usable: {why}")]
    BadUrl {
        model: String,
        url: String,
        why: String,
    },
    #[error("no connection can be prepared for model `{model}`: {why}")]
    NoClient { model: String, why: String },
    /// A provider of the language that this version cannot call.
    #[error(
        "model `{model}` has the provider `anthropic`, which is not available in this version; `openai` reaches every server with `/v1/chat/completions`"
    )]
    Unavailable { model: String },
}
