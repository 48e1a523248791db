//! How many entries a commit waits for.
//!
//! Fewer, larger commits take less of the processor: each writes whole pages, however little of
//! them is new. Who waits for a commit makes no calls, so it is worth waiting for others only while
//! there are others who may come.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// A commit of at least this many entries means that calls come fast.
const QUICK: usize = 8;

/// So many share what a commit costs well enough.
const ENOUGH: usize = 128;

/// No entry waits longer for others, and how often is looked whether there are enough.
const LONGEST: Duration = Duration::from_millis(10);
const LOOK: Duration = Duration::from_millis(2);

/// Those who may hand in entries, and the entries that wait.
#[derive(Clone, Default)]
pub(super) struct Queue(Arc<State>);

#[derive(Default)]
struct State {
    present: AtomicUsize,
    waiting: AtomicUsize,
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
        self.0.waiting.fetch_add(1, Ordering::Relaxed);
    }

    /// Takes note of entries that go into a commit.
    pub(super) fn remove(&self, entries: usize) {
        self.0.waiting.fetch_sub(entries, Ordering::Relaxed);
    }

    /// Waits until there is enough for a commit, where the `last` one shows that calls come fast.
    pub(super) fn fill(&self, last: usize) {
        if last < QUICK {
            return;
        }
        let start = Instant::now();
        while !self.is_filled() && start.elapsed() < LONGEST {
            std::thread::sleep(LOOK);
        }
    }

    /// Whether many wait, or most of those who may come.
    fn is_filled(&self) -> bool {
        let waiting = self.0.waiting.load(Ordering::Relaxed);
        let present = self.0.present.load(Ordering::Relaxed);
        waiting >= ENOUGH || waiting * 4 >= present * 3
    }
}

impl Drop for Presence {
    fn drop(&mut self) {
        self.0.0.present.fetch_sub(1, Ordering::Relaxed);
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
