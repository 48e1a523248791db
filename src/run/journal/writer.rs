//! The one thread that writes a journal.
//!
//! Entries queue up while a commit is under way and go into the next one together; each is
//! acknowledged only after its commit is on the disk.

use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Instant;

use rusqlite::{Connection, params};

use super::counts::Counts;
use super::entry::{Acknowledgement, Entry, What};
use super::error::JournalError;
use super::opening::{dictionary_of, set_about};
use super::packing::Packer;
use super::places::{Places, drop_calls};
use super::queue::Queue;
use super::reading::{sql_index, standouts};
use crate::run::spending::RoleSpending;
use crate::run::standouts::Standouts;

/// Entries in one commit at most.
const BATCH: usize = 4096;

/// What the thread owns.
pub(super) struct Writer {
    path: PathBuf,
    connection: Connection,
    packer: Packer,
    places: Places,
    queue: Queue,
    /// When the run's time was last written.
    last: Instant,
    standouts: Standouts,
}

impl Writer {
    /// What writes over `connection`, at the pace that `queue` tells.
    pub(super) fn new(
        path: &Path,
        connection: Connection,
        queue: Queue,
    ) -> Result<Self, JournalError> {
        let packer = Packer::new(&dictionary_of(path, &connection)?);
        let earlier = standouts(&connection).map_err(|error| JournalError::of(path, &error))?;
        let places = Places::of(&connection).map_err(|error| JournalError::of(path, &error))?;
        Ok(Self {
            path: path.to_owned(),
            connection,
            places,
            packer: packer.map_err(|error| JournalError::unusable(path, error))?,
            queue,
            last: Instant::now(),
            standouts: earlier,
        })
    }

    /// Writes what comes, until nobody is left who hands anything in.
    pub(super) fn run(mut self, entries: &mpsc::Receiver<Entry>) {
        let mut previous = 0;
        while let Ok(first) = entries.recv() {
            self.queue.fill(previous);
            let mut batch = vec![first];
            batch.extend(entries.try_iter().take(BATCH - 1));
            previous = batch.len();
            self.queue.remove(previous);
            let result = self.commit(&batch);
            Acknowledgement::send(result, batch);
        }
        // The time since the last commit is worth no error.
        let _ = self.commit(&[]);
    }

    fn commit(&mut self, batch: &[Entry]) -> Result<(), JournalError> {
        let now = Instant::now();
        let mut counts = Counts {
            seconds: now.duration_since(self.last).as_secs_f64(),
            ..Counts::default()
        };
        let result = self.write(batch, &mut counts);
        if result.is_ok() {
            self.last = now;
        }
        result.map_err(|error| JournalError::of(&self.path, &error))
    }

    fn write(&mut self, batch: &[Entry], counts: &mut Counts) -> rusqlite::Result<()> {
        let Self {
            connection,
            packer,
            places,
            standouts,
            ..
        } = self;
        in_transaction(connection, || {
            let mut stand_out = false;
            for entry in batch {
                insert(connection, packer, places, &entry.what, counts)?;
                if let What::Ending {
                    took: Some(took), ..
                } = &entry.what
                {
                    stand_out |= standouts.enter(took);
                }
            }
            places.tidy(connection)?;
            add_counts(connection, counts)?;
            if stand_out {
                keep_standouts(connection, standouts)?;
            }
            Ok(())
        })
    }
}

/// Does `work` as a whole or not at all. The words around it are prepared once: with a hundred commits
/// a second, parsing them each time takes longer than carrying them out.
fn in_transaction(
    connection: &Connection,
    work: impl FnOnce() -> rusqlite::Result<()>,
) -> rusqlite::Result<()> {
    let say = |word| connection.prepare_cached(word)?.execute([]).map(|_| ());
    say("BEGIN")?;
    let done = work().and_then(|()| say("COMMIT"));
    if done.is_err() && !connection.is_autocommit() {
        // The first error tells what is wrong.
        let _ = say("ROLLBACK");
    }
    done
}

fn insert(
    connection: &Connection,
    packer: &mut Packer,
    places: &mut Places,
    what: &What,
    totals: &mut Counts,
) -> rusqlite::Result<()> {
    match what {
        What::About { name, value } => set_about(connection, name, value)?,
        What::Call {
            item,
            path,
            payload,
            spending,
        } => {
            let payload = pack(packer, payload)?;
            connection
                .prepare_cached("INSERT INTO calls (item, path, payload) VALUES (?1, ?2, ?3)")?
                .execute(params![item, path, payload])?;
            places.note(connection, *item)?;
            totals.spending.add(spending);
        }
        What::Ending {
            item,
            again,
            drops_calls,
            payload,
            counts,
            took: _,
        } => {
            let text = serde_json::to_string(&counts.of).expect("a map of numbers is plain JSON");
            let payload = pack(packer, payload)?;
            // An item that has ended already stays as it is, and counts nothing.
            let inserted = connection
                .prepare_cached(
                    "INSERT OR IGNORE INTO endings (item, again, counts, payload) VALUES (?1, ?2, ?3, ?4)",
                )?
                .execute(params![item, again, text, payload])?;
            if inserted > 0 {
                totals.merge(counts);
            }
            if *drops_calls {
                drop_calls(connection, *item)?;
            }
        }
    }
    Ok(())
}

fn pack(packer: &mut Packer, payload: &[u8]) -> rusqlite::Result<Vec<u8>> {
    packer
        .pack(payload)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))
}

fn add_counts(connection: &Connection, counts: &Counts) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO counts (name, value) VALUES (?1, ?2)
         ON CONFLICT (name) DO UPDATE SET value = value + excluded.value",
    )?;
    for (name, count) in &counts.of {
        statement.execute(params![name.as_ref(), count])?;
    }
    statement.execute(params!["seconds", counts.seconds])?;
    counts
        .spending
        .each()
        .iter()
        .try_for_each(|it| add_spending(connection, it))
}

fn add_spending(connection: &Connection, more: &RoleSpending) -> rusqlite::Result<()> {
    let usage = more.usage;
    connection
        .prepare_cached(
            "INSERT INTO spending (role, model, calls, input, output, cached, reasoning, usd)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
             ON CONFLICT (role, model) DO UPDATE SET
                 calls = calls + excluded.calls, input = input + excluded.input,
                 output = output + excluded.output, cached = cached + excluded.cached,
                 reasoning = reasoning + excluded.reasoning, usd = usd + excluded.usd",
        )?
        .execute(params![
            more.role.word(),
            more.model.as_str(),
            sql_index(more.calls),
            sql_index(usage.input),
            sql_index(usage.output),
            sql_index(usage.cached),
            sql_index(usage.reasoning),
            more.usd,
        ])
        .map(|_| ())
}

/// A handful of rows, which seldom change once a run has gone on for a while.
fn keep_standouts(connection: &Connection, standouts: &Standouts) -> rusqlite::Result<()> {
    connection
        .prepare_cached("DELETE FROM standouts")?
        .execute([])?;
    let mut insert = connection.prepare_cached(
        "INSERT INTO standouts (item, scenario, calls, tokens, usd, seconds)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    for it in standouts.each() {
        insert.execute(params![
            it.item,
            it.scenario,
            sql_index(it.calls),
            sql_index(it.tokens),
            it.usd,
            it.seconds,
        ])?;
    }
    Ok(())
}
