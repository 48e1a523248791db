//! Things about a model that a person should hear once, and not with every call.

use std::sync::{Mutex, PoisonError};

/// Notices that nobody has read yet.
#[derive(Debug, Default)]
pub(super) struct Notices(Mutex<Vec<String>>);

impl Notices {
    /// One more to be read.
    pub fn add(&self, notice: String) {
        self.lock().push(notice);
    }

    /// All of them; they are read then.
    pub fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.lock())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
