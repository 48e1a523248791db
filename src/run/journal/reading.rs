//! Reads a journal, also one that another process is writing.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use rusqlite::Connection;
use rusqlite::types::ValueRef;
use serde::de::DeserializeOwned;

use crate::run::record::Ending;

use super::counts::Counts;
use super::error::JournalError;
use super::opening::{about, open_at_rest, open_to_read};
use super::stored::{StoredCall, StoredEnding};

/// A view of a journal; what it gives is what was durable when it was asked.
pub(in crate::run) struct Reading {
    path: PathBuf,
    connection: Mutex<Connection>,
}

impl Reading {
    /// Opens the journal at `path`, which must be there.
    pub fn open(path: &Path) -> Result<Self, JournalError> {
        Ok(Self {
            path: path.to_owned(),
            connection: Mutex::new(open_to_read(path)?),
        })
    }

    /// Opens the journal at `path`, and leaves no trace beside it where no process writes it and none
    /// was killed while it did.
    pub fn open_untouched(path: &Path) -> Result<Self, JournalError> {
        Ok(Self {
            path: path.to_owned(),
            connection: Mutex::new(open_at_rest(path)?),
        })
    }

    /// What was noted under `name`: `plan_id`, `total`, …
    pub fn about(&self, name: &str) -> Result<Option<String>, JournalError> {
        self.with(|connection| Ok(about(&self.path, connection, name)))?
    }

    /// The calls of one item that came back, by their path; of two under one path, the first.
    pub fn calls_of(&self, item: i64) -> Result<HashMap<String, StoredCall>, JournalError> {
        let rows: Vec<(String, Vec<u8>)> = self.with(|connection| {
            let mut query = connection.prepare_cached(
                "SELECT path, payload FROM calls WHERE item = ?1 ORDER BY number DESC",
            )?;
            let rows = query.query_map([item], |row| Ok((row.get(0)?, row.get(1)?)))?;
            rows.collect()
        })?;
        rows.into_iter()
            .map(|(path, payload)| Ok((path, self.unpack(&payload)?)))
            .collect()
    }

    /// Marks those items in `marks`, which begins with the item `first`, that came to their end and
    /// are not to be tried again.
    pub fn mark_finished(&self, first: u64, marks: &mut [bool]) -> Result<(), JournalError> {
        let end = first.saturating_add(marks.len() as u64);
        self.with(|connection| {
            // Answered from the index alone: the endings themselves are not read.
            let mut query = connection.prepare_cached(
                "SELECT item FROM endings WHERE again = 0 AND item >= ?1 AND item < ?2",
            )?;
            let mut rows = query.query([sql_index(first), sql_index(end)])?;
            while let Some(row) = rows.next()? {
                marks[(plan_index(row.get(0)?) - first) as usize] = true;
            }
            Ok(())
        })
    }

    /// The endings of up to `most` items from `first` on, in the plan's order.
    pub fn endings_from(
        &self,
        first: u64,
        most: u32,
    ) -> Result<Vec<(u64, Vec<Ending>)>, JournalError> {
        let rows: Vec<(i64, Vec<u8>)> = self.with(|connection| {
            let mut query = connection.prepare_cached(
                "SELECT item, payload FROM endings WHERE item >= ?1 ORDER BY item LIMIT ?2",
            )?;
            let rows = query.query_map([sql_index(first), i64::from(most)], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?;
            rows.collect()
        })?;
        rows.into_iter()
            .map(|(item, payload)| {
                let stored: Vec<StoredEnding> = self.unpack(&payload)?;
                let endings = stored.into_iter().map(Into::into).collect();
                Ok((plan_index(item), endings))
            })
            .collect()
    }

    /// What the run has come to so far.
    pub fn counts(&self) -> Result<Counts, JournalError> {
        self.with(|connection| {
            let mut query = connection.prepare_cached("SELECT name, value FROM counts")?;
            let mut rows = query.query([])?;
            let mut counts = Counts::default();
            while let Some(row) = rows.next()? {
                let name: String = row.get(0)?;
                match (name.as_str(), row.get_ref(1)?) {
                    ("usd", value) => counts.usd = number(value),
                    ("seconds", value) => counts.seconds = number(value),
                    (_, ValueRef::Integer(count)) => counts.add(name, count),
                    _ => {}
                }
            }
            Ok(counts)
        })
    }

    fn with<T>(
        &self,
        read: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, JournalError> {
        let connection = self
            .connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        read(&connection).map_err(|error| JournalError::of(&self.path, &error))
    }

    fn unpack<T: DeserializeOwned>(&self, payload: &[u8]) -> Result<T, JournalError> {
        let text =
            zstd::decode_all(payload).map_err(|error| JournalError::damaged(&self.path, error))?;
        serde_json::from_slice(&text).map_err(|error| JournalError::damaged(&self.path, error))
    }
}

/// An item's index as SQLite counts.
pub(super) fn sql_index(index: u64) -> i64 {
    i64::try_from(index).unwrap_or(i64::MAX)
}

fn plan_index(item: i64) -> u64 {
    u64::try_from(item).unwrap_or(0)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "SQLite keeps whole numbers of a NUMERIC column as integers; these are small"
)]
fn number(value: ValueRef<'_>) -> f64 {
    match value {
        ValueRef::Real(number) => number,
        ValueRef::Integer(number) => number as f64,
        ValueRef::Null | ValueRef::Text(_) | ValueRef::Blob(_) => 0.0,
    }
}
