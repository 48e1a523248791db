//! Lets a model prove itself: until it has answered once, few calls of it are in flight.
//!
//! A wrong key or name is then found out at the price of a handful of calls.

use std::collections::BTreeMap;

use tokio::sync::{Semaphore, SemaphorePermit};

use crate::check::Key;

/// Calls in flight of a model that has not answered yet.
const AT_FIRST: usize = 3;

/// Which models have answered, and how many calls of the others are in flight.
pub(super) struct Newcomers(BTreeMap<Key, Semaphore>);

impl Newcomers {
    /// Nobody has answered yet.
    pub fn new<'a>(models: impl Iterator<Item = &'a Key>) -> Self {
        Self(
            models
                .map(|key| (key.clone(), Semaphore::new(AT_FIRST)))
                .collect(),
        )
    }

    /// Waits until a call of `model` may start; hold the permit while it is in flight.
    pub async fn admit(&self, model: &Key) -> Option<SemaphorePermit<'_>> {
        // A semaphore is closed once its model has answered, and admits everybody from then on.
        self.0.get(model)?.acquire().await.ok()
    }

    /// Opens the way for `model`.
    pub fn has_answered(&self, model: &Key) {
        if let Some(semaphore) = self.0.get(model) {
            semaphore.close();
        }
    }
}
