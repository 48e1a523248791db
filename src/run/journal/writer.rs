//! The one thread that writes a journal.
//!
//! Entries queue up while a commit is under way and go into the next one together; each is
//! acknowledged only after its commit is on the disk.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::Instant;

use rusqlite::{Connection, params};
use serde::Serialize;
use tokio::sync::oneshot;

use super::counts::{Counts, name};
use super::error::JournalError;
use super::opening::{about, dictionary_of, open_to_write, set_about};
use super::packing::Packer;
use super::places::{Places, drop_calls};
use super::queue::{Presence, Queue};
use super::reading::{Reading, sql_index, standouts};
use super::stored::{EndingToStore, Finished, StoredCall};
use crate::run::spending::RoleSpending;
use crate::run::standouts::{ItemSpending, Standouts};

/// Entries in one commit at most.
const BATCH: usize = 4096;

/// Bytes that the JSON of most calls, and of the endings of most items, fits into.
const USUAL_CALL: usize = 1 << 10;
const USUAL_ENDINGS: usize = 16 << 10;

/// A journal that this process writes.
pub(in crate::run) struct Journal {
    path: PathBuf,
    // Readers go before the writer: whoever closes a journal last tidies it up, and readers cannot.
    reading: Reading,
    desk: Desk,
    keeps_calls: bool,
}

/// Where entries are handed in.
struct Desk {
    /// `None` once the journal is being closed.
    sender: Option<mpsc::Sender<Entry>>,
    queue: Queue,
    thread: Option<JoinHandle<()>>,
}

/// One thing to write, and who waits for it.
struct Entry {
    what: What,
    done: oneshot::Sender<Acknowledgement>,
}

/// What came of an entry. Whoever hears of it first tells all others of the same commit, also when
/// they go away before they listen: a worker of the runtime wakes its own for less than another
/// thread takes to wake them one by one.
struct Acknowledgement {
    result: Result<(), JournalError>,
    others: Vec<oneshot::Sender<Acknowledgement>>,
}

