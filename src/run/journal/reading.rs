//! Reads a journal, also one that another process is writing.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use rusqlite::Connection;
use rusqlite::types::ValueRef;
use serde::de::DeserializeOwned;

use crate::check::{Key, Role};
use crate::model::Usage;
use crate::run::record::Ending;
use crate::run::spending::{RoleSpending, Spending};
use crate::run::standouts::{ItemSpending, Standouts};

use super::counts::Counts;
use super::error::JournalError;
use super::opening::{about, dictionary_of, open_at_rest, open_to_read};
use super::packing::Unpacker;
use super::stored::{StoredCall, StoredEnding};

/// A view of a journal; what it gives is what was durable when it was asked.
pub(in crate::run) struct Reading {
    path: PathBuf,
    connection: Mutex<Connection>,
    unpacker: Unpacker,
}

impl Reading {
    /// Opens the journal at `path`, which must be there.
    pub fn open(path: &Path) -> Result<Self, JournalError> {
        Self::over(path, open_to_read(path)?)
    }

    /// Opens the journal at `path`, and leaves no trace beside it where no process writes it and none
    /// was killed while it did.
    pub fn open_untouched(path: &Path) -> Result<Self, JournalError> {
        Self::over(path, open_at_rest(path)?)
    }

    fn over(path: &Path, connection: Connection) -> Result<Self, JournalError> {
        Ok(Self {
            path: path.to_owned(),
            unpacker: Unpacker::new(&dictionary_of(path, &connection)?),
            connection: Mutex::new(connection),
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
                "SELECT path, payload FROM places JOIN calls USING (number)
                 WHERE places.item = ?1 ORDER BY number DESC",
            )?;
            let rows = query.query_map([item], |row| Ok((row.get(0)?, row.get(1)?)))?;
            rows.collect()
        })?;
        rows.into_iter()
            .map(|(path, payload)| Ok((path, self.unpack(&payload)?)))
            .collect()
    }

    /// Whether there is any call at all.
    pub fn has_calls(&self) -> Result<bool, JournalError> {
        self.with(|connection| {
            connection.query_row("SELECT EXISTS (SELECT 1 FROM calls)", [], |row| row.get(0))
        })
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

    /// Gives each item that came to its end to `take`, in order, with whether it is to be tried again
    /// and what it added to the counts.
    pub fn each_ending(
        &self,
        mut take: impl FnMut(u64, bool, &Counts),
    ) -> Result<(), JournalError> {
        self.with(|connection| {
            let mut query = connection
                .prepare_cached("SELECT item, again, counts FROM endings ORDER BY item")?;
            let mut rows = query.query([])?;
            while let Some(row) = rows.next()? {
                let text: String = row.get(2)?;
                take(plan_index(row.get(0)?), row.get(1)?, &stored_counts(&text));
            }
            Ok(())
        })
    }

    /// What one item added to the counts; nothing where it has not come to its end.
    pub fn counts_of(&self, item: u64) -> Result<Option<Counts>, JournalError> {
        self.with(|connection| {
            let mut query =
                connection.prepare_cached("SELECT counts FROM endings WHERE item = ?1")?;
            let mut rows = query.query([sql_index(item)])?;
            let row = rows.next()?;
            row.map(|row| Ok(stored_counts(&row.get::<_, String>(0)?)))
                .transpose()
        })
    }

    /// The items from `first` on that have calls, in order.
    pub fn items_from(&self, first: u64) -> Result<Vec<u64>, JournalError> {
        self.with(|connection| {
            let mut query = connection.prepare_cached(
                "SELECT DISTINCT item FROM places WHERE item >= ?1 ORDER BY item",
            )?;
            let rows = query.query_map([sql_index(first)], |row| row.get(0))?;
            rows.map(|item| item.map(plan_index)).collect()
        })
    }

    /// What the run has come to so far; all of it as it was at one moment.
    pub fn counts(&self) -> Result<Counts, JournalError> {
        self.with(|connection| {
            let moment = connection.unchecked_transaction()?;
            let counts = named_counts(&moment)?;
            let spending = spending(&moment)?;
            Ok(Counts { spending, ..counts })
        })
    }

    /// How many of the calls that came back are not here any more, as their items had ended and the
    /// run was not to keep them.
    pub fn dropped_calls(&self) -> Result<u64, JournalError> {
        let came_back = self.counts()?.spending.calls();
        let here = self.with(|connection| {
            connection.query_row("SELECT count(*) FROM places", [], |row| row.get(0))
        })?;
        Ok(came_back.saturating_sub(plan_index(here)))
    }

    /// The items that took most so far.
    pub fn standouts(&self) -> Result<Standouts, JournalError> {
        self.with(standouts)
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
        let unpacked = self.unpacker.unpack(payload);
        let text = unpacked.map_err(|error| JournalError::damaged(&self.path, error))?;
        serde_json::from_slice(&text).map_err(|error| JournalError::damaged(&self.path, error))
    }
}

fn named_counts(connection: &Connection) -> rusqlite::Result<Counts> {
    let mut query = connection.prepare_cached("SELECT name, value FROM counts")?;
    let mut rows = query.query([])?;
    let mut counts = Counts::default();
    while let Some(row) = rows.next()? {
        let name: String = row.get(0)?;
        match (name.as_str(), row.get_ref(1)?) {
            ("seconds", value) => counts.seconds = number(value),
            (_, ValueRef::Integer(count)) => counts.add(name, count),
            _ => {}
        }
    }
    Ok(counts)
}

fn spending(connection: &Connection) -> rusqlite::Result<Spending> {
    let mut query = connection.prepare_cached(
        "SELECT role, model, calls, input, output, cached, reasoning, usd FROM spending",
    )?;
    let mut rows = query.query([])?;
    let mut spending = Spending::default();
    while let Some(row) = rows.next()? {
        let role: String = row.get(0)?;
        let Some(role) = Role::from_word(&role) else {
            continue;
        };
        let count = |column| row.get(column).map(plan_index);
        spending.add(&RoleSpending {
            role,
            model: Key(row.get(1)?),
            calls: count(2)?,
            usage: Usage {
                input: count(3)?,
                output: count(4)?,
                cached: count(5)?,
                reasoning: count(6)?,
            },
            usd: row.get(7)?,
        });
    }
    Ok(spending)
}

/// The items that took most.
pub(super) fn standouts(connection: &Connection) -> rusqlite::Result<Standouts> {
    let mut query = connection
        .prepare_cached("SELECT item, scenario, calls, tokens, usd, seconds FROM standouts")?;
    let rows = query.query_map([], |row| {
        Ok(ItemSpending {
            item: row.get(0)?,
            scenario: row.get(1)?,
            calls: row.get(2).map(plan_index)?,
            tokens: row.get(3).map(plan_index)?,
            usd: row.get(4)?,
            seconds: row.get(5)?,
        })
    })?;
    rows.collect::<rusqlite::Result<_>>().map(Standouts::from)
}

/// Counts as an ending keeps them.
fn stored_counts(text: &str) -> Counts {
    let of: BTreeMap<String, i64> = serde_json::from_str(text).unwrap_or_default();
    Counts {
        of: of
            .into_iter()
            .map(|(name, count)| (name.into(), count))
            .collect(),
        ..Counts::default()
    }
}

/// An item's index as SQLite counts.
pub(in crate::run) fn sql_index(index: u64) -> i64 {
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
