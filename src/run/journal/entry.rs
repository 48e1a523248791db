//! What is handed in to be written, and how whoever waits for it hears that it is durable.

use tokio::sync::oneshot;

use super::counts::Counts;
use super::error::JournalError;
use crate::run::spending::RoleSpending;
use crate::run::standouts::ItemSpending;

/// Something to write, and who waits for it.
pub(super) struct Entry {
    pub what: What,
    pub done: oneshot::Sender<Acknowledgement>,
}

/// One thing to write.
pub(super) enum What {
    About {
        name: &'static str,
        value: String,
    },
    Call {
        item: i64,
        path: String,
        payload: Vec<u8>,
        spending: RoleSpending,
    },
    Ending {
        item: i64,
        again: bool,
        /// Whether its calls go, but for those that later samples of its row rest on.
        drops_calls: bool,
        payload: Vec<u8>,
        counts: Counts,
        took: Option<ItemSpending>,
    },
}

/// What came of an entry. Whoever hears of it first tells all others of the same commit, also when
/// they go away before they listen: a worker of the runtime wakes its own for less than another
/// thread takes to wake them one by one.
pub(super) struct Acknowledgement {
    pub result: Result<(), JournalError>,
    others: Vec<oneshot::Sender<Acknowledgement>>,
}

impl Acknowledgement {
    /// Acknowledges a whole commit.
    pub(super) fn send(result: Result<(), JournalError>, batch: Vec<Entry>) {
        let mut others: Vec<_> = batch.into_iter().map(|entry| entry.done).collect();
        if let Some(first) = others.pop() {
            // Nobody waits any more for an entry whose unit was stopped.
            let _ = first.send(Self { result, others });
        }
    }
}

impl Drop for Acknowledgement {
    fn drop(&mut self) {
        for other in self.others.drain(..) {
            let _ = other.send(Self {
                result: self.result.clone(),
                others: Vec::new(),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> (Entry, oneshot::Receiver<Acknowledgement>) {
        let (done, acknowledged) = oneshot::channel();
        let value = String::new();
        let what = What::About { name: "n", value };
        (Entry { what, done }, acknowledged)
    }

    #[test]
    fn a_commit_is_told_of_whoever_goes_away() {
        let (entries, mut waiting): (Vec<_>, Vec<_>) = (0..4).map(|_| entry()).unzip();
        // One does not wait any more, and one goes while the news is on its way.
        drop(waiting.remove(1));
        Acknowledgement::send(Ok(()), entries);
        drop(waiting.pop());
        for mut other in waiting {
            let told = other.try_recv().expect("it was told");
            assert!(told.result.is_ok());
        }
    }

    #[test]
    fn a_commit_of_which_the_first_is_gone_is_told_to_the_others() {
        let (entries, mut waiting): (Vec<_>, Vec<_>) = (0..3).map(|_| entry()).unzip();
        drop(waiting.pop());
        Acknowledgement::send(Ok(()), entries);
        assert!(waiting.iter_mut().all(|other| other.try_recv().is_ok()));
    }
}
