//! What a server that refuses admits, learned from what it took before it refused.

use std::time::Duration;

use tokio::time::Instant;

use super::pace::Pace;

/// What was sent is counted in slots of this length, over a second.
const SLOT: Duration = Duration::from_millis(100);
const SLOTS: usize = 10;

/// What is kept to, of what was admitted lately, and of what must have been admitted where calls
/// have only just begun: a bucket that was full admits a second's worth more than it gains.
const CAUTION: f64 = 0.9;
const CAUTION_AT_FIRST: f64 = 0.98;

/// Fewer calls than this tell little of what is admitted: the pace doubles every second from there
/// until it is refused.
const ENOUGH: u32 = 20;
const DOUBLES_EVERY: Duration = Duration::from_secs(1);

/// How often the pace rises while nothing is refused, by how much, and when by how much more.
const RISES_EVERY: Duration = Duration::from_secs(5);
const RISE: f64 = 1.02;
const LONG_AGO: Duration = Duration::from_secs(60);
const QUICK_RISE: f64 = 1.05;

/// A server that refused nothing for so long has other limits now.
const FORGOTTEN: Duration = Duration::from_secs(600);

/// The pace at which a server has been found to admit calls.
#[derive(Debug)]
pub(super) struct Admitted {
    sent: [u32; SLOTS],
    /// When the newest slot began.
    slot_at: Instant,
    /// When the first call went out.
    began_at: Option<Instant>,
    learning: Option<Learning>,
    learned: Option<Learned>,
}

/// From the first refusal until calls go out again.
#[derive(Debug)]
struct Learning {
    sent: u32,
    refused: u32,
    since: Instant,
    until: Instant,
}

#[derive(Debug)]
struct Learned {
    pace: Pace,
    at: Instant,
    risen_at: Instant,
    /// Whether so little is known that it rises quickly.
    is_searching: bool,
}

