//! The way to one model: its concurrency, its pace, and the pause that a busy server asks for.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::concurrency::{Concurrency, Place};
use super::conversation::{Answer, Request};
use super::error::CallError;
use super::pace::Pace;
use super::provider::Model;
use super::tokens::estimated_request_tokens;
use crate::check::Limits;

/// Busy answers and time-outs in a row, without a good answer in between, after which all calls
/// slow down. Fewer are taken for chance and concern only the call that met them.
const BUSY_IN_A_ROW: u32 = 3;

/// Tokens of an answer, before any was seen.
const FIRST_GUESS_OF_OUTPUT: u64 = 400;

/// One model behind its limits.
pub(super) struct Line {
    model: Arc<dyn Model>,
    concurrency: Option<Concurrency>,
    requests: Option<Pace>,
    tokens: Option<Pace>,
    busy: Mutex<Busy>,
    has_contact: AtomicBool,
    usual_output: AtomicU64,
}

#[derive(Default)]
struct Busy {
    in_a_row: u32,
    until: Option<Instant>,
}

/// The right to send one call now.
pub(super) struct Turn<'a> {
    line: &'a Line,
    _place: Option<Place<'a>>,
    /// Tokens taken from the pace, to be settled.
    taken: u64,
}

impl Line {
    pub(super) fn new(model: Arc<dyn Model>, limits: Limits) -> Self {
        Self {
            model,
            concurrency: limits
                .concurrency
                .map(|most| Concurrency::new(most as usize)),
            requests: limits.rpm.map(Pace::per_minute),
            tokens: limits.tpm.map(Pace::per_minute),
            busy: Mutex::default(),
            has_contact: AtomicBool::new(false),
            usual_output: AtomicU64::new(FIRST_GUESS_OF_OUTPUT),
        }
    }

    /// Whether the model has ever answered.
    pub(super) fn has_contact(&self) -> bool {
        self.has_contact.load(Ordering::Relaxed)
    }

    /// Waits until a call may be sent.
    pub(super) async fn turn(&self, request: &Request) -> Turn<'_> {
        let place = match &self.concurrency {
            Some(concurrency) => Some(concurrency.enter().await),
            None => None,
        };
        self.wait_out_pause().await;
        let taken = self.take_rates(request).await;
        Turn {
            line: self,
            _place: place,
            taken,
        }
    }

    async fn take_rates(&self, request: &Request) -> u64 {
        let now = Instant::now();
        let mut start = now;
        if let Some(requests) = &self.requests {
            start = start.max(requests.take(now, 1));
        }
        let mut taken = 0;
        if let Some(tokens) = &self.tokens {
            taken = estimated_request_tokens(request) + self.usual_output.load(Ordering::Relaxed);
            start = start.max(tokens.take(now, taken));
        }
        if start > now {
            tokio::time::sleep_until(start).await;
        }
        taken
    }

    async fn wait_out_pause(&self) {
        loop {
            let until = self.busy().until;
            match until {
                Some(until) if until > Instant::now() => tokio::time::sleep_until(until).await,
                _ => return,
            }
        }
    }

    fn note(&self, outcome: &Result<Answer, CallError>) {
        match outcome {
            Ok(answer) => self.note_answer(answer),
            Err(CallError::Busy { retry_after, .. }) => self.note_busy(*retry_after),
            Err(CallError::TimedOut { .. }) => self.note_busy(None),
            Err(_) => {}
        }
    }

    fn note_answer(&self, answer: &Answer) {
        self.has_contact.store(true, Ordering::Relaxed);
        self.busy().in_a_row = 0;
        if let Some(concurrency) = &self.concurrency {
            concurrency.grow();
        }
        let usual = self.usual_output.load(Ordering::Relaxed);
        let moved = (usual * 7 + answer.usage.output).div_ceil(8);
        self.usual_output.store(moved, Ordering::Relaxed);
    }

    fn note_busy(&self, retry_after: Option<Duration>) {
        let mut busy = self.busy();
        busy.in_a_row += 1;
        if busy.in_a_row < BUSY_IN_A_ROW {
            return;
        }
        let now = Instant::now();
        if let Some(concurrency) = &self.concurrency {
            concurrency.shrink(now);
        }
        if let Some(wait) = retry_after {
            let until = now + wait;
            busy.until = Some(busy.until.map_or(until, |earlier| earlier.max(until)));
        }
    }

    fn busy(&self) -> std::sync::MutexGuard<'_, Busy> {
        self.busy.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Turn<'_> {
    /// Sends the call, and settles what it took of the limits.
    pub(super) async fn send(self, request: &Request) -> Result<Answer, CallError> {
        let outcome = self.line.model.answer(request).await;
        self.line.note(&outcome);
        if let Some(tokens) = &self.line.tokens {
            let used = match &outcome {
                Ok(answer) => answer.usage.total(),
                Err(_) => 0,
            };
            tokens.settle(self.taken, used);
        }
        outcome
    }
}
