//! Calls in flight of all models together, shared out so that no model starves.
//!
//! The next place goes to the model with the fewest calls in flight among those that wait: a slow
//! model keeps its half of the places beside a quick one, and no more.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use super::waiting::Waiting;

/// The places of all models.
#[derive(Debug)]
pub(super) struct Share {
    most: usize,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    in_flight: usize,
    models: Vec<Member>,
}

/// One model.
#[derive(Debug)]
struct Member {
    in_flight: usize,
    waiting: Waiting<()>,
}

/// One call's part of the whole; given back when it is dropped.
#[derive(Debug)]
pub(super) struct Part<'s> {
    share: &'s Share,
    model: usize,
}

/// A part that is waited for.
struct Call<'s> {
    share: &'s Share,
    model: usize,
    called: oneshot::Receiver<()>,
}

impl Share {
    /// `most` places for so many models, which are called by their numbers.
    pub(super) fn new(most: usize, models: usize) -> Self {
        let member = || Member {
            in_flight: 0,
            waiting: Waiting::new(),
        };
        Self {
            most: most.max(1),
            state: Mutex::new(State {
                in_flight: 0,
                models: std::iter::repeat_with(member).take(models).collect(),
            }),
        }
    }

    /// How many places there are.
    pub(super) fn most(&self) -> usize {
        self.most
    }

    /// Waits for a place for a call of this model.
    pub(super) async fn enter(&self, model: usize, urgency: u32) -> Part<'_> {
        let called = {
            let mut state = self.state();
            if state.is_free(self.most) {
                state.take(model);
                return Part { share: self, model };
            }
            let called = state.models[model].waiting.queue(urgency, ());
            state.call_waiting(self.most);
            called
        };
        let mut call = Call {
            share: self,
            model,
            called,
        };
        let called = (&mut call.called).await;
        debug_assert!(called.is_ok(), "the share outlives those who wait for it");
        Part { share: self, model }
    }

    fn leave(&self, model: usize) {
        let mut state = self.state();
        state.in_flight -= 1;
        state.models[model].in_flight -= 1;
        state.call_waiting(self.most);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Whether there is a place, and nobody who waits for it.
    fn is_free(&mut self, most: usize) -> bool {
        let mut waiting = self.models.iter_mut().map(|model| &mut model.waiting);
        self.in_flight < most && waiting.all(|waiting| waiting.first().is_none())
    }

    fn take(&mut self, model: usize) {
        self.models[model].in_flight += 1;
        self.in_flight += 1;
    }

    fn call_waiting(&mut self, most: usize) {
        while self.in_flight < most {
            let waiting = self.models.iter_mut();
            let waiting =
                waiting.filter_map(|model| model.waiting.first().is_some().then_some(model));
            let Some(next) = waiting.min_by_key(|model| model.in_flight) else {
                return;
            };
            if next.waiting.call_first() {
                next.in_flight += 1;
                self.in_flight += 1;
            }
        }
    }
}

impl Drop for Call<'_> {
    /// Whoever was called and is not there any more gives its place back.
    fn drop(&mut self) {
        self.called.close();
        if self.called.try_recv().is_ok() {
            self.share.leave(self.model);
        }
    }
}

impl Drop for Part<'_> {
    fn drop(&mut self) {
        self.share.leave(self.model);
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    #[test]
    fn a_slow_model_does_not_keep_the_places_of_a_quick_one() {
        let share = Share::new(4, 2);
        let enter = |model| Box::pin(share.enter(model, 0));
        let mut slow: Vec<_> = (0..8).map(|_| enter(0)).collect();
        let mut held: Vec<_> = slow.iter_mut().filter_map(|it| it.now_or_never()).collect();
        assert_eq!(held.len(), 4);
        let mut quick: Vec<_> = (0..8).map(|_| enter(1)).collect();
        assert!(quick.iter_mut().all(|it| it.now_or_never().is_none()));
        held.truncate(2);
        let quick: Vec<_> = quick
            .iter_mut()
            .filter_map(|it| it.now_or_never())
            .collect();
        assert_eq!(quick.len(), 2, "both places go to the model that has none");
    }

    #[test]
    fn a_place_is_not_lost_with_who_was_called_to_it() {
        let share = Share::new(1, 1);
        let first = share.enter(0, 0).now_or_never().expect("it is free");
        let mut second = Box::pin(share.enter(0, 0));
        assert!((&mut second).now_or_never().is_none());
        drop(first);
        drop(second);
        assert!(share.enter(0, 0).now_or_never().is_some());
    }
}
