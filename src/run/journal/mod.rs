//! The journal: every answer and every ending of a run, durable before anything rests on it.
//!
//! One SQLite file. One thread writes it, many entries to a commit; readers stand beside it and
//! may belong to another process.

mod appending;
mod counts;
mod entry;
mod error;
mod opening;
mod packing;
mod places;
mod queue;
mod reading;
mod stored;
mod writer;

pub(super) use appending::Journal;
pub(super) use counts::{Counts, name};
pub use error::JournalError;
pub(super) use opening::note;
pub(super) use queue::Presence;
pub(super) use reading::{Reading, sql_index};
#[cfg(feature = "otel")]
pub(super) use stored::StoredAnswer;
pub(super) use stored::{Finished, StoredCall, StoredReply};

#[cfg(test)]
mod tests;
