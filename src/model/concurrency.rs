//! Calls in flight: as many as allowed, fewer while the server is overrun, and slowly more again.

use std::time::Duration;

use tokio::time::Instant;

use super::latency::{Latency, Trend};

/// What is left of the calls in flight when the server is overrun.
const SHRINK: f64 = 0.7;

/// Bad answers to calls that were sent together are one sign and not many.
const SHRINK_PAUSE: Duration = Duration::from_secs(1);

/// Bad answers are taken for chance until they are this share of the last few.
const OVERRUN: f64 = 0.4;
const LAST_FEW: f64 = 8.0;

/// Calls that a line starts with, and how soon they double: a server that refuses can say so
/// before all of them are out, and one that does not is filled within a tenth of a second.
const FIRST: f64 = 16.0;
const DOUBLES_IN: Duration = Duration::from_millis(10);

/// How many calls may be in flight.
#[derive(Debug)]
pub(super) struct Concurrency {
    most: f64,
    now: f64,
    /// Good answers since the last change.
    good: u32,
    /// Share of bad answers among the last few.
    bad: f64,
    shrunk_at: Option<Instant>,
    /// Since when the line fills up; `None` once it is full.
    filling_since: Option<Instant>,
    latency: Latency,
}

/// Whether another call may go.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Room {
    Free,
    /// When another one has come back.
    Full,
    FreeAt(Instant),
}

impl Concurrency {
    pub(super) fn new(most: u32, now: Instant) -> Self {
        let most = f64::from(most.max(1));
        Self {
            most,
            now: most,
            good: 0,
            bad: 0.0,
            shrunk_at: None,
            filling_since: Some(now),
            latency: Latency::default(),
        }
    }

    /// How many may be in flight now.
    pub(super) fn limit(&self) -> usize {
        self.now as usize
    }

    /// Whether there is room for one more beside `in_flight`.
    pub(super) fn room(&mut self, in_flight: usize, now: Instant) -> Room {
        if in_flight as f64 + 1.0 > self.now {
            return Room::Full;
        }
        let Some(since) = self.filling_since else {
            return Room::Free;
        };
        let doublings = ((in_flight as f64 + 1.0) / FIRST).log2().max(0.0);
        let free_at = since + DOUBLES_IN.mul_f64(doublings);
        if free_at > now {
            return Room::FreeAt(free_at);
        }
        if in_flight as f64 + 2.0 > self.now {
            self.filling_since = None;
        }
        Room::Free
    }

    /// Starts as carefully as at first, when a pause is over.
    pub(super) fn fill_from(&mut self, start: Instant) {
        self.filling_since = Some(start);
    }

    /// Takes note of a good answer, and gives how slow they have become where that is why fewer
    /// calls may be in flight from now on.
    pub(super) fn note_good(&mut self, took: Duration, now: Instant) -> Option<f64> {
        self.bad -= self.bad / LAST_FEW;
        match self.latency.note(took, self.now, now) {
            Some(Trend::Steady) | None => self.grow(),
            Some(Trend::Rising) => {}
            Some(Trend::Queueing { times, limit }) => {
                self.now = limit.clamp(1.0, self.most);
                self.good = 0;
                return Some(times);
            }
            Some(Trend::Mistaken { limit }) => self.now = limit.clamp(1.0, self.most),
        }
        None
    }

    /// Takes note that the server refused or did not answer; tells whether it is overrun.
    pub(super) fn note_bad(&mut self, now: Instant) -> bool {
        self.bad += (1.0 - self.bad) / LAST_FEW;
        let is_overrun = self.bad >= OVERRUN;
        let is_same_sign = self
            .shrunk_at
            .is_some_and(|earlier| now < earlier + SHRINK_PAUSE);
        if is_overrun && !is_same_sign {
            self.now = (self.now * SHRINK).floor().max(1.0);
            self.good = 0;
            self.shrunk_at = Some(now);
            self.latency.forget_trial();
        }
        is_overrun
    }

    /// One more for as many good answers as may be in flight now.
    fn grow(&mut self) {
        self.good += 1;
        if self.now < self.most && f64::from(self.good) >= self.now && self.latency.may_grow() {
            self.good = 0;
            self.now += 1.0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUICK: Duration = Duration::from_millis(1);

    fn overrun(concurrency: &mut Concurrency, now: Instant) {
        for _ in 0..10 {
            concurrency.note_bad(now);
        }
    }

    #[test]
    fn it_shrinks_once_for_one_sign_and_grows_back_to_what_is_allowed() {
        let start = Instant::now();
        let mut concurrency = Concurrency::new(10, start);
        overrun(&mut concurrency, start);
        overrun(&mut concurrency, start);
        assert_eq!(concurrency.limit(), 7);
        overrun(&mut concurrency, start + SHRINK_PAUSE);
        assert_eq!(concurrency.limit(), 4);
        for _ in 0..4 {
            concurrency.note_good(QUICK, start);
        }
        assert_eq!(concurrency.limit(), 5);
        for _ in 0..100 {
            concurrency.note_good(QUICK, start);
        }
        assert_eq!(concurrency.limit(), 10);
    }

    #[test]
    fn one_call_is_always_possible() {
        let start = Instant::now();
        let mut concurrency = Concurrency::new(2, start);
        for second in 0..9 {
            overrun(&mut concurrency, start + Duration::from_secs(second));
        }
        assert_eq!(concurrency.limit(), 1);
        assert_eq!(concurrency.room(0, start), Room::Free);
    }

    #[test]
    fn a_bad_answer_in_five_is_chance() {
        let start = Instant::now();
        let mut concurrency = Concurrency::new(64, start);
        for round in 0..200 {
            let now = start + Duration::from_millis(100) * round;
            match round % 5 {
                0 => assert!(!concurrency.note_bad(now)),
                _ => assert_eq!(concurrency.note_good(QUICK, now), None),
            }
        }
        assert_eq!(concurrency.limit(), 64);
    }

    #[test]
    fn the_first_calls_go_out_few_at_a_time() {
        let start = Instant::now();
        let mut concurrency = Concurrency::new(4096, start);
        assert_eq!(concurrency.room(15, start), Room::Free);
        assert_eq!(
            concurrency.room(31, start),
            Room::FreeAt(start + DOUBLES_IN)
        );
        let later = start + DOUBLES_IN * 8;
        assert_eq!(concurrency.room(4095, later), Room::Free);
        assert_eq!(concurrency.room(4096, later), Room::Full);
        assert_eq!(concurrency.room(31, start), Room::Free, "it was full once");
    }
}
