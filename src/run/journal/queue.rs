//! How many entries a commit waits for.
//!
//! Fewer, larger commits take less of the processor: each writes whole pages, however little of
//! them is new. Who waits for a commit makes no calls, so it is worth waiting for others only while
//! there are others who may come.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

/// A commit of at least this many entries means that calls come fast.
const QUICK: usize = 8;

/// So many share what a commit costs well enough.
const ENOUGH: usize = 128;

/// No entry waits longer for others.
const LONGEST: Duration = Duration::from_millis(10);

/// Those who may hand in entries, and the entries that wait.
#[derive(Clone, Default)]
pub(super) struct Queue(Arc<State>);

#[derive(Default)]
struct State {
    present: AtomicUsize,
    waiting: AtomicUsize,
    /// The one who waits for enough entries, and whether it does so now.
    writer: OnceLock<Thread>,
    is_asleep: AtomicBool,
}

/// Somebody who may hand in entries, for as long as it lives.
pub(in crate::run) struct Presence(Queue);

impl Queue {
    /// One more who may hand in entries.
    pub(super) fn enter(&self) -> Presence {
        self.0.present.fetch_add(1, Ordering::Relaxed);
        Presence(self.clone())
    }

    /// Takes note of an entry that is handed in.
    pub(super) fn add(&self) {
        self.0.waiting.fetch_add(1, Ordering::SeqCst);
        self.wake_if_filled();
    }

    /// Takes note of entries that go into a commit.
    pub(super) fn remove(&self, entries: usize) {
        self.0.waiting.fetch_sub(entries, Ordering::Relaxed);
    }

    /// Waits until there is enough for a commit, where the `last` one shows that calls come fast.
    /// It is the writer's thread, and no other, that waits.
    pub(super) fn fill(&self, last: usize) {
        if last < QUICK {
            return;
        }
        let state = &self.0;
        state.writer.get_or_init(thread::current);
        let deadline = Instant::now() + LONGEST;
        loop {
            // Before the look: who comes after it wakes the writer.
            state.is_asleep.store(true, Ordering::SeqCst);
            let left = deadline.saturating_duration_since(Instant::now());
            if self.is_filled() || left.is_zero() {
                break;
            }
            thread::park_timeout(left);
        }
        state.is_asleep.store(false, Ordering::SeqCst);
    }

    fn wake_if_filled(&self) {
        let state = &self.0;
        let is_due = state.is_asleep.load(Ordering::SeqCst) && self.is_filled();
        // Only one of those who find it so wakes it.
        if is_due
            && state.is_asleep.swap(false, Ordering::SeqCst)
            && let Some(writer) = state.writer.get()
        {
            writer.unpark();
        }
    }

    /// Whether many wait, or most of those who may come.
    fn is_filled(&self) -> bool {
        let waiting = self.0.waiting.load(Ordering::SeqCst);
        let present = self.0.present.load(Ordering::SeqCst);
        waiting >= ENOUGH || waiting * 4 >= present * 3
    }
}

impl Drop for Presence {
    fn drop(&mut self) {
        self.0.0.present.fetch_sub(1, Ordering::SeqCst);
        self.0.wake_if_filled();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commit_waits_only_for_those_who_may_come() {
        let queue = Queue::default();
        let present: Vec<Presence> = (0..8).map(|_| queue.enter()).collect();
        (0..5).for_each(|_| queue.add());
        assert!(!queue.is_filled());
        queue.add();
        assert!(queue.is_filled(), "six of eight wait");
        queue.remove(1);
        assert!(!queue.is_filled());
        drop(present);
        assert!(queue.is_filled(), "nobody else is there");
    }

    #[test]
    fn many_are_enough_whoever_else_may_come() {
        let queue = Queue::default();
        let _present: Vec<Presence> = (0..10_000).map(|_| queue.enter()).collect();
        (0..ENOUGH).for_each(|_| queue.add());
        assert!(queue.is_filled());
    }
}
