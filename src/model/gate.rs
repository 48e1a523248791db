//! The gate of one model: who may go, when, and in which order.
//!
//! A call goes when there is a place in flight, when every pace has room for it, and when the
//! server has not asked for a pause. Who waits is called by urgency, so that a call of an item
//! that is far along passes those of items that have just begun.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::Instant;

use super::admitted::Admitted;
use super::allowance::{Allowance, Quota};
use super::concurrency::{Concurrency, Room};
use super::pace::{Bucket, Pace};
use super::waiting::Waiting;
use crate::check::Limits;

/// No server is left alone for longer, whatever it asks for.
const LONGEST_PAUSE: Duration = Duration::from_secs(600);

/// The pause of a server that refuses and does not say for how long.
const UNASKED_PAUSE: Duration = Duration::from_millis(500);

/// Where the calls of one model pass.
#[derive(Debug)]
pub(super) struct Gate(Mutex<State>);

/// One call's right to be in flight; given back when it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    gate: Arc<Gate>,
    sent_at: Instant,
    tokens: u64,
    report: Option<Sign>,
}

/// What a call showed of its server.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Sign {
    /// It answered, for so many tokens.
    Good { tokens: u64 },
    /// It takes no more calls of ours for now.
    Refused { retry_after: Option<Duration> },
    /// It has too much to do, or does not answer.
    Overrun { retry_after: Option<Duration> },
    /// Something else went wrong.
    Other,
}

/// A change that people want to know of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Change {
    /// Calls are held back for a while, and go out more slowly after it.
    Slowed { pause: Duration },
    /// Fewer calls may be in flight, as the server is overrun.
    Shrunk { limit: usize },
    /// Fewer calls may be in flight, as answers take so many times what they took at first.
    Queueing { times: f64, limit: usize },
}

#[derive(Debug)]
struct State {
    waiting: Waiting<u64>,
    in_flight: usize,
    /// Taken for the calls in flight.
    tokens_in_flight: u64,
    concurrency: Option<Concurrency>,
    /// The file's own limits.
    requests: Option<Pace>,
    tokens: Option<Pace>,
    /// What the server's headers say.
    server_requests: Option<Pace>,
    server_tokens: Option<Pace>,
    /// What its refusals say.
    admitted: Admitted,
    paused_until: Option<Instant>,
    /// When somebody looks whether the next one may go.
    alarm: Option<Instant>,
}

/// A place that is waited for.
struct Call {
    gate: Arc<Gate>,
    tokens: u64,
    called: oneshot::Receiver<()>,
}

impl Gate {
    pub(super) fn new(limits: Limits) -> Self {
        let now = Instant::now();
        Self(Mutex::new(State {
            waiting: Waiting::new(),
            in_flight: 0,
            tokens_in_flight: 0,
            concurrency: limits.concurrency.map(|most| Concurrency::new(most, now)),
            requests: limits.rpm.map(|rpm| Pace::per_minute(rpm, now)),
            tokens: limits.tpm.map(|tpm| Pace::per_minute(tpm, now)),
            server_requests: None,
            server_tokens: None,
            admitted: Admitted::new(now),
            paused_until: None,
            alarm: None,
        }))
    }

    /// Waits until a call that is thought to take so many tokens may go.
    pub(super) async fn enter(self: &Arc<Self>, urgency: u32, tokens: u64) -> Place {
        let call = {
            let mut state = self.state();
            let now = Instant::now();
            if state.waiting.first().is_none() && state.is_free(now) {
                state.send(now, tokens);
                return self.place(tokens);
            }
            let called = state.waiting.queue(urgency, tokens);
            self.call_waiting(&mut state, now);
            Call {
                gate: Arc::clone(self),
                tokens,
                called,
            }
        };
        call.answered().await
    }

    /// How many calls may be in flight now, where there is a limit.
    pub(super) fn limit(&self) -> Option<usize> {
        let state = self.state();
        state.concurrency.as_ref().map(Concurrency::limit)
    }

