//! Calls in flight: as many as allowed, fewer while the server is overrun, and slowly more again.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::Instant;

/// What is left of the calls in flight when the server is overrun.
const SHRINK: f64 = 0.7;

/// Bad answers to calls that were sent together are one sign and not many.
const SHRINK_PAUSE: Duration = Duration::from_secs(1);

/// The right to have calls in flight.
pub(super) struct Concurrency {
    permits: Semaphore,
    state: Mutex<State>,
}

struct State {
    most: usize,
    now: usize,
    /// Permits to be taken in as they come back.
    surplus: usize,
    /// Good answers since the last change.
    good: usize,
    shrunk_at: Option<Instant>,
}

/// One call's right.
pub(super) struct Place<'a> {
    concurrency: &'a Concurrency,
    permit: Option<SemaphorePermit<'a>>,
}

impl Concurrency {
    pub(super) fn new(most: usize) -> Self {
        let most = most.clamp(1, Semaphore::MAX_PERMITS);
        Self {
            permits: Semaphore::new(most),
            state: Mutex::new(State {
                most,
                now: most,
                surplus: 0,
                good: 0,
                shrunk_at: None,
            }),
        }
    }

    /// Waits for a place.
    pub(super) async fn enter(&self) -> Place<'_> {
        let permit = self.permits.acquire().await;
        Place {
            concurrency: self,
            permit: Some(permit.expect("it is never closed")),
        }
    }

    /// Takes note of a good answer: one more call for as many as are in flight now.
    pub(super) fn grow(&self) {
        let mut state = self.state();
        state.good += 1;
        if state.now == state.most || state.good < state.now {
            return;
        }
        state.good = 0;
        state.now += 1;
        match state.surplus {
            0 => self.permits.add_permits(1),
            _ => state.surplus -= 1,
        }
    }

    /// Takes note that the server is overrun.
    pub(super) fn shrink(&self, now: Instant) {
        let mut state = self.state();
        let is_same_sign = state
            .shrunk_at
            .is_some_and(|earlier| now < earlier + SHRINK_PAUSE);
        if is_same_sign {
            return;
        }
        let fewer = ((state.now as f64 * SHRINK) as usize).max(1);
        state.surplus += state.now - fewer;
        state.now = fewer;
        state.good = 0;
        state.shrunk_at = Some(now);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut state = self.concurrency.state();
        if state.surplus > 0
            && let Some(permit) = self.permit.take()
        {
            state.surplus -= 1;
            permit.forget();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn free(concurrency: &Concurrency) -> usize {
        // Permits that are to be taken in stay until somebody has held them.
        for _ in 0..100 {
            drop(concurrency.enter().await);
        }
        concurrency.permits.available_permits()
    }

    #[tokio::test]
    async fn it_shrinks_once_for_one_sign_and_grows_back_to_what_is_allowed() {
        let concurrency = Concurrency::new(10);
        let start = Instant::now();
        concurrency.shrink(start);
        concurrency.shrink(start);
        assert_eq!(free(&concurrency).await, 7);
        concurrency.shrink(start + SHRINK_PAUSE);
        assert_eq!(free(&concurrency).await, 4);
        for _ in 0..4 {
            concurrency.grow();
        }
        assert_eq!(free(&concurrency).await, 5);
        for _ in 0..100 {
            concurrency.grow();
        }
        assert_eq!(free(&concurrency).await, 10);
    }

    #[tokio::test]
    async fn one_call_is_always_possible() {
        let concurrency = Concurrency::new(2);
        for second in 0..9 {
            concurrency.shrink(Instant::now() + Duration::from_secs(second));
        }
        assert_eq!(free(&concurrency).await, 1);
    }
}
