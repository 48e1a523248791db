//! Lets a model prove itself: until it has answered once, few calls of it are in flight.
//!
//! A wrong key or name is then found out at the price of a handful of calls, and so is a setting
//! for which the server rejects whatever it is asked.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};

use tokio::sync::{Semaphore, SemaphorePermit};

use crate::check::Key;

/// Calls in flight of a model that has not answered yet.
const AT_FIRST: usize = 3;

/// Rejected calls, and none answered, that are no chance any more.
const REJECTIONS: u32 = 3;

/// Which models have answered, and how many calls of the others are in flight.
pub(super) struct Newcomers {
    models: BTreeMap<Key, Newcomer>,
    /// Whether an earlier life of the run got answers: what is left may be what servers reject.
    has_history: bool,
}

struct Newcomer {
    /// Closed once the model has answered.
    admission: Semaphore,
    rejections: AtomicU32,
}

impl Newcomers {
    /// Nobody has answered yet in this life of the run.
    pub fn new<'a>(models: impl Iterator<Item = &'a Key>, has_history: bool) -> Self {
        let newcomer = || Newcomer {
            admission: Semaphore::new(AT_FIRST),
            rejections: AtomicU32::new(0),
        };
        Self {
            models: models.map(|key| (key.clone(), newcomer())).collect(),
            has_history,
        }
    }

    /// Waits until a call of `model` may start; hold the permit while it is in flight.
    pub async fn admit(&self, model: &Key) -> Option<SemaphorePermit<'_>> {
        // A closed semaphore admits everybody.
        self.models.get(model)?.admission.acquire().await.ok()
    }

    /// Opens the way for `model`.
    pub fn has_answered(&self, model: &Key) {
        if let Some(newcomer) = self.models.get(model) {
            newcomer.admission.close();
        }
    }

    /// Takes note of a rejected call, and tells whether `model` seems to reject them all.
    pub fn rejects_everything(&self, model: &Key) -> bool {
        let Some(newcomer) = self.models.get(model) else {
            return false;
        };
        let rejections = newcomer.rejections.fetch_add(1, Ordering::Relaxed) + 1;
        !self.has_history && !newcomer.admission.is_closed() && rejections >= REJECTIONS
    }
}
