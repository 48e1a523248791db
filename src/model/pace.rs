//! Rates per minute: when the next call may go.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// A bucket that never holds more than what is being taken: so much a minute, evenly spaced.
///
/// Whoever takes is told when to go. Taking more than was thought, or less, moves the next one.
#[derive(Debug)]
pub struct Pace {
    per_second: f64,
    free_at: Mutex<Option<Instant>>,
}

impl Pace {
    /// A pace of `limit` a minute; at least one.
    pub fn per_minute(limit: u64) -> Self {
        Self {
            per_second: limit.max(1) as f64 / 60.0,
            free_at: Mutex::new(None),
        }
    }

    /// Takes `amount`, and gives the moment at which the taker may go.
    pub fn take(&self, now: Instant, amount: u64) -> Instant {
        let mut free_at = self.free_at.lock().unwrap_or_else(PoisonError::into_inner);
        let start = free_at.map_or(now, |free| free.max(now));
        *free_at = Some(start + self.time_for(amount));
        start
    }

    /// Corrects an earlier `taken` to what it turned out to be.
    pub fn settle(&self, taken: u64, used: u64) {
        let mut free_at = self.free_at.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(free) = *free_at else { return };
        *free_at = if used >= taken {
            Some(free + self.time_for(used - taken))
        } else {
            free.checked_sub(self.time_for(taken - used))
        };
    }

    fn time_for(&self, amount: u64) -> Duration {
        Duration::from_secs_f64(amount as f64 / self.per_second)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(pace: &Pace, start: Instant, amounts: &[u64]) -> Vec<u64> {
        amounts
            .iter()
            .map(|amount| (pace.take(start, *amount) - start).as_secs())
            .collect()
    }

    #[test]
    fn calls_are_spaced_by_the_minute() {
        let pace = Pace::per_minute(30);
        assert_eq!(seconds(&pace, Instant::now(), &[1, 1, 1, 1]), [0, 2, 4, 6]);
    }

    #[test]
    fn what_was_not_used_is_given_back() {
        let pace = Pace::per_minute(600);
        let start = Instant::now();
        assert_eq!(seconds(&pace, start, &[100]), [0]);
        pace.settle(100, 20);
        assert_eq!(seconds(&pace, start, &[10]), [2]);
        pace.settle(10, 30);
        assert_eq!(seconds(&pace, start, &[10]), [5]);
    }
}
