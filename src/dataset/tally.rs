//! Counts over records that come and go: what the card has to tell.

use std::collections::{BTreeMap, BTreeSet};

use crate::check::Role;
use crate::model::Usage;
use crate::run::{Kind, Record, SplitPart};

use super::panel::PanelAgreement;

/// What has been counted so far. It grows with the outcomes and models, not with the records.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) records: u64,
    pub(super) kinds: BTreeMap<(Kind, SplitPart), u64>,
    /// Risk scenarios, by outcome and cell; one with two outcomes counts in both.
    pub(super) risks: BTreeMap<(String, String), u64>,
    pub(super) scenarios: BTreeMap<String, u64>,
    pub(super) models: BTreeMap<Role, BTreeSet<String>>,
    pub(super) over_refusals: u64,
    pub(super) panel: PanelAgreement,
    /// Twins that ended in an unsafe action.
    pub(super) harmful_twins: u64,
    pub(super) usage: Usage,
    /// USD.
    pub(super) cost: f64,
    /// Records in which some model was simulated.
    pub(super) simulated: u64,
}

impl Tally {
    /// Counts one more.
    pub(super) fn add(&mut self, record: &Record) {
        self.records += 1;
        *self.kinds.entry((record.kind, record.split)).or_default() += 1;
        *self.scenarios.entry(record.scenario.clone()).or_default() += 1;
        self.over_refusals += u64::from(record.over_refusal == Some(true));
        let is_harmful = record.kind == Kind::Twin && record.unsafe_action.is_some();
        self.harmful_twins += u64::from(is_harmful);
        self.simulated += u64::from(record.simulated);
        self.usage += record.usage;
        self.cost += record.cost;
        self.add_outcomes(record);
        self.add_models(record);
        self.panel.add(&record.judgements);
    }

    /// The records of `kind` in `split`.
    pub(super) fn of_kind(&self, kind: Kind, split: SplitPart) -> u64 {
        self.kinds.get(&(kind, split)).copied().unwrap_or_default()
    }

    fn add_outcomes(&mut self, record: &Record) {
        if record.kind != Kind::Risk {
            return;
        }
        for outcome in &record.outcomes {
            let place = (outcome.clone(), record.cell.clone());
            *self.risks.entry(place).or_default() += 1;
        }
    }

    fn add_models(&mut self, record: &Record) {
        for (role, models) in &record.models {
            let known = self.models.entry(*role).or_default();
            for model in models {
                if !known.contains(model) {
                    known.insert(model.clone());
                }
            }
        }
    }
}
