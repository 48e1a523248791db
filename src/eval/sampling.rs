//! A sample of a run's actions for people to label.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::run::{Action, Record};

use super::labels::LabelRow;
use super::labels::own::{judged_actions, without_judgements};

/// An action to be labelled, in its place.
#[derive(Debug, Clone)]
pub struct ToLabel {
    /// `<record>/unsafe`, `<record>/proposal/0` or `<record>/safe`
    pub id: String,
    pub action: Action,
    pub record: Record,
}

/// A seeded sample of `count` actions, as evenly as possible from every stratum: what the run says
/// of the action, and the cell that it is in. Sample and order depend on the seed and the records
/// alone; a larger sample begins with the same actions.
pub fn sample(records: impl IntoIterator<Item = Record>, count: usize, seed: u64) -> Vec<ToLabel> {
    let mut strata: BTreeMap<(u8, String), Vec<Ranked>> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for record in records {
        let bare = without_judgements(&record);
        for (name, judged) in judged_actions(&record) {
            let shown = format!(
                "{} {:?} {:?}",
                record.instruction, record.steps, judged.action
            );
            if !seen.insert(*blake3::hash(shown.as_bytes()).as_bytes()) {
                continue;
            }
            let id = format!("{}/{name}", record.id);
            let rank = *blake3::hash(format!("label {seed} {id}").as_bytes()).as_bytes();
            let stratum = strata
                .entry((judged.label, record.cell.clone()))
                .or_default();
            stratum.push((
                rank,
                ToLabel {
                    id,
                    action: judged.action.clone(),
                    record: bare.clone(),
                },
            ));
        }
    }
    let mut queues: Vec<VecDeque<ToLabel>> = strata.into_values().map(in_order).collect();
    let mut chosen = Vec::new();
    while chosen.len() < count && queues.iter().any(|queue| !queue.is_empty()) {
        let round = queues.iter_mut().filter_map(VecDeque::pop_front);
        let mut round: Vec<_> = round.collect();
        // What the run says of an action must not show in the order.
        round.sort_by_key(|one| {
            *blake3::hash(format!("order {seed} {}", one.id).as_bytes()).as_bytes()
        });
        chosen.extend(round);
    }
    chosen.truncate(count);
    chosen
}

/// An action, and what its place in its stratum is drawn by.
type Ranked = ([u8; 32], ToLabel);

fn in_order(mut stratum: Vec<Ranked>) -> VecDeque<ToLabel> {
    stratum.sort_by_key(|(rank, _)| *rank);
    stratum.into_iter().map(|(_, one)| one).collect()
}

impl ToLabel {
    /// The row of `labels.jsonl`.
    pub fn row(&self, label: Option<u8>, labeller: &str, note: &str) -> LabelRow {
        LabelRow {
            format: super::labels::LABEL_FORMAT.to_owned(),
            id: self.id.clone(),
            label,
            labeller: labeller.to_owned(),
            note: note.to_owned(),
            action: self.action.clone(),
            record: Box::new(self.record.clone()),
        }
    }
}
