//! Whether a server queues: it answers slowly long before it refuses.
//!
//! Answers differ in length, and a server that works on many at once is slower with each of them
//! for good reasons. So it is the *quickest* answer of a while that is looked at, which a queue
//! delays like all others, and a suspicion is tried out: fewer calls are sent, and when fewer
//! come back for it, there was no queue, and what was taken for slow is from then on normal.

use std::time::Duration;

use tokio::time::Instant;

/// So many times the quickest answer of an idle server are a queue, and so many are none.
const QUEUE: f64 = 3.0;
const NO_QUEUE: f64 = 2.0;

/// Waits below this harm nobody.
const HARMLESS: Duration = Duration::from_millis(500);

/// What is left of the calls in flight on a trial, at most and at least, and what share of the
/// answers a second has to be left for it to have been right.
const TRIAL: f64 = 0.7;
const BOLDEST_TRIAL: f64 = 0.5;
const STILL_AS_MANY: f64 = 0.85;

/// Answers of one look at least, and its time.
const ANSWERS: u32 = 32;
const LOOK: Duration = Duration::from_millis(500);

/// What is normal may have doubled after so long.
const DOUBLES_IN: Duration = Duration::from_secs(3 * 3600);

/// What answers take, seen over a while.
#[derive(Debug, Default)]
pub(super) struct Latency {
    /// The quickest answer of a quiet server, in seconds; zero before there was one.
    normal: f64,
    look: Option<Look>,
    trial: Option<Trial>,
    is_rising: bool,
}

#[derive(Debug)]
struct Look {
    since: Instant,
    answers: u32,
    quickest: Duration,
    /// Answers to calls that were sent under another limit; they are let pass first.
    old: u32,
}

/// What there was before fewer calls were sent.
#[derive(Debug, Clone, Copy)]
struct Trial {
    per_second: f64,
    limit: f64,
}

/// What a look has shown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Trend {
    Steady,
    /// Slower than normal; no reason for less, but none for more.
    Rising,
    /// So many times slower than normal: no more than `limit` calls should be in flight.
    Queueing {
        times: f64,
        limit: f64,
    },
    /// It was no queue; `limit` calls should be in flight again.
    Mistaken {
        limit: f64,
    },
}

impl Latency {
    /// Takes note of an answer under a `limit` of calls in flight; at the end of a look, gives what
    /// it has shown.
    pub(super) fn note(&mut self, took: Duration, limit: f64, now: Instant) -> Option<Trend> {
        if self.normal == 0.0 {
            self.normal = took.as_secs_f64();
        }
        let look = self.look.get_or_insert_with(|| Look::at(now, 0));
        if look.old > 0 {
            look.old -= 1;
            look.since = now;
            return None;
        }
        look.answers += 1;
        look.quickest = look.quickest.min(took);
        let is_over = look.answers >= ANSWERS.max(limit as u32) && now >= look.since + LOOK;
        is_over.then(|| self.conclude(limit, now))
    }

    /// Whether answers are quick enough for more calls.
    pub(super) fn may_grow(&self) -> bool {
        !self.is_rising
    }

    /// The limit was changed for another reason.
    pub(super) fn forget_trial(&mut self) {
        self.trial = None;
    }

    fn conclude(&mut self, limit: f64, now: Instant) -> Trend {
        let Some(look) = self.look.take() else {
            return Trend::Steady;
        };
        let seconds = (now - look.since).as_secs_f64();
        let per_second = f64::from(look.answers) / seconds;
        let quickest = look.quickest.as_secs_f64();
        if let Some(trial) = self.trial.take()
            && per_second < trial.per_second * STILL_AS_MANY
        {
            self.normal = self.normal.max(quickest);
            self.look = Some(Look::at(now, trial.limit as u32));
            return Trend::Mistaken { limit: trial.limit };
        }
        let drift = (seconds / DOUBLES_IN.as_secs_f64()).exp2();
        self.normal = quickest.min(self.normal * drift);
        let times = quickest / self.normal;
        self.is_rising = times > NO_QUEUE && look.quickest > HARMLESS;
        if times <= QUEUE || look.quickest <= HARMLESS || limit < 2.0 {
            return match self.is_rising {
                true => Trend::Rising,
                false => Trend::Steady,
            };
        }
        self.trial = Some(Trial { per_second, limit });
        self.look = Some(Look::at(now, limit as u32));
        Trend::Queueing {
            times,
            limit: (limit * (QUEUE / times).clamp(BOLDEST_TRIAL, TRIAL)).floor(),
        }
    }
}

impl Look {
    fn at(since: Instant, old: u32) -> Self {
        Self {
            since,
            answers: 0,
            quickest: Duration::MAX,
            old,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Answers of a server whose quickest take `seconds(limit)`, as fast as they come, until there
    /// were so many looks; gives the limit in the end.
    fn settle(seconds: impl Fn(f64) -> f64, mut limit: f64, most: f64) -> f64 {
        let mut latency = Latency::default();
        let mut now = Instant::now();
        latency.note(Duration::from_secs_f64(seconds(1.0)), limit, now);
        for _ in 0..20_000 {
            let took = Duration::from_secs_f64(seconds(limit));
            now += took.div_f64(limit);
            match latency.note(took, limit, now) {
                Some(Trend::Queueing { limit: fewer, .. }) => limit = fewer,
                Some(Trend::Mistaken { limit: again }) => limit = again,
                Some(Trend::Steady | Trend::Rising) | None => {}
            }
            if latency.may_grow() {
                limit = (limit + 1.0 / limit).min(most);
            }
        }
        limit
    }

    #[test]
    fn a_queue_is_kept_short() {
        // Eight at a time, for 0.4 s each; the others wait.
        let queueing = |limit: f64| 0.4 * (limit / 8.0).max(1.0);
        let limit = settle(queueing, 256.0, 256.0);
        assert!((8.0..=26.0).contains(&limit), "{limit}");
    }

    #[test]
    fn a_server_that_takes_its_time_is_left_alone() {
        assert!(settle(|_| 0.2, 4000.0, 4000.0) >= 4000.0);
        assert!(settle(|_| 30.0, 64.0, 64.0) >= 64.0);
    }

    #[test]
    fn a_server_that_does_more_at_once_is_not_taken_for_a_queue() {
        // Each answer takes longer among others, but more come back a second.
        let batching = |limit: f64| 0.5 * limit.sqrt();
        let limit = settle(batching, 128.0, 128.0);
        assert!(limit >= 80.0, "{limit}");
    }
}
