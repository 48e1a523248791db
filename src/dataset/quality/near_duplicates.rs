//! Records that are nearly the same as an earlier one of their kind.

use super::alike::Alike;
use super::sketch::Sketch;
use super::texts::action_text;
use crate::run::{Kind, Record, SplitPart};

/// The records so far, as signatures.
#[derive(Debug)]
pub(super) struct NearDuplicates {
    threshold: f64,
    seen: Vec<Seen>,
    similar: Alike,
}

#[derive(Debug)]
struct Seen {
    id: String,
    kind: Kind,
    split: SplitPart,
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
            similar: Alike::default(),
        }
    }
}

impl NearDuplicates {
    /// The earlier record that `record` is nearly the same as, and remembers it.
    ///
    /// One in another split goes before others, then the most similar.
    pub(super) fn look(&mut self, record: &Record) -> Option<Likeness> {
        let sketch = Sketch::of(&compared_text(record));
        let found = self.most_alike(record, &sketch);
        self.similar.add(sketch);
        self.seen.push(Seen {
            id: record.id.clone(),
            kind: record.kind,
            split: record.split,
        });
        found
    }

    fn most_alike(&self, record: &Record, sketch: &Sketch) -> Option<Likeness> {
        let like = self.similar.like(sketch, self.threshold);
        let alike = like
            .map(|(number, similarity)| (&self.seen[number], similarity))
            .filter(|(seen, _)| seen.kind == record.kind);
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
}

/// What two records are compared by: the instruction and the action that decided.
pub(super) fn compared_text(record: &Record) -> String {
    let deciding = record
        .unsafe_action
        .as_ref()
        .or(record.safe_action.as_ref());
    let action = deciding.map(|judged| action_text(&judged.action));
    format!("{} {}", record.instruction, action.unwrap_or_default())
}
