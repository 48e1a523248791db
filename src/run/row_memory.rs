//! The instructions of rows that are being worked on, so that samples of one row see each other.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use crate::plan::ItemPlace;

use super::departure::Departure;
use super::tally::Sums;

/// Earlier instructions of the row that the generator sees.
pub(super) const SEEN: usize = 20;

/// Samples of a row that are remembered whole, for items that come a little late; those before are
/// read from the journal when they are needed.
const REMEMBERED: usize = 2;

/// An instruction that was written.
#[derive(Debug, Clone)]
pub(super) struct Generated {
    pub instruction: String,
    pub expected_achievements: Vec<String>,
    pub risky_outcomes: Vec<String>,
    /// What it took.
    pub sums: Sums,
}

/// What became of one sample.
pub(super) type Settled = Result<Generated, Departure>;

/// What became of the last samples of one row, in their order.
#[derive(Default)]
pub(super) struct Row {
    /// The number of the first sample that is not settled.
    next: usize,
    settled: VecDeque<Settled>,
    /// The last instructions that were written.
    seen: VecDeque<String>,
}

impl Row {
    /// A row whose samples from `first` on became what `settled` says.
    pub fn from(first: usize, settled: impl IntoIterator<Item = Settled>) -> Self {
        let mut row = Self {
            next: first,
            ..Self::default()
        };
        for settled in settled {
            row.push(settled);
        }
        row
    }

    /// Whether it knows of no sample.
    pub fn is_new(&self) -> bool {
        self.next == 0
    }

    /// The number of the first sample that is not settled.
    pub fn next(&self) -> usize {
        self.next
    }

    /// What became of `sample`; nothing where it is forgotten, or not settled.
    pub fn get(&self, sample: usize) -> Option<&Settled> {
        let first = self.next - self.settled.len();
        self.settled.get(sample.checked_sub(first)?)
    }

    /// Takes in what became of the next sample.
    pub fn push(&mut self, settled: Settled) {
        if let Ok(generated) = &settled {
            self.seen.push_back(generated.instruction.clone());
            if self.seen.len() > SEEN {
                self.seen.pop_front();
            }
        }
        self.settled.push_back(settled);
        if self.settled.len() > REMEMBERED {
            self.settled.pop_front();
        }
        self.next += 1;
    }

    /// The instructions that the next sample's generator sees, in their order.
    pub fn seen(&self) -> &VecDeque<String> {
        &self.seen
    }
}

/// The row's samples wait for each other at its lock.
type SharedRow = tokio::sync::Mutex<Row>;

/// The rows that items in flight hold on to, and those that were begun last: their next samples
/// come soon. The others are forgotten, and read again from the journal when they are needed.
pub(super) struct RowMemory {
    /// Rows that are remembered although no item holds them.
    kept: usize,
    rows: Mutex<Rows>,
}

#[derive(Default)]
struct Rows {
    known: HashMap<(usize, usize), Weak<SharedRow>>,
    recent: VecDeque<Arc<SharedRow>>,
}

impl RowMemory {
    /// Remembers the last `kept` rows.
    pub fn keeping(kept: usize) -> Self {
        Self {
            kept,
            rows: Mutex::default(),
        }
    }

    /// The row of the item at `place`; remembered for as long as somebody holds it.
    pub fn row(&self, place: &ItemPlace) -> Arc<SharedRow> {
        let mut rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (place.scenario, place.row);
        if let Some(row) = rows.known.get(&key).and_then(Weak::upgrade) {
            return row;
        }
        let row = Arc::new(SharedRow::default());
        rows.recent.push_back(Arc::clone(&row));
        if rows.recent.len() > self.kept {
            rows.recent.pop_front();
        }
        if rows.known.len() > 4 * self.kept {
            rows.known.retain(|_, row| row.strong_count() > 0);
        }
        rows.known.insert(key, Arc::downgrade(&row));
        row
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::departure::{Departure, FailureKind};

    fn written(sample: usize) -> Settled {
        Ok(Generated {
            instruction: sample.to_string(),
            expected_achievements: Vec::new(),
            risky_outcomes: Vec::new(),
            sums: Sums::default(),
        })
    }

    #[test]
    fn a_long_row_remembers_its_end_and_shows_the_last_twenty_that_were_written() {
        let mut row = Row::default();
        for sample in 0..1000 {
            row.push(match sample % 2 {
                0 => written(sample),
                _ => Err(Departure::failed(FailureKind::Misfit, "no")),
            });
        }
        assert_eq!(row.next(), 1000);
        assert!(row.settled.len() <= REMEMBERED);
        assert!(row.get(0).is_none() && row.get(999).is_some());
        let seen: VecDeque<String> = (0..20)
            .map(|back| (998 - 2 * (19 - back)).to_string())
            .collect();
        assert_eq!(*row.seen(), seen);
    }
}
