//! What the calls of a run come to, added up by the units themselves: a message for each call would
//! wake the dispatcher thousands of times a second, for what it shows four times a second.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::model::Usage;

use super::journal::Counts;

/// Calls, tokens and money of all lives of a run.
pub(super) struct Totals(Mutex<Sum>);

/// What they are at one moment.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sum {
    pub calls: u64,
    pub usage: Usage,
    pub usd: f64,
}

impl Totals {
    /// Beginning with what earlier lives came to.
    pub fn from(counts: &Counts) -> Self {
        Self(Mutex::new(Sum {
            calls: counts.spending.calls(),
            usage: counts.spending.usage(),
            usd: counts.spending.usd(),
        }))
    }

    /// One more call.
    pub fn add(&self, usage: Usage, usd: f64) {
        let mut sum = self.sum();
        sum.calls += 1;
        sum.usage += usage;
        sum.usd += usd;
    }

    /// What there is now.
    pub fn now(&self) -> Sum {
        *self.sum()
    }

    fn sum(&self) -> MutexGuard<'_, Sum> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