impl Acknowledgement {
    /// Acknowledges a whole commit.
    fn send(result: Result<(), JournalError>, batch: Vec<Entry>) {
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

enum What {
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

impl Journal {
    /// Opens the journal at `path` for `total` items of the plan of this id, and makes it where
    /// there is none.
    pub fn open(path: &Path, plan_id: &str, total: u64) -> Result<Self, JournalError> {
        let mut connection = open_to_write(path)?;
        match about(path, &connection, "plan_id")? {
            Some(there) if there != plan_id => return Err(of_other_plan(path, there, plan_id)),
            Some(_) => forget_endings(&mut connection, "again = 1")
                .map_err(|error| JournalError::of(path, &error))?,
            None => set_about(&connection, "plan_id", plan_id)
                .map_err(|error| JournalError::of(path, &error))?,
        }
        set_about(&connection, "total", &total.to_string())
            .map_err(|error| JournalError::of(path, &error))?;
        let reading = Reading::open(path)?;
        let (sender, entries) = mpsc::channel();
        let queue = Queue::default();
        let writer = Writer::new(path, connection, queue.clone())?;
        let thread = std::thread::Builder::new()
            .name("journal".to_owned())
            .spawn(move || writer.run(&entries))
            .map_err(|error| JournalError::unusable(path, error))?;
        Ok(Self {
            path: path.to_owned(),
            reading,
            desk: Desk {
                sender: Some(sender),
                queue,
                thread: Some(thread),
            },
            keeps_calls: true,
        })
    }

    /// The same, but the calls of an item go when it has come to its end.
    pub fn dropping_calls(self) -> Self {
        Self {
            keeps_calls: false,
            ..self
        }
    }

    /// Takes back every ending with a failure, so that its item is tried again; its calls stay.
    pub fn forget_failed(&self) -> Result<(), JournalError> {
        let of = |error: rusqlite::Error| JournalError::of(&self.path, &error);
        let mut connection = open_to_write(&self.path)?;
        let which = format!("counts LIKE '%\"{}\"%'", name::FAILED);
        forget_endings(&mut connection, &which).map_err(of)
    }

    /// What is in the journal.
    pub fn reading(&self) -> &Reading {
        &self.reading
    }

    /// Tells the journal of somebody who may have entries for it, for as long as that lives.
    pub fn enter(&self) -> Presence {
        self.desk.queue.enter()
    }

    /// Writes a call that came back and cost so much; durable when this returns.
    pub async fn append_call(
        &self,
        item: i64,
        path: &str,
        call: &StoredCall,
        usd: f64,
    ) -> Result<(), JournalError> {
        self.write(What::Call {
            item,
            path: path.to_owned(),
            payload: to_json(call, USUAL_CALL),
            spending: call.spending(usd),
        })
        .await
    }

    /// Writes an item's endings; durable when this returns.
    pub async fn finish(&self, item: u64, finished: &Finished) -> Result<(), JournalError> {
        let endings: Vec<EndingToStore<'_>> = finished.endings.iter().map(Into::into).collect();
        self.write(What::Ending {
            item: sql_index(item),
            again: finished.again,
            drops_calls: !self.keeps_calls && finished.counts.get(name::FAILED) == 0,
            payload: to_json(&endings, USUAL_ENDINGS),
            counts: finished.counts.clone(),
            took: finished.took.clone(),
        })
        .await
    }

    /// Writes what is known of the run as a whole, in the place of what was known; durable when this
    /// returns.
    pub async fn note(&self, name: &'static str, value: String) -> Result<(), JournalError> {
        self.write(What::About { name, value }).await
    }

    async fn write(&self, what: What) -> Result<(), JournalError> {
        let (done, acknowledged) = oneshot::channel();
        let sender = self.desk.sender.as_ref();
        let sender = sender.expect("the sender is there until `drop`");
        self.desk.queue.add();
        let sent = sender.send(Entry { what, done }).is_ok();
        match acknowledged.await {
            Ok(acknowledgement) if sent => acknowledgement.result.clone(),
            _ => Err(JournalError::unusable(&self.path, "its writer has stopped")),
        }
    }
}

impl Drop for Desk {
    /// Lets the writer commit what is queued, and waits for it.
    fn drop(&mut self) {
        self.sender = None;
        if let Some(thread) = self.thread.take() {
            // A panic of the writer has been reported by every entry that it left unanswered.
            let _ = thread.join();
        }
    }
}

/// `stored` as JSON, which mostly takes no more than `usual` bytes.
fn to_json(stored: &impl Serialize, usual: usize) -> Vec<u8> {
    let mut json = Vec::with_capacity(usual);
    serde_json::to_writer(&mut json, stored).expect("the stored types are plain JSON");
    json
}

/// Takes back the endings of which `which` is true, for this life of the run to try them again,
/// and their counts.
fn forget_endings(connection: &mut Connection, which: &str) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    {
        let mut query =
            transaction.prepare(&format!("SELECT counts FROM endings WHERE {which}"))?;
        let mut rows = query.query([])?;
        while let Some(row) = rows.next()? {
            let text: String = row.get(0)?;
            let counts: BTreeMap<String, i64> = serde_json::from_str(&text).unwrap_or_default();
            for (name, count) in counts {
                transaction.execute(
                    "UPDATE counts SET value = value - ?2 WHERE name = ?1",
                    params![name, count],
                )?;
            }
        }
    }
    transaction.execute(&format!("DELETE FROM endings WHERE {which}"), [])?;
    transaction.commit()
}

fn of_other_plan(path: &Path, there: String, here: &str) -> JournalError {
    JournalError::OtherPlan {
        path: path.to_owned(),
        there,
        here: here.to_owned(),
    }
}

/// What the thread owns.
struct Writer {
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
    fn new(path: &Path, connection: Connection, queue: Queue) -> Result<Self, JournalError> {
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

    fn run(mut self, entries: &mpsc::Receiver<Entry>) {
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
