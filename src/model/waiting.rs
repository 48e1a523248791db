//! Those who wait for their turn: the most urgent first, and among equals who came first.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

use tokio::sync::oneshot;

/// Who waits, and for what.
#[derive(Debug)]
pub(super) struct Waiting<T> {
    heap: BinaryHeap<Waiter<T>>,
    arrivals: u64,
}

#[derive(Debug)]
struct Waiter<T> {
    urgency: u32,
    arrival: Reverse<u64>,
    wants: T,
    called: oneshot::Sender<()>,
}

impl<T> Waiting<T> {
    pub(super) fn new() -> Self {
        Self {
            heap: BinaryHeap::new(),
            arrivals: 0,
        }
    }

    /// Queues up; whoever gives up drops what it is given.
    pub(super) fn queue(&mut self, urgency: u32, wants: T) -> oneshot::Receiver<()> {
        let (called, call) = oneshot::channel();
        self.arrivals += 1;
        self.heap.push(Waiter {
            urgency,
            arrival: Reverse(self.arrivals),
            wants,
            called,
        });
        call
    }

    /// What the next one wants; those who gave up are passed over.
    pub(super) fn first(&mut self) -> Option<&T> {
        while self.heap.peek()?.called.is_closed() {
            self.heap.pop();
        }
        self.heap.peek().map(|waiter| &waiter.wants)
    }

    /// Calls the next one, and tells whether it is still there.
    pub(super) fn call_first(&mut self) -> bool {
        let first = self.heap.pop();
        first.is_some_and(|waiter| waiter.called.send(()).is_ok())
    }
}

impl<T> PartialEq for Waiter<T> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl<T> Eq for Waiter<T> {}

impl<T> PartialOrd for Waiter<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for Waiter<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.urgency, self.arrival).cmp(&(other.urgency, other.arrival))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_urgent_is_called_first_and_equals_in_order() {
        let mut waiting = Waiting::new();
        let calls: Vec<_> = [(1, "late"), (5, "far along"), (1, "later")]
            .map(|(urgency, name)| waiting.queue(urgency, name))
            .into();
        let mut order = Vec::new();
        while let Some(name) = waiting.first().copied() {
            order.push(name);
            assert!(waiting.call_first());
        }
        assert_eq!(order, ["far along", "late", "later"]);
        drop(calls);
    }

    #[test]
    fn who_gave_up_is_passed_over() {
        let mut waiting = Waiting::new();
        drop(waiting.queue(9, "gone"));
        let _call = waiting.queue(1, "there");
        assert_eq!(waiting.first(), Some(&"there"));
    }
}