    /// Takes over what the server says that it admits.
    ///
    /// `usual` is what one call takes of its tokens.
    pub(super) fn follow(&self, allowance: &Allowance, usual: u64) {
        let mut state = self.state();
        let now = Instant::now();
        let (calls, tokens) = (state.in_flight as u64, state.tokens_in_flight);
        follow(
            &mut state.server_requests,
            allowance.requests,
            1,
            calls,
            now,
        );
        follow(
            &mut state.server_tokens,
            allowance.tokens,
            usual,
            tokens,
            now,
        );
    }

    /// Takes note of what a call showed, and gives what changes for it.
    fn note(&self, sent_at: Instant, sign: Sign) -> Option<Change> {
        let now = Instant::now();
        self.state().note(sent_at, sign, now)
    }

    fn leave(self: &Arc<Self>, taken: u64, used: u64) {
        let mut state = self.state();
        state.in_flight = state.in_flight.saturating_sub(1);
        state.tokens_in_flight = state.tokens_in_flight.saturating_sub(taken);
        if taken != used {
            let State {
                tokens,
                server_tokens,
                ..
            } = &mut *state;
            let paces = [tokens, server_tokens].into_iter().flatten();
            paces.for_each(|pace| pace.settle(taken, used));
        }
        self.call_waiting(&mut state, Instant::now());
    }

    /// Calls as many as may go, and has somebody look again when time alone frees the way.
    fn call_waiting(self: &Arc<Self>, state: &mut State, now: Instant) {
        while let Some(tokens) = state.waiting.first().copied() {
            match state.free_at(now) {
                Some(at) if at <= now => {
                    if state.waiting.call_first() {
                        state.send(now, tokens);
                    }
                }
                Some(at) => return self.look_again(state, at),
                None => return,
            }
        }
    }

    fn look_again(self: &Arc<Self>, state: &mut State, at: Instant) {
        if state.alarm.is_some_and(|alarm| alarm <= at) {
            return;
        }
        state.alarm = Some(at);
        let gate = Arc::downgrade(self);
        tokio::spawn(async move {
            tokio::time::sleep_until(at).await;
            let Some(gate) = gate.upgrade() else { return };
            let mut state = gate.state();
            if state.alarm == Some(at) {
                state.alarm = None;
            }
            gate.call_waiting(&mut state, Instant::now());
        });
    }

