//! Looks at a run from outside: how far it is, and what came of each item.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::Arc;

use crate::plan::{ItemPlace, Items};

use super::error::RunError;
use super::folder::Folder;
use super::journal::{JournalError, Reading, note};
use super::record::{Ending, RecordTool};
use super::spending::RoleSpending;
use super::summary::Status;
use super::top_up::TopUp;

/// Items read from the journal at once.
const BATCH: u32 = 128;

/// How far the run in `folder` is, also while it goes on.
pub fn status(folder: &Path) -> Result<Status, RunError> {
    let reading = open(folder)?;
    let plan_id = reading.about("plan_id")?.unwrap_or_default();
    let total = reading.about("total")?;
    let total = total.and_then(|total| total.parse().ok()).unwrap_or(0);
    let examples = reading.about(note::EXAMPLES)?;
    let examples = examples.and_then(|text| serde_json::from_str(&text).ok());
    let top_up = reading.about(note::TOP_UP)?;
    let status = Status {
        top_up: top_up.and_then(|text| TopUp::from_note(&text)),
        ..Status::of(&reading.counts()?, plan_id, total, examples)
    };
    Ok(status.with_standouts(&reading.standouts()?))
}

/// What each role and model took in the run in `folder`, or in an evaluation's, over all of its
/// lives: in the order of the roles, the dearest model of each first.
///
/// # Errors
/// There is no run, or its journal cannot be read.
pub fn spending(folder: &Path) -> Result<Vec<RoleSpending>, RunError> {
    Ok(open(folder)?.counts()?.spending.sorted())
}

/// What came of each finished item of the run in `folder`, in the plan's order.
pub fn endings(folder: &Path) -> Result<Endings, RunError> {
    let plan = Folder::at(folder).read_plan()?;
    Ok(Endings {
        reading: open(folder)?,
        items: Items::shared(Arc::new(plan)),
        next: 0,
        read: VecDeque::new(),
    })
}

/// Finished items with their endings; reads a few at a time.
pub struct Endings {
    reading: Reading,
    items: Items,
    next: u64,
    read: VecDeque<(u64, Vec<Ending>)>,
}

impl Iterator for Endings {
    type Item = Result<(ItemPlace, Vec<Ending>), RunError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.read.is_empty() {
            match self.reading.endings_from(self.next, BATCH) {
                Ok(read) => self.read = read.into(),
                Err(error) => {
                    // Nothing can be read after damage: the error is the last that is given.
                    self.next = u64::MAX;
                    return Some(Err(error.into()));
                }
            }
        }
        let (index, mut endings) = self.read.pop_front()?;
        self.next = index + 1;
        let place = self.items.place(index);
        for ending in &mut endings {
            if let Ending::Kept { record } = ending {
                let tools = self.items.tools(&place);
                record.tools = tools.iter().map(RecordTool::from).collect();
            }
        }
        Some(Ok((place, endings)))
    }
}

fn open(folder: &Path) -> Result<Reading, RunError> {
    Reading::open(&Folder::at(folder).journal()).map_err(|error| match error {
        JournalError::Missing { .. } => RunError::NoRun {
            path: folder.to_owned(),
            missing: "journal.sqlite",
        },
        error => error.into(),
    })
}
