//! Which items a run is about, and which of them come next.

use std::collections::{BinaryHeap, HashSet};

use crate::plan::Items;

use super::journal::{JournalError, Reading};

/// Items looked up in the journal at once.
const WINDOW: u64 = 1024;

/// The items of a run, in the plan's order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Selection {
    /// The first so many: all there are.
    All(u64),
    /// Their indices, rising.
    Chosen(Vec<u64>),
}

impl Selection {
    /// All items, or the `limit` ones with the lowest ids.
    ///
    /// The ids are looked through one by one: no more than `limit` are held at a time.
    pub fn of(items: &Items, limit: Option<u64>) -> Self {
        let len = items.len();
        match limit {
            Some(limit) if limit < len => Self::Chosen(lowest(items, limit)),
            _ => Self::All(len),
        }
    }

    /// How many there are.
    pub fn len(&self) -> u64 {
        match self {
            Self::All(len) => *len,
            Self::Chosen(indices) => indices.len() as u64,
        }
    }

    fn get(&self, position: u64) -> Option<u64> {
        match self {
            Self::All(len) => (position < *len).then_some(position),
            Self::Chosen(indices) => indices.get(usize::try_from(position).ok()?).copied(),
        }
    }
}

fn lowest(items: &Items, limit: u64) -> Vec<u64> {
    let mut heap = BinaryHeap::new();
    for index in 0..items.len() {
        heap.push((items.id(&items.place(index)), index));
        if heap.len() as u64 > limit {
            heap.pop();
        }
    }
    let mut indices: Vec<u64> = heap.into_iter().map(|(_, index)| index).collect();
    indices.sort_unstable();
    indices
}

/// Gives the items that have not come to their end, one after the other.
pub(super) struct Unfinished {
    selection: Selection,
    position: u64,
    /// Finished items with an index below `known_to`.
    finished: HashSet<u64>,
    known_to: u64,
}

impl Unfinished {
    /// From the first item of `selection` on.
    pub fn new(selection: Selection) -> Self {
        Self {
            selection,
            position: 0,
            finished: HashSet::new(),
            known_to: 0,
        }
    }

    /// All of `len`, also those that an earlier life has finished: run again they are answered from
    /// the journal.
    pub fn every(len: u64) -> Self {
        Self {
            known_to: u64::MAX,
            ..Self::new(Selection::All(len))
        }
    }

    /// The index of the next one.
    pub fn next(&mut self, reading: &Reading) -> Result<Option<u64>, JournalError> {
        while let Some(index) = self.selection.get(self.position) {
            self.position += 1;
            if index >= self.known_to {
                self.known_to = index.saturating_add(WINDOW);
                self.finished = reading.finished_between(index, self.known_to)?;
            }
            if !self.finished.contains(&index) {
                return Ok(Some(index));
            }
        }
        Ok(None)
    }
}
