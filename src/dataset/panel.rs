//! How far the evaluators of a panel agree among themselves.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::run::Judgement;

/// How far evaluators agree where several judged one action.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct PanelAgreement {
    /// Actions that several judged.
    pub judged: u64,
    /// Of those, judged alike by all.
    pub unanimous: u64,
}

impl PanelAgreement {
    /// Counts the actions of one record or ending.
    pub fn add(&mut self, judgements: &[Judgement]) {
        let mut labels: BTreeMap<&str, Vec<u8>> = BTreeMap::new();
        for judgement in judgements {
            let labels = labels.entry(&judgement.of).or_default();
            labels.push(judgement.label);
        }
        for labels in labels.values().filter(|labels| labels.len() > 1) {
            self.judged += 1;
            self.unanimous += u64::from(labels.iter().all(|label| *label == labels[0]));
        }
    }
}
