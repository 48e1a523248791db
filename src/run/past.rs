//! Which items the journal may hold calls of before they begin.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::journal::{JournalError, Reading, StoredCall};

/// What was asked of items before they begin: in earlier lives of the run, or in this one by later
/// samples of their rows.
///
/// Most runs are new. Looking up thousands of items in vain takes more than it seems, as a reader
/// forgets what it has read whenever something was written.
pub(super) struct Past {
    /// Whether there were calls when this life began.
    has_earlier_lives: bool,
    asked_ahead: Mutex<HashSet<i64>>,
}

impl Past {
    /// The past of a life that begins with what `reading` shows.
    pub fn of(reading: &Reading) -> Result<Self, JournalError> {
        Ok(Self {
            has_earlier_lives: reading.has_calls()?,
            asked_ahead: Mutex::default(),
        })
    }

    /// Takes note that something is asked on behalf of an item.
    pub fn ask_ahead(&self, item: i64) {
        self.asked_ahead().insert(item);
    }

    /// Whether something was asked on behalf of an item since somebody wanted to know that.
    pub fn was_asked_ahead(&self, item: i64) -> bool {
        self.asked_ahead().remove(&item)
    }

    /// What the journal holds of an item that is about to begin, by the paths of its calls.
    pub fn calls_of(
        &self,
        item: i64,
        reading: &Reading,
    ) -> Result<HashMap<String, StoredCall>, JournalError> {
        // It stays noted: whoever asks may not be done.
        match self.has_earlier_lives || self.asked_ahead().contains(&item) {
            true => reading.calls_of(item),
            false => Ok(HashMap::new()),
        }
    }

    fn asked_ahead(&self) -> MutexGuard<'_, HashSet<i64>> {
        self.asked_ahead
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
