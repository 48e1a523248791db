//! Coverage by what was kept: planned, attempted, kept and lost, for each place of the plan.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::plan::{ItemPlace, Items, Subject};
use crate::run::{Ending, Kind};

/// What became of the trajectories of one place. Twins are not among them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Fate {
    /// Trajectories that the plan asks for.
    pub planned: u64,
    /// Those that came to an end, however it was.
    pub attempted: u64,
    /// Of those, the ones of samples beyond the plan's.
    pub topped_up: u64,
    /// Kept with an unsafe action and a safe one.
    pub risks: u64,
    /// Kept without an unsafe action.
    pub safes: u64,
    /// By reason in words.
    pub dropped: BTreeMap<String, u64>,
    pub failed: u64,
}

/// One outcome in one cell of the threat model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OutcomeCell {
    pub outcome: String,
    /// `N-N` to `M-M`, instruction first.
    pub cell: String,
    #[serde(flatten)]
    pub fate: Fate,
}

/// One scenario with one of the toolkits that it gives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlaceFate {
    pub scenario: String,
    pub toolkit: String,
    #[serde(flatten)]
    pub fate: Fate,
}

/// One scenario.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ScenarioFate {
    pub scenario: String,
    #[serde(flatten)]
    pub fate: Fate,
}

/// The three tables while they are being filled. An item with two outcomes or toolkits counts in
/// each of them.
#[derive(Debug, Default)]
pub(super) struct Coverage {
    cells: BTreeMap<(String, String), Fate>,
    scenarios: BTreeMap<String, Fate>,
    toolkits: BTreeMap<(String, String), Fate>,
}

impl Coverage {
    /// The plan's coverage, of which nothing has been attempted yet.
    pub(super) fn planned(items: &Items) -> Self {
        let mut coverage = Self::default();
        let trajectories = u64::from(items.plan().work.rollout.trajectories.max(1));
        for place in items.places().filter(|place| place.sample == 0) {
            let samples = u64::from(items.plan().work.scenarios[place.scenario].samples);
            coverage.at(&items.subject(&place), |fate| {
                fate.planned += samples * trajectories;
            });
        }
        coverage
    }

    /// Enters how one trajectory, or a whole item that got no instruction, ended.
    pub(super) fn enter(&mut self, items: &Items, place: &ItemPlace, ending: &Ending) {
        if is_of_twin(ending) {
            return;
        }
        let trajectories = u64::from(items.plan().work.rollout.trajectories.max(1));
        let lost = if is_of_item(ending) { trajectories } else { 1 };
        let is_further = !items.is_planned(place);
        self.at(&items.subject(place), |fate| {
            let before = fate.attempted;
            fate.enter(ending, lost);
            if is_further {
                fate.topped_up += fate.attempted - before;
            }
        });
    }

    fn at(&mut self, subject: &Subject<'_>, change: impl Fn(&mut Fate)) {
        let scenario = subject.scenario.to_owned();
        for outcome in &subject.outcomes {
            let cell = ((*outcome).to_owned(), subject.cell.clone());
            change(self.cells.entry(cell).or_default());
        }
        for toolkit in &subject.toolkits {
            let place = (scenario.clone(), (*toolkit).to_owned());
            change(self.toolkits.entry(place).or_default());
        }
        change(self.scenarios.entry(scenario).or_default());
    }

    pub(super) fn cells(&self) -> Vec<OutcomeCell> {
        let cells = self.cells.iter();
        cells
            .map(|((outcome, cell), fate)| OutcomeCell {
                outcome: outcome.clone(),
                cell: cell.clone(),
                fate: fate.clone(),
            })
            .collect()
    }

    pub(super) fn scenarios(&self) -> Vec<ScenarioFate> {
        let scenarios = self.scenarios.iter();
        scenarios
            .map(|(scenario, fate)| ScenarioFate {
                scenario: scenario.clone(),
                fate: fate.clone(),
            })
            .collect()
    }

    pub(super) fn toolkits(&self) -> Vec<PlaceFate> {
        let places = self.toolkits.iter();
        places
            .map(|((scenario, toolkit), fate)| PlaceFate {
                scenario: scenario.clone(),
                toolkit: toolkit.clone(),
                fate: fate.clone(),
            })
            .collect()
    }
}

impl Fate {
    fn enter(&mut self, ending: &Ending, lost: u64) {
        match ending {
            Ending::Kept { record } => {
                self.attempted += 1;
                match record.kind {
                    Kind::Risk => self.risks += 1,
                    Kind::Safe => self.safes += 1,
                    Kind::Twin => {}
                }
            }
            Ending::Dropped { reason, .. } => {
                self.attempted += lost;
                *self.dropped.entry(reason.words().to_owned()).or_default() += lost;
            }
            Ending::Failed { .. } => {
                self.attempted += lost;
                self.failed += lost;
            }
        }
    }
}

fn id_of(ending: &Ending) -> &str {
    match ending {
        Ending::Kept { record } => &record.id,
        Ending::Dropped { id, .. } | Ending::Failed { id, .. } => id,
    }
}

/// A twin's trajectory is `<item>/twin/<trajectory>`.
fn is_of_twin(ending: &Ending) -> bool {
    id_of(ending).split('/').nth(1) == Some("twin")
}

/// An item that got no instruction ends as a whole, under its own id.
fn is_of_item(ending: &Ending) -> bool {
    !id_of(ending).contains('/')
}
