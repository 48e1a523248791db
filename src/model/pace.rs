//! A token bucket: so much a second, and what was not taken may be caught up with, to a bound.

use std::time::Duration;

use tokio::time::Instant;

/// What a line that was idle may catch up with, as time.
const CREDIT: Duration = Duration::from_secs(1);

/// A rate that is held to.
///
/// Whoever goes takes what it needs, even if that is more than there is: the next one waits for it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Pace {
    per_second: f64,
    /// From when on the next one may go; in the past where there is credit.
    free_at: Instant,
    credit: Duration,
}

/// A bucket as its owner tells of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Bucket {
    pub per_second: f64,
    pub capacity: f64,
    /// What is in it beyond the need of one call; below zero where that is not in it.
    pub left: f64,
    /// What the owner may not have seen of it yet.
    pub under_way: f64,
}

impl Pace {
    /// A pace of `limit` a minute; at least one.
    pub(super) fn per_minute(limit: u64, now: Instant) -> Self {
        Self::per_second(limit.max(1) as f64 / 60.0, now)
    }

    /// A pace of `rate` a second, above zero.
    pub(super) fn per_second(rate: f64, now: Instant) -> Self {
        Self {
            per_second: rate.max(1e-6),
            free_at: now,
            credit: CREDIT,
        }
    }

    /// A pace that starts with what is in somebody else's bucket.
    pub(super) fn full(owner: Bucket, now: Instant) -> Self {
        let mut pace = Self::per_second(owner.per_second, now);
        pace.credit = pace.time_for(owner.capacity);
        pace.save(pace.credit);
        pace
    }

    /// How many a second.
    pub(super) fn rate(&self) -> f64 {
        self.per_second
    }

    /// When the next one may go.
    pub(super) fn free_at(&self) -> Instant {
        self.free_at
    }

    /// Another bound on what may be saved up.
    pub(super) fn limit_credit(&mut self, credit: Duration) {
        self.credit = credit;
    }

    /// Saves up what comes in `time`, to the bound.
    pub(super) fn save(&mut self, time: Duration) {
        let saved = time.min(self.credit);
        self.free_at = self.free_at.checked_sub(saved).unwrap_or(self.free_at);
    }

    /// Takes `amount`.
    pub(super) fn take(&mut self, now: Instant, amount: u64) {
        let idle_since = now.checked_sub(self.credit).unwrap_or(now);
        self.free_at = self.free_at.max(idle_since) + self.time_for(amount as f64);
    }

    /// Corrects an earlier `taken` to what it turned out to be.
    pub(super) fn settle(&mut self, taken: u64, used: u64) {
        let more = self.time_for(used.saturating_sub(taken) as f64);
        let less = self.time_for(taken.saturating_sub(used) as f64);
        self.free_at += more;
        self.free_at = self.free_at.checked_sub(less).unwrap_or(self.free_at);
    }

    /// Another rate, and nothing owed or saved up.
    pub(super) fn restart(&mut self, rate: f64, now: Instant) {
        self.set_rate(rate);
        self.free_at = now;
    }

    /// Another rate from now on; what is owed or saved is kept as time.
    pub(super) fn set_rate(&mut self, rate: f64) {
        self.per_second = rate.max(1e-6);
    }

    /// Follows a bucket that somebody else keeps.
    pub(super) fn follow(&mut self, now: Instant, owner: Bucket) {
        let own = self.level(now);
        self.set_rate(owner.per_second);
        self.credit = self.time_for(owner.capacity);
        // Ours knows of calls that the owner had not seen; the owner knows of other clients.
        let level = own.clamp(owner.left - owner.under_way, owner.left);
        self.free_at = match level >= 0.0 {
            true => now.checked_sub(self.time_for(level)).unwrap_or(now),
            false => now + self.time_for(-level),
        };
    }

    fn level(&self, now: Instant) -> f64 {
        let saved = now.saturating_duration_since(self.free_at).as_secs_f64();
        let owed = self.free_at.saturating_duration_since(now).as_secs_f64();
        (saved - owed) * self.per_second
    }

    fn time_for(&self, amount: f64) -> Duration {
        // A day is as good as never, and keeps every sum in bounds.
        Duration::from_secs_f64((amount / self.per_second).clamp(0.0, 86_400.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(pace: &mut Pace, start: Instant, amounts: &[u64]) -> Vec<u64> {
        let go = |amount: &u64| {
            let at = pace.free_at().max(start);
            pace.take(at, *amount);
            (at - start).as_secs()
        };
        amounts.iter().map(go).collect()
    }

    #[test]
    fn calls_are_spaced_by_the_minute() {
        let start = Instant::now();
        let mut pace = Pace::per_minute(30, start);
        assert_eq!(seconds(&mut pace, start, &[1, 1, 1, 1]), [0, 2, 4, 6]);
    }

    #[test]
    fn what_was_not_used_is_given_back() {
        let start = Instant::now();
        let mut pace = Pace::per_minute(600, start);
        assert_eq!(seconds(&mut pace, start, &[100]), [0]);
        pace.settle(100, 20);
        assert_eq!(seconds(&mut pace, start, &[10]), [2]);
        pace.settle(10, 30);
        assert_eq!(seconds(&mut pace, start, &[10]), [5]);
    }

    #[test]
    fn an_idle_line_catches_up_with_a_second_and_no_more() {
        let start = Instant::now();
        let mut pace = Pace::per_second(10.0, start);
        let later = start + Duration::from_secs(60);
        let at_once = (0..100).take_while(|_| {
            let may_go = pace.free_at() <= later;
            pace.take(later, 1);
            may_go
        });
        assert_eq!(at_once.count(), 11);
    }

    #[test]
    fn a_servers_own_bucket_is_followed() {
        let start = Instant::now();
        let mut pace = Pace::per_second(1.0, start);
        let bucket = |left, under_way| Bucket {
            per_second: 2.0,
            capacity: 100.0,
            left,
            under_way,
        };
        pace.follow(start, bucket(30.0, 0.0));
        assert_eq!(pace.free_at(), start - Duration::from_secs(15));
        // It says that there is less than was thought, as somebody else calls too.
        pace.follow(start, bucket(10.0, 5.0));
        assert_eq!(pace.free_at(), start - Duration::from_secs(5));
        // It says that there is more, but has not seen the five calls that are under way.
        pace.follow(start, bucket(17.0, 5.0));
        assert_eq!(pace.free_at(), start - Duration::from_secs(6));
    }
}
