//! The way to one model: its gate, what its calls are thought to take, and what its server shows.

use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::allowance::Allowance;
use super::conversation::{Answer, Request};
use super::error::CallError;
use super::gate::{Change, Gate, Place, Sign};
use super::notices::Notices;
use super::provider::{Endpoint, Model};
use super::token_guess::TokenGuess;
use crate::check::{Key, Limits};

/// One model behind its limits.
pub(super) struct Line {
    key: Key,
    model: Arc<dyn Model>,
    gate: Arc<Gate>,
    has_contact: AtomicBool,
    guess: TokenGuess,
    /// Whether anything is held to a number of tokens.
    counts_tokens: AtomicBool,
    /// What the server said last.
    followed: Mutex<Option<Allowance>>,
    notices: Notices,
    /// What was told of already, a bit each.
    told: AtomicU8,
}

/// The right to send one call now.
pub(super) struct Turn<'a> {
    line: &'a Line,
    place: Place,
    /// What the request measures by our own count, where tokens are counted.
    measured: Option<u64>,
}

/// What is told of once.
#[derive(Clone, Copy)]
enum Told {
    Refused,
    Overrun,
    TimedOut,
    Broken,
    Failing,
    Queueing,
}

impl Line {
    pub(super) fn new(key: Key, model: Arc<dyn Model>, limits: Limits) -> Self {
        Self {
            key,
            model,
            gate: Arc::new(Gate::new(limits)),
            has_contact: AtomicBool::new(false),
            guess: TokenGuess::new(),
            counts_tokens: AtomicBool::new(limits.tpm.is_some()),
            followed: Mutex::new(None),
            notices: Notices::default(),
            told: AtomicU8::new(0),
        }
    }

    /// Whether the model has ever answered.
    pub(super) fn has_contact(&self) -> bool {
        self.has_contact.load(Ordering::Relaxed)
    }

    /// Whom its calls go to.
    pub(super) fn endpoint(&self) -> Endpoint {
        self.model.endpoint()
    }

    /// How many of its calls may be in flight now, where there is a limit.
    pub(super) fn limit(&self) -> Option<usize> {
        self.gate.limit()
    }

    /// What a person should hear once about the model.
    pub(super) fn take_notices(&self) -> Vec<String> {
        let mut notices = self.model.take_notices();
        notices.extend(self.notices.take());
        notices
    }

    /// Waits until a call may be sent.
    pub(super) async fn turn(&self, request: &Request, urgency: u32) -> Turn<'_> {
        let counted = self.counts_tokens.load(Ordering::Relaxed);
        let guessed = counted.then(|| self.guess.of(request));
        let (tokens, measured) = guessed.unzip();
        Turn {
            line: self,
            place: self.gate.enter(urgency, tokens.unwrap_or(0)).await,
            measured,
        }
    }

    fn note_contact(&self) {
        // Hardly a call is the first: a look is cheaper than a word to every core.
        if !self.has_contact() {
            self.has_contact.store(true, Ordering::Relaxed);
        }
    }

    /// Takes over what the server said of its limits, if it is new.
    fn follow(&self) {
        let Some(allowance) = self.model.allowance() else {
            return;
        };
        {
            let mut followed = self.followed.lock().unwrap_or_else(PoisonError::into_inner);
            if followed.replace(allowance) == Some(allowance) {
                return;
            }
        }
        if allowance.tokens.limit.is_some() {
            self.counts_tokens.store(true, Ordering::Relaxed);
        }
        self.gate.follow(&allowance, self.guess.usual_output());
    }

    /// Tells a person of a failure or a change, if nothing of the kind was told before.
    fn tell(&self, error: Option<&CallError>, change: Option<Change>) {
        let Some((told, words)) = in_words(error, change) else {
            return;
        };
        let bit = 1_u8 << told as u8;
        if self.told.fetch_or(bit, Ordering::Relaxed) & bit == 0 {
            self.notices.add(format!("model `{}`: {words}", self.key));
        }
    }
}

impl Turn<'_> {
    /// Sends the call, and settles what it took of the limits.
    pub(super) async fn send(mut self, request: &Request) -> Result<Answer, CallError> {
        let outcome = self.line.model.answer(request).await;
        if let Ok(answer) = &outcome {
            self.line.note_contact();
            if let Some(measured) = self.measured {
                self.line.guess.learn(measured, answer.usage);
            }
        }
        self.line.follow();
        let change = self.place.note(sign(&outcome));
        if change.is_some() || outcome.is_err() {
            self.line.tell(outcome.as_ref().err(), change);
        }
        outcome
    }
}

/// What an outcome says of the server's load.
fn sign(outcome: &Result<Answer, CallError>) -> Sign {
    match outcome {
        Ok(answer) => Sign::Good {
            tokens: answer.usage.total(),
        },
        Err(CallError::Busy {
            status,
            retry_after,
            ..
        }) => sign_of_status(*status, *retry_after),
        Err(CallError::TimedOut { .. }) => Sign::Overrun { retry_after: None },
        Err(_) => Sign::Other,
    }
}

fn sign_of_status(status: u16, retry_after: Option<Duration>) -> Sign {
    match (status, retry_after) {
        (429, _) => Sign::Refused { retry_after },
        (503 | 529, _) | (_, Some(_)) => Sign::Overrun { retry_after },
        (_, None) => Sign::Other,
    }
}

fn in_words(error: Option<&CallError>, change: Option<Change>) -> Option<(Told, String)> {
    match (error, change) {
        (Some(CallError::Busy { status: 429, .. }), Some(Change::Slowed { pause })) => Some((
            Told::Refused,
            format!(
                "the server refuses calls; it gets the {:.1} s that it asks for, and from then on no more than it was seen to admit",
                pause.as_secs_f64()
            ),
        )),
        (Some(CallError::TimedOut { after }), _) => Some((
            Told::TimedOut,
            format!(
                "a call got no answer within {} s and is repeated; fewer are sent while that goes on",
                after.as_secs()
            ),
        )),
        (
            Some(
                error @ CallError::Busy {
                    status: 503 | 529, ..
                },
            ),
            _,
        ) => Some((
            Told::Overrun,
            format!("{error}; calls are repeated, and fewer are sent while that goes on"),
        )),
        (Some(error @ CallError::BrokenBody { .. }), _) => {
            Some((Told::Broken, format!("{error}; such calls are repeated")))
        }
        (Some(error @ (CallError::Busy { .. } | CallError::Unreachable { .. })), _) => {
            Some((Told::Failing, format!("{error}; such calls are repeated")))
        }
        (_, Some(Change::Queueing { times, limit })) => Some((
            Told::Queueing,
            format!(
                "answers take {times:.0} times as long as they did at first, as if the server queued; no more than {limit} calls are sent at once"
            ),
        )),
        _ => None,
    }
}
