//! How fast a run goes, and when it will be done at that pace.

use std::collections::VecDeque;
use std::time::Duration;

/// Looks back over this many readings.
const READINGS: usize = 40;

/// Readings of a run's counts over its own time.
#[derive(Debug, Default)]
pub(super) struct PaceMeter {
    readings: VecDeque<(Duration, u64)>,
    finished_at_start: Option<u64>,
}

impl PaceMeter {
    /// Takes in how many calls came back by `elapsed`, and gives the calls a second of late.
    #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
    pub fn read_calls(&mut self, elapsed: Duration, calls: u64) -> f64 {
        self.readings.push_back((elapsed, calls));
        if self.readings.len() > READINGS {
            self.readings.pop_front();
        }
        let (since, before) = self.readings[0];
        let seconds = elapsed.saturating_sub(since).as_secs_f64();
        if seconds <= 0.0 {
            return 0.0;
        }
        calls.saturating_sub(before) as f64 / seconds
    }

    /// How long the rest takes, at the pace of this life so far.
    pub fn time_left(&mut self, elapsed: Duration, finished: u64, total: u64) -> Option<Duration> {
        let at_start = *self.finished_at_start.get_or_insert(finished);
        let done = u32::try_from(finished.saturating_sub(at_start)).ok()?;
        let left = u32::try_from(total.saturating_sub(finished)).ok()?;
        if done == 0 || left == 0 {
            return None;
        }
        Some(elapsed.mul_f64(f64::from(left) / f64::from(done)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_left_counts_only_what_this_life_did() {
        let mut meter = PaceMeter::default();
        let seconds = Duration::from_secs;
        assert_eq!(meter.time_left(seconds(0), 50, 100), None);
        assert_eq!(meter.time_left(seconds(10), 60, 100), Some(seconds(40)));
    }

    #[test]
    fn the_rate_is_that_of_late() {
        let mut meter = PaceMeter::default();
        meter.read_calls(Duration::from_secs(0), 0);
        let rate = meter.read_calls(Duration::from_secs(2), 30);
        assert!((rate - 15.0).abs() < 1e-9);
    }
}
