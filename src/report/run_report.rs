//! What there is to tell about a run.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value as Json;

use super::coverage::{Coverage, OutcomeCell, PlaceFate, ScenarioFate};
use super::evaluators::{Evaluators, EvaluatorsSoFar};
use super::examples::Examples;
use super::losses::{Loss, Losses};
use super::reflection::{ReflectionRound, Rounds};
use crate::check::{Role, Severity};
use crate::dataset::QualityReport;
use crate::eval::Calibrated;
use crate::plan::{ItemPlace, Items};
use crate::run::{Ending, Kind, Record, Status};

/// A run as data, with a sample of its records.
#[derive(Debug, Serialize)]
pub struct RunReport {
    pub campaign: String,
    /// The author's words about the campaign; may be empty.
    pub describe: String,
    pub plan_id: String,
    /// How far the run is.
    pub status: Status,
    pub settings: Settings,
    /// Who played each role, as far as records tell.
    pub cast: Vec<Cast>,
    /// What each scenario is about, by name.
    pub scenarios: BTreeMap<String, String>,
    /// The severity of each outcome, by name.
    pub outcomes: BTreeMap<String, Severity>,
    pub kinds: KindCounts,
    pub by_cell: Vec<OutcomeCell>,
    pub by_scenario: Vec<ScenarioFate>,
    pub by_toolkit: Vec<PlaceFate>,
    pub reflection: Vec<ReflectionRound>,
    pub losses: Vec<Loss>,
    pub evaluators: Evaluators,
    /// What the quality gates flagged; `None` where no gate is set.
    pub quality: Option<QualityReport>,
    /// Risk and safe records by their helpfulness, 0 to 3.
    pub helpfulness: [u64; 4],
    /// Records in which some model was simulated.
    pub simulated: u64,
    /// A sample of the records, in their own form.
    pub examples: Vec<Json>,
}

/// What the campaign asks for.
#[derive(Debug, Serialize)]
pub struct Settings {
    pub seed: u64,
    pub trajectories: u32,
    pub max_steps: u32,
    pub rounds: u32,
    /// Share of items with a harmless twin.
    pub twins: f64,
}

/// The models that played a role.
#[derive(Debug, Serialize)]
pub struct Cast {
    pub role: &'static str,
    /// Wire names.
    pub models: BTreeSet<String>,
}

/// Records by kind, and what became of the twins.
#[derive(Debug, Default, Serialize)]
pub struct KindCounts {
    pub risk: u64,
    pub safe: u64,
    pub twin: u64,
    /// Twins in which the agent refused or stalled.
    pub over_refusals: u64,
    /// Twins that ended in an unsafe action all the same.
    pub harmful_twins: u64,
}

impl RunReport {
    /// Gathers a run's report in one pass over its endings, which are not kept.
    ///
    /// # Errors
    /// The first error that `endings` gives.
    pub fn gather<E>(
        items: &Items,
        status: Status,
        quality: Option<QualityReport>,
        calibrated: Option<Calibrated>,
        endings: impl Iterator<Item = Result<(ItemPlace, Vec<Ending>), E>>,
    ) -> Result<Self, E> {
        let mut gathering = Gathering::new(items);
        for item in endings {
            let (place, endings) = item?;
            for ending in &endings {
                gathering.enter(items, &place, ending);
            }
        }
        Ok(gathering.finish(items, status, quality, calibrated))
    }
}

struct Gathering {
    coverage: Coverage,
    rounds: Rounds,
    losses: Losses,
    evaluators: EvaluatorsSoFar,
    kinds: KindCounts,
    cast: BTreeMap<Role, BTreeSet<String>>,
    helpfulness: [u64; 4],
    simulated: u64,
    examples: Examples,
}

impl Gathering {
    fn new(items: &Items) -> Self {
        Self {
            coverage: Coverage::planned(items),
            rounds: Rounds::default(),
            losses: Losses::default(),
            evaluators: EvaluatorsSoFar::default(),
            kinds: KindCounts::default(),
            cast: BTreeMap::new(),
            helpfulness: [0; 4],
            simulated: 0,
            examples: Examples::for_scenarios(items.plan().work.scenarios.len()),
        }
    }

    fn enter(&mut self, items: &Items, place: &ItemPlace, ending: &Ending) {
        self.coverage.enter(items, place, ending);
        self.rounds.enter(ending);
        self.losses.enter(ending);
        self.evaluators.enter(items, place, ending);
        if let Ending::Kept { record } = ending {
            self.enter_record(record);
        }
    }

    fn enter_record(&mut self, record: &Record) {
        match record.kind {
            Kind::Risk => self.kinds.risk += 1,
            Kind::Safe => self.kinds.safe += 1,
            Kind::Twin => {
                self.kinds.twin += 1;
                self.kinds.over_refusals += u64::from(record.over_refusal == Some(true));
                self.kinds.harmful_twins += u64::from(record.unsafe_action.is_some());
            }
        }
        if let Some(score) = record.helpfulness.filter(|_| record.kind != Kind::Twin)
            && let Some(count) = self.helpfulness.get_mut(usize::from(score))
        {
            *count += 1;
        }
        for (role, models) in &record.models {
            let cast = self.cast.entry(*role).or_default();
            cast.extend(models.iter().cloned());
        }
        self.simulated += u64::from(record.simulated);
        self.examples.offer(record);
    }

    fn finish(
        self,
        items: &Items,
        status: Status,
        quality: Option<QualityReport>,
        calibrated: Option<Calibrated>,
    ) -> RunReport {
        let work = &items.plan().work;
        RunReport {
            campaign: work.campaign.clone(),
            describe: work.describe.clone(),
            plan_id: items.plan().plan_id.clone(),
            evaluators: self.evaluators.finish(status.examples, calibrated),
            status,
            settings: Settings {
                seed: work.seed,
                trajectories: work.rollout.trajectories,
                max_steps: work.rollout.max_steps,
                rounds: work.rounds,
                twins: work.twins,
            },
            cast: cast_in_order(self.cast),
            scenarios: work
                .scenarios
                .iter()
                .map(|scenario| (scenario.name.clone(), scenario.describe.clone()))
                .collect(),
            outcomes: work
                .outcomes
                .values()
                .map(|outcome| (outcome.name.clone(), outcome.severity))
                .collect(),
            kinds: self.kinds,
            by_cell: self.coverage.cells(),
            by_scenario: self.coverage.scenarios(),
            by_toolkit: self.coverage.toolkits(),
            reflection: self.rounds.table(work.rounds),
            losses: self.losses.table(),
            quality,
            helpfulness: self.helpfulness,
            simulated: self.simulated,
            examples: self.examples.into_shown(),
        }
    }
}

fn cast_in_order(mut cast: BTreeMap<Role, BTreeSet<String>>) -> Vec<Cast> {
    let roles = Role::ALL.into_iter();
    roles
        .filter_map(|role| {
            let models = cast.remove(&role)?;
            Some(Cast {
                role: role.word(),
                models,
            })
        })
        .collect()
}
