//! Why a model cannot be called at all, found out before the first call.

/// What is wrong with how a model is reached.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SetupError {
    #[error(
        "model `{model}` takes its key from the environment variable `{variable}`, which is not set"
    )]
    MissingKey { model: String, variable: String },
    #[error(
        "model `{model}` takes its {what} from the environment variable `{variable}`, which is not set"
    )]
    MissingSetting {
        model: String,
        what: String,
        variable: String,
    },
    #[error("the header `{header}` of model `{model}` holds characters that no header has")]
    BadHeader { model: String, header: String },
    #[error(
        "the proxy `{address}` of model `{model}` is no address; write it like `http://proxy.example:3128`"
    )]
    BadProxy { model: String, address: String },
    #[error("the certificates of model `{model}` cannot be used: {why}")]
    BadCertificates { model: String, why: String },
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
}
