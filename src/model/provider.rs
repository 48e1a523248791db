//! What every provider can do.

use futures_util::future::BoxFuture;

use super::allowance::Allowance;
use super::conversation::{Answer, Request};
use super::error::CallError;

/// Whom a model's calls go to, as traces name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// The provider, or the dialect that its servers speak: `openai`, `anthropic`, …
    pub provider: &'static str,
    /// The server's name and port, where there is a server.
    pub server: Option<(String, u16)>,
}

impl Endpoint {
    /// Whom calls go to that leave no process.
    pub(super) fn of_nobody() -> Self {
        Self {
            provider: "autosafe",
            server: None,
        }
    }
}

/// Something that answers conversations.
pub trait Model: Send + Sync {
    /// One try at one call.
    fn answer<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<Answer, CallError>>;

    /// Whom its calls go to.
    fn endpoint(&self) -> Endpoint {
        Endpoint::of_nobody()
    }

    /// What the server said last of its limits; nothing where it says nothing.
    fn allowance(&self) -> Option<Allowance> {
        None
    }

    /// What a person should hear once about this model; each notice is given once.
    fn take_notices(&self) -> Vec<String> {
        Vec::new()
    }
}
