//! Which items a run is about, and which of them come next.

use std::collections::{BTreeMap, BinaryHeap};

use crate::plan::Items;

use super::journal::{JournalError, Reading};

/// Items of a stretch, where one row has no more: what is remembered of them takes a byte each.
const LONGEST: u64 = 1 << 20;

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
}

/// A word to whoever pays for a selection: it is more than it looks.
pub(super) fn words_on_earlier_samples(selection: &Selection, items: &Items) -> Option<String> {
    let (samples, they) = match earlier_samples(selection, items) {
        0 => return None,
        1 => ("1 earlier sample".to_owned(), "its instruction is"),
        count => (format!("{count} earlier samples"), "their instructions are"),
    };
    Some(format!(
        "{samples} of the same rows are not among the items of this run, but {they} written first: \
         each sample is told to differ from those before it"
    ))
}

/// Samples that are not chosen, and come before one that is in a row for which a model writes.
fn earlier_samples(selection: &Selection, items: &Items) -> u64 {
    let Selection::Chosen(indices) = selection else {
        return 0;
    };
    // The last one that is chosen of each row, and how many are.
    let mut rows: BTreeMap<(usize, usize), (u32, u64)> = BTreeMap::new();
    for place in indices.iter().map(|index| items.place(*index)) {
        let (last, chosen) = rows.entry((place.scenario, place.row)).or_default();
        *last = place.sample;
        *chosen += 1;
    }
    let is_written = |(scenario, row), sample| {
        let scene = items.scene(&items.at(scenario, row, sample));
        scene.is_ok_and(|scene| scene.verbatim.is_none())
    };
    let written = rows
        .iter()
        .filter(|(row, (last, _))| is_written(**row, *last));
    written
        .map(|(_, (last, chosen))| u64::from(*last) + 1 - chosen)
        .sum()
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
///
/// A row's samples wait for each other's instructions. So items are not given in the plan's order,
/// but from many rows in turn: the first sample of each, then the second.
pub(super) struct Unfinished {
    selection: Selection,
    /// Rows that are worked on side by side.
    width: u64,
    /// Where the next stretch begins, or the next chosen item is.
    position: u64,
    stretch: Stretch,
    /// Whether those that have come to their end are given too.
    takes_all: bool,
}

/// Some rows of one scenario, all samples of each.
#[derive(Default)]
struct Stretch {
    first: u64,
    rows: u64,
    samples: u64,
    given: u64,
    /// Which of its items had come to their end, in the plan's order.
    finished: Vec<bool>,
}

impl Unfinished {
    /// The items of `selection`, from as many rows side by side as there are items in flight.
    pub fn new(selection: Selection, width: usize) -> Self {
        Self {
            selection,
            width: width.max(1) as u64,
            position: 0,
            stretch: Stretch::default(),
            takes_all: false,
        }
    }

    /// All of `len`, also those that an earlier life has finished: run again they are answered from
    /// the journal.
    pub fn every(len: u64) -> Self {
        Self {
            takes_all: true,
            ..Self::new(Selection::All(len), 1)
        }
    }

    /// The index of the next one.
    pub fn next(&mut self, items: &Items, reading: &Reading) -> Result<Option<u64>, JournalError> {
        match &self.selection {
            Selection::All(len) if self.takes_all => {
                let next = (self.position < *len).then_some(self.position);
                self.position += 1;
                Ok(next)
            }
            Selection::All(len) => {
                let len = *len;
                self.next_of_all(len, items, reading)
            }
            Selection::Chosen(indices) => {
                while let Some(index) = indices.get(self.position as usize) {
                    self.position += 1;
                    let mut finished = [false];
                    reading.mark_finished(*index, &mut finished)?;
                    if !finished[0] {
                        return Ok(Some(*index));
                    }
                }
                Ok(None)
            }
        }
    }

    fn next_of_all(
        &mut self,
        len: u64,
        items: &Items,
        reading: &Reading,
    ) -> Result<Option<u64>, JournalError> {
        loop {
            if let Some(index) = self.stretch.next() {
                return Ok(Some(index));
            }
            if self.position >= len {
                return Ok(None);
            }
            self.stretch = Stretch::beginning_at(self.position, self.width, items);
            self.position += self.stretch.finished.len() as u64;
            reading.mark_finished(self.stretch.first, &mut self.stretch.finished)?;
        }
    }
}

impl Stretch {
    /// Up to `most` rows from the one whose first item is at `index`.
    fn beginning_at(index: u64, most: u64, items: &Items) -> Self {
        let place = items.place(index);
        let (rows, samples) = items.extent(place.scenario);
        let rows = (rows - place.row as u64).min(most.min(LONGEST / samples).max(1));
        Self {
            first: index,
            rows,
            samples,
            given: 0,
            finished: vec![false; (rows * samples) as usize],
        }
    }

    fn next(&mut self) -> Option<u64> {
        while self.given < self.rows * self.samples {
            let (sample, row) = (self.given / self.rows, self.given % self.rows);
            self.given += 1;
            let offset = row * self.samples + sample;
            if !self.finished[offset as usize] {
                return Some(self.first + offset);
            }
        }
        None
    }
}
