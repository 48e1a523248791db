//! Appends to a journal: calls and endings are handed in, and durable when that returns.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread::JoinHandle;

use rusqlite::{Connection, params};
use serde::Serialize;
use tokio::sync::oneshot;

use super::counts::name;
use super::entry::{Entry, What};
use super::error::JournalError;
use super::opening::{about, open_to_write, set_about};
use super::queue::{Presence, Queue};
use super::reading::{Reading, sql_index};
use super::stored::{EndingToStore, Finished, StoredCall};
use super::writer::Writer;

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
