//! How patient a call is: how often it is tried, for how long, and how long it waits in between.

use std::time::Duration;

use super::error::CallError;

/// Bounds on repeated tries.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Retries {
    /// Tries of one call, the first included.
    pub most: u32,
    /// The same while the server has never answered at all: it is then more likely wrong than busy.
    pub most_before_contact: u32,
    /// No try starts later than this after the first.
    pub within: Duration,
    /// The wait after the first try; it doubles from there.
    pub first_wait: Duration,
    pub longest_wait: Duration,
}

impl Default for Retries {
    fn default() -> Self {
        Self {
            most: 12,
            most_before_contact: 3,
            within: Duration::from_secs(600),
            first_wait: Duration::from_millis(500),
            longest_wait: Duration::from_secs(60),
        }
    }
}

impl Retries {
    /// How long to wait before the next try, or `None` when there shall be none.
    ///
    /// `jitter` lies between 0 and 1.
    pub fn wait_after(
        &self,
        error: &CallError,
        tries: u32,
        elapsed: Duration,
        has_contact: bool,
        jitter: f64,
    ) -> Option<Duration> {
        if !error.is_worth_another_try() || tries >= self.most_for(error, has_contact) {
            return None;
        }
        let wait = self.wait(error, tries, jitter);
        (elapsed + wait <= self.within).then_some(wait)
    }

    fn most_for(&self, error: &CallError, has_contact: bool) -> u32 {
        match error {
            CallError::Busy { .. } => self.most,
            _ if has_contact => self.most,
            _ => self.most_before_contact.min(self.most),
        }
    }

    fn wait(&self, error: &CallError, tries: u32, jitter: f64) -> Duration {
        let doublings = tries.saturating_sub(1).min(16);
        let backoff = self
            .first_wait
            .saturating_mul(1 << doublings)
            .min(self.longest_wait);
        match error {
            CallError::Busy {
                retry_after: Some(asked),
                ..
            } => *asked + self.first_wait.mul_f64(jitter),
            _ => backoff.mul_f64(0.5 + jitter),
        }
    }
}

/// A number between 0 and 1 that is another for each call and each try.
pub fn jitter(seed: u64, tries: u32) -> f64 {
    let mixed = (seed ^ (u64::from(tries) << 57)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed >> 11) as f64 / (1_u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn busy(retry_after: Option<u64>) -> CallError {
        CallError::Busy {
            status: 429,
            message: String::new(),
            retry_after: retry_after.map(Duration::from_secs),
        }
    }

    fn wait(error: &CallError, tries: u32) -> Option<Duration> {
        Retries::default().wait_after(error, tries, Duration::ZERO, true, 0.5)
    }

    #[test]
    fn waits_double_up_to_a_bound() {
        let waits: Vec<_> = [1, 2, 3, 10]
            .map(|tries| wait(&busy(None), tries).expect("more tries").as_millis())
            .into();
        assert_eq!(waits, [500, 1000, 2000, 60_000]);
    }

    #[test]
    fn what_the_server_asks_for_is_obeyed() {
        assert!(wait(&busy(Some(7)), 1).expect("another try") >= Duration::from_secs(7));
        assert_eq!(wait(&busy(Some(3600)), 1), None);
    }

    #[test]
    fn a_server_that_never_answered_is_given_up_early() {
        let gone = CallError::TimedOut {
            after: Duration::from_secs(1),
        };
        let retries = Retries::default();
        let after = |tries, contact| {
            retries
                .wait_after(&gone, tries, Duration::ZERO, contact, 0.0)
                .is_some()
        };
        assert!(after(2, false) && !after(3, false));
        assert!(after(11, true) && !after(12, true));
    }
}