    fn place(self: &Arc<Self>, tokens: u64) -> Place {
        Place {
            gate: Arc::clone(self),
            sent_at: Instant::now(),
            tokens,
            report: None,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn is_free(&mut self, now: Instant) -> bool {
        self.free_at(now).is_some_and(|at| at <= now)
    }

    /// When the next call may go; `None` when another one has to come back first.
    fn free_at(&mut self, now: Instant) -> Option<Instant> {
        if let Some(until) = self.paused_until {
            if until > now {
                return Some(until);
            }
            self.paused_until = None;
            if let Some(concurrency) = &mut self.concurrency {
                concurrency.fill_from(now);
            }
        }
        let room = match &mut self.concurrency {
            Some(concurrency) => concurrency.room(self.in_flight, now),
            None => Room::Free,
        };
        let mut at = match room {
            Room::Full => return None,
            Room::FreeAt(at) => at,
            Room::Free => now,
        };
        let learned = self.admitted.free_at(now);
        for pace_at in self.paces().map(|pace| pace.free_at()).chain(learned) {
            at = at.max(pace_at);
        }
        Some(at)
    }

    fn paces(&self) -> impl Iterator<Item = &Pace> {
        let requests = [&self.requests, &self.server_requests];
        let tokens = [&self.tokens, &self.server_tokens];
        requests.into_iter().chain(tokens).flatten()
    }

    fn send(&mut self, now: Instant, tokens: u64) {
        self.in_flight += 1;
        self.tokens_in_flight += tokens;
        self.admitted.note_sent(now);
        for pace in [&mut self.requests, &mut self.server_requests] {
            pace.iter_mut().for_each(|pace| pace.take(now, 1));
        }
        for pace in [&mut self.tokens, &mut self.server_tokens] {
            pace.iter_mut().for_each(|pace| pace.take(now, tokens));
        }
    }

    fn note(&mut self, sent_at: Instant, sign: Sign, now: Instant) -> Option<Change> {
        match sign {
            Sign::Good { .. } => self.note_good(now.saturating_duration_since(sent_at), now),
            Sign::Refused { retry_after } => self.note_refused(sent_at, retry_after, now),
            Sign::Overrun { retry_after } => self.note_overrun(retry_after, now),
            Sign::Other => None,
        }
    }

    fn note_good(&mut self, took: Duration, now: Instant) -> Option<Change> {
        let concurrency = self.concurrency.as_mut()?;
        let times = concurrency.note_good(took, now)?;
        let limit = concurrency.limit();
        Some(Change::Queueing { times, limit })
    }

    fn note_refused(
        &mut self,
        sent_at: Instant,
        retry_after: Option<Duration>,
        now: Instant,
    ) -> Option<Change> {
        let is_overrun = self.note_bad(now);
        // One refusal without a word may be chance; a time to wait is meant.
        let pause = retry_after.or_else(|| is_overrun.then_some(UNASKED_PAUSE))?;
        let pause = self.pause(pause, now);
        self.admitted.note_refused(sent_at, now, now + pause);
        Some(Change::Slowed { pause })
    }

    fn note_overrun(&mut self, retry_after: Option<Duration>, now: Instant) -> Option<Change> {
        let is_overrun = self.note_bad(now);
        if let Some(pause) = retry_after {
            let pause = self.pause(pause, now);
            return Some(Change::Slowed { pause });
        }
        let limit = self.concurrency.as_ref()?.limit();
        is_overrun.then_some(Change::Shrunk { limit })
    }

    fn note_bad(&mut self, now: Instant) -> bool {
        let concurrency = self.concurrency.as_mut();
        concurrency.is_some_and(|concurrency| concurrency.note_bad(now))
    }

    fn pause(&mut self, pause: Duration, now: Instant) -> Duration {
        let pause = pause.min(LONGEST_PAUSE);
        let until = now + pause;
        self.paused_until = Some(self.paused_until.map_or(until, |known| known.max(until)));
        pause
    }
}

/// Follows a server's bucket, where it says enough of it.
fn follow(pace: &mut Option<Pace>, quota: Quota, one: u64, under_way: u64, now: Instant) {
    let (Some(limit), Some(left)) = (quota.limit, quota.remaining) else {
        return;
    };
    let (limit, left) = (limit as f64, left as f64);
    // Most limits are by the minute; where it takes longer to fill up, it is by the day.
    let refill = quota.resets_in.unwrap_or_default().as_secs_f64();
    let by_refill = if refill > 0.0 && limit > left {
        (limit - left) / refill
    } else {
        f64::INFINITY
    };
    let owner = Bucket {
        per_second: (limit / 60.0).min(by_refill),
        capacity: limit,
        left: left - one as f64,
        under_way: under_way as f64,
    };
    let pace = pace.get_or_insert_with(|| Pace::full(owner, now));
    pace.follow(now, owner);
}

impl Call {
    /// Waits to be called.
    async fn answered(mut self) -> Place {
        let called = (&mut self.called).await;
        debug_assert!(called.is_ok(), "the gate outlives those who wait at it");
        self.gate.place(self.tokens)
    }
}

impl Drop for Call {
    /// Whoever was called and is not there any more gives its place back.
    fn drop(&mut self) {
        self.called.close();
        if self.called.try_recv().is_ok() {
            self.gate.leave(self.tokens, 0);
        }
    }
}

impl Place {
    /// Takes note of what the call showed, and gives what changes for it.
    pub(super) fn note(&mut self, sign: Sign) -> Option<Change> {
        self.report = Some(sign);
        self.gate.note(self.sent_at, sign)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let used = match self.report {
            Some(Sign::Good { tokens }) => tokens,
            // It may have been refused, or its answer was given up: nobody knows.
            Some(_) | None => 0,
        };
        self.gate.leave(self.tokens, used);
    }
}