impl Admitted {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            sent: [0; SLOTS],
            slot_at: now,
            began_at: None,
            learning: None,
            learned: None,
        }
    }

    /// From when on the next call may go.
    pub(super) fn free_at(&mut self, now: Instant) -> Option<Instant> {
        if self.learning.as_ref().is_some_and(|it| it.until <= now) {
            self.conclude(now);
        }
        self.rise(now);
        self.learned.as_ref().map(|learned| learned.pace.free_at())
    }

    /// Takes note of a call that goes out.
    pub(super) fn note_sent(&mut self, now: Instant) {
        self.advance(now);
        self.began_at.get_or_insert(now);
        self.sent[0] = self.sent[0].saturating_add(1);
        if let Some(learned) = &mut self.learned {
            learned.pace.take(now, 1);
        }
    }

    /// Takes note of a refused call; none goes out before `until`.
    pub(super) fn note_refused(&mut self, sent_at: Instant, now: Instant, until: Instant) {
        if let Some(learning) = &mut self.learning {
            learning.refused += 1;
            learning.until = learning.until.max(until);
            return;
        }
        // What was sent at the earlier pace says nothing of this one.
        if self.learned.as_ref().is_some_and(|it| sent_at < it.at) {
            return;
        }
        self.advance(now);
        self.learning = Some(Learning {
            sent: self.sent.iter().sum(),
            refused: 1,
            since: now,
            until,
        });
    }

    fn conclude(&mut self, now: Instant) {
        let Some(learning) = self.learning.take() else {
            return;
        };
        let admitted = learning.sent.saturating_sub(learning.refused).max(1);
        let rate = match &self.learned {
            // The last pace that was not refused is half of what a search has come to.
            Some(learned) if learned.is_searching => learned.pace.rate() / 2.0,
            Some(learned) => learned.pace.rate().min(f64::from(admitted)) * CAUTION,
            None => self.first_rate(&learning, admitted),
        };
        let is_searching = self.learned.is_none() && admitted < ENOUGH;
        let mut pace = match &self.learned {
            Some(learned) => learned.pace,
            None => Pace::per_second(rate, now),
        };
        if is_searching {
            // It refused what came together: nothing may be caught up with.
            pace.limit_credit(Duration::ZERO);
        }
        pace.restart(rate, now);
        pace.save(now.saturating_duration_since(learning.since));
        self.learned = Some(Learned {
            pace,
            at: now,
            risen_at: now,
            is_searching,
        });
    }

    fn first_rate(&self, learning: &Learning, admitted: u32) -> f64 {
        let began_at = self.began_at.unwrap_or(learning.since);
        let took = learning.since.saturating_duration_since(began_at);
        match took < SLOT * SLOTS as u32 {
            true => f64::from(admitted) / (1.0 + took.as_secs_f64()) * CAUTION_AT_FIRST,
            false => f64::from(admitted) * CAUTION,
        }
    }

    fn rise(&mut self, now: Instant) {
        let Some(learned) = &mut self.learned else {
            return;
        };
        if now > learned.at + FORGOTTEN {
            self.learned = None;
            return;
        }
        let every = match learned.is_searching {
            true => DOUBLES_EVERY,
            false => RISES_EVERY,
        };
        while now >= learned.risen_at + every {
            learned.risen_at += every;
            let is_long_ago = learned.risen_at > learned.at + LONG_AGO;
            let rise = match (learned.is_searching, is_long_ago) {
                (true, _) => 2.0,
                (false, true) => QUICK_RISE,
                (false, false) => RISE,
            };
            learned.pace.set_rate(learned.pace.rate() * rise);
        }
    }

    fn advance(&mut self, now: Instant) {
        let passed = now.saturating_duration_since(self.slot_at);
        let slots = (passed.as_millis() / SLOT.as_millis()) as usize;
        if slots == 0 {
            return;
        }
        let kept = SLOTS.saturating_sub(slots);
        self.sent.rotate_right(slots.min(SLOTS) % SLOTS);
        self.sent[..SLOTS - kept].fill(0);
        self.slot_at += SLOT * u32::try_from(slots).unwrap_or(u32::MAX);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_server_took_before_it_refused_is_kept_to() {
        let start = Instant::now();
        let mut admitted = Admitted::new(start);
        for _ in 0..60 {
            admitted.note_sent(start);
        }
        let until = start + Duration::from_secs(2);
        for _ in 0..10 {
            admitted.note_refused(start, start, until);
        }
        assert_eq!(admitted.free_at(start), None, "it is not known yet");
        let free = admitted.free_at(until).expect("a pace was learned");
        assert_eq!(free, until - Duration::from_secs(1), "a second is saved up");
        let at_once = (0..100).take_while(|_| {
            let may_go = admitted.free_at(until).is_some_and(|free| free <= until);
            admitted.note_sent(until);
            may_go
        });
        assert_eq!(at_once.count(), 50);
    }

    /// A learner that was refused after a second and a half of so many calls a second.
    fn refused_at(per_second: u32, start: Instant) -> Admitted {
        let mut admitted = Admitted::new(start);
        for slot in 0..15 {
            (0..per_second / 10).for_each(|_| admitted.note_sent(start + SLOT * slot));
        }
        let now = start + SLOT * 14;
        admitted.note_sent(now);
        admitted.note_refused(now, now, now);
        admitted
    }

    fn rate(admitted: &mut Admitted, now: Instant) -> Option<f64> {
        admitted.free_at(now);
        admitted.learned.as_ref().map(|it| it.pace.rate())
    }

    #[test]
    fn a_pace_rises_slowly_and_is_forgotten() {
        let start = Instant::now();
        let mut admitted = refused_at(100, start);
        let now = start + SLOT * 14;
        assert_eq!(rate(&mut admitted, now), Some(90.0));
        let later = now + Duration::from_secs(25);
        let later = rate(&mut admitted, later).expect("it is known");
        assert!((99.0..100.0).contains(&later), "{later}");
        assert_eq!(rate(&mut admitted, now + Duration::from_secs(700)), None);
    }

    #[test]
    fn a_server_that_refused_early_is_tried_out() {
        let start = Instant::now();
        let mut admitted = Admitted::new(start);
        (0..2).for_each(|_| admitted.note_sent(start));
        admitted.note_refused(start, start, start);
        let first = rate(&mut admitted, start).expect("a pace was learned");
        let later = start + Duration::from_secs(5);
        assert_eq!(rate(&mut admitted, later), Some(first * 32.0));
        admitted.note_refused(later, later, later);
        assert_eq!(rate(&mut admitted, later), Some(first * 16.0));
        let much_later = rate(&mut admitted, later + Duration::from_secs(4));
        assert_eq!(
            much_later,
            Some(first * 16.0),
            "it is known well enough now"
        );
    }
}
