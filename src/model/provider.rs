//! What every provider can do.

use futures_util::future::BoxFuture;

use super::allowance::Allowance;
use super::conversation::{Answer, Request};
use super::error::CallError;

/// Something that answers conversations.
pub trait Model: Send + Sync {
    /// One try at one call.
    fn answer<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<Answer, CallError>>;

    /// What the server said last of its limits; nothing where it says nothing.
    fn allowance(&self) -> Option<Allowance> {
        None
    }

    /// What a person should hear once about this model; each notice is given once.
    fn take_notices(&self) -> Vec<String> {
        Vec::new()
    }
}
