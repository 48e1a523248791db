//! `--admit`: a server that takes so many calls a second, and refuses the others.

use std::sync::{Mutex, PoisonError};

use tokio::time::Instant;

/// What a server admits: a bucket that holds a second's worth, and is full at first.
#[derive(Debug)]
pub(super) struct Admission {
    per_second: f64,
    bucket: Mutex<Bucket>,
}

#[derive(Debug)]
struct Bucket {
    left: f64,
    at: Option<Instant>,
}

impl Admission {
    /// So many a second; one at least fits into the bucket.
    pub(super) fn per_second(per_second: f64) -> Self {
        let bucket = Bucket {
            left: per_second.max(1.0),
            at: None,
        };
        Self {
            per_second,
            bucket: Mutex::new(bucket),
        }
    }

    /// Whether a call that comes now is taken.
    pub(super) fn takes(&self, now: Instant) -> bool {
        let mut bucket = self.bucket.lock().unwrap_or_else(PoisonError::into_inner);
        let since = bucket.at.replace(now).unwrap_or(now);
        let gained = now.saturating_duration_since(since).as_secs_f64() * self.per_second;
        bucket.left = (bucket.left + gained).min(self.per_second.max(1.0));
        let takes = bucket.left >= 1.0;
        if takes {
            bucket.left -= 1.0;
        }
        takes
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn so_many_are_taken_a_second_and_a_second_is_saved_up() {
        let admission = Admission::per_second(5.0);
        let start = Instant::now();
        let taken = |seconds: f64| {
            let now = start + Duration::from_secs_f64(seconds);
            (0..20).filter(|_| admission.takes(now)).count()
        };
        assert_eq!(
            [taken(0.0), taken(0.1), taken(0.4), taken(9.0)],
            [5, 0, 2, 5]
        );
    }
}
