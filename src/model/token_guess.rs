//! What a call will take, learned from what earlier ones took.

use std::sync::{Mutex, PoisonError};

use super::conversation::{Request, Usage};
use super::tokens::estimated_request_tokens;

/// Tokens of an answer, before any was seen.
const FIRST_OUTPUT: f64 = 400.0;

/// Over so many answers a guess follows what it is told.
const MEMORY: f64 = 16.0;

/// What the calls of one model take.
#[derive(Debug)]
pub(super) struct TokenGuess(Mutex<State>);

#[derive(Debug, Clone, Copy)]
struct State {
    /// The server's count of a request, as a multiple of ours.
    input_factor: f64,
    output: f64,
}

impl TokenGuess {
    pub(super) fn new() -> Self {
        Self(Mutex::new(State {
            input_factor: 1.0,
            output: FIRST_OUTPUT,
        }))
    }

    /// What `request` is thought to take, and what it measures by our own count.
    pub(super) fn of(&self, request: &Request) -> (u64, u64) {
        let measured = estimated_request_tokens(request);
        let state = *self.lock();
        let guess = measured as f64 * state.input_factor + state.output;
        (guess.round() as u64, measured)
    }

    /// What a usual answer takes beside its request.
    pub(super) fn usual_output(&self) -> u64 {
        self.lock().output.round() as u64
    }

    /// Takes note of what a request that measured so much took.
    pub(super) fn learn(&self, measured: u64, usage: Usage) {
        let mut state = self.lock();
        if measured > 0 && usage.input > 0 {
            let factor = (usage.input as f64 / measured as f64).clamp(0.1, 10.0);
            state.input_factor += (factor - state.input_factor) / MEMORY;
        }
        state.output += (usage.output as f64 - state.output) / MEMORY;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
