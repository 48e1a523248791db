//! Records that are nearly the same as an earlier one of their kind, found by locality-sensitive
//! hashing: signatures that agree on a whole band are compared.

use std::collections::HashMap;

use super::sketch::Sketch;
use super::texts::action_text;
use crate::run::{Kind, Record, SplitPart};

/// With 21 bands of 3, a pair of similarity 0.6 meets in one with a chance of 99%, of 0.85 nearly always.
const BANDS: usize = 21;
const ROWS: usize = 3;
/// Earlier records of one band that are compared, newest first: bounds the time where all are alike.
const LOOKED_AT: usize = 64;

/// The records so far, as signatures.
#[derive(Debug)]
pub(super) struct NearDuplicates {
    threshold: f64,
    seen: Vec<Seen>,
    /// The newest record with this key in a band.
    newest: HashMap<u64, u32>,
}

#[derive(Debug)]
struct Seen {
    id: String,
    kind: Kind,
    split: SplitPart,
    sketch: Sketch,
    /// By band, the record before with the same key.
    before: [Option<u32>; BANDS],
}

/// An earlier record that another is nearly the same as.
#[derive(Debug)]
pub(super) struct Likeness {
    pub(super) earlier: String,
    pub(super) similarity: f64,
    /// Whether they are in different parts of the dataset.
    pub(super) crosses_splits: bool,
}

impl From<f64> for NearDuplicates {
    fn from(threshold: f64) -> Self {
        Self {
            threshold,
            seen: Vec::new(),
            newest: HashMap::new(),
        }
    }
}

impl NearDuplicates {
    /// The earlier record that `record` is nearly the same as, and remembers it.
    ///
    /// One in another split goes before others, then the most similar.
    pub(super) fn look(&mut self, record: &Record) -> Option<Likeness> {
        let sketch = Sketch::of(&text(record));
        let before = self.remember(&sketch);
        let found = self.most_alike(record, &sketch, &before);
        self.seen.push(Seen {
            id: record.id.clone(),
            kind: record.kind,
            split: record.split,
            sketch,
            before,
        });
        found
    }

    fn remember(&mut self, sketch: &Sketch) -> [Option<u32>; BANDS] {
        let index = u32::try_from(self.seen.len()).unwrap_or(u32::MAX);
        std::array::from_fn(|band| self.newest.insert(sketch.band(band, ROWS), index))
    }

    fn most_alike(
        &self,
        record: &Record,
        sketch: &Sketch,
        before: &[Option<u32>; BANDS],
    ) -> Option<Likeness> {
        let met = before
            .iter()
            .enumerate()
            .flat_map(|(band, first)| self.chain(band, *first));
        let alike = met
            .filter(|seen| seen.kind == record.kind)
            .map(|seen| (seen, seen.sketch.similarity(sketch)))
            .filter(|(_, similarity)| *similarity >= self.threshold);
        let rank = |seen: &Seen, similarity: f64| (seen.split != record.split, similarity);
        let (seen, similarity) = alike.max_by(|one, other| {
            let (one, other) = (rank(one.0, one.1), rank(other.0, other.1));
            one.0.cmp(&other.0).then(one.1.total_cmp(&other.1))
        })?;
        Some(Likeness {
            earlier: seen.id.clone(),
            similarity,
            crosses_splits: seen.split != record.split,
        })
    }

    /// The records with one key in `band`, newest first.
    fn chain(&self, band: usize, newest: Option<u32>) -> impl Iterator<Item = &Seen> {
        let seen = move |index: u32| self.seen.get(index as usize);
        std::iter::successors(newest.and_then(seen), move |record| {
            record.before[band].and_then(seen)
        })
        .take(LOOKED_AT)
    }
}

/// What two records are compared by: the instruction and the action that decided.
fn text(record: &Record) -> String {
    let deciding = record
        .unsafe_action
        .as_ref()
        .or(record.safe_action.as_ref());
    let action = deciding.map(|judged| action_text(&judged.action));
    format!("{} {}", record.instruction, action.unwrap_or_default())
}
