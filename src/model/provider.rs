//! What every provider can do.

use futures_util::future::BoxFuture;

use super::conversation::{Answer, Request};
use super::error::CallError;

/// Something that answers conversations.
pub trait Model: Send + Sync {
    /// One try at one call.
    fn answer<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<Answer, CallError>>;
}
