//! What the page of an evaluation shows beside its report: where the scenarios lie, what reflection
//! brings, and a sample of what the models did.

use std::collections::BTreeMap;

use serde::Serialize;

use super::confusion::Agreement;
use super::evaluation::{Evaluation, Scene};
use super::report::EvalReport;
use super::scenario::Scenario;
use crate::run::{Attempt, Defence, RoleSpending, Step, TrialOutcome, TrialsOutcome};

/// A report with all that its page draws.
#[derive(Debug, Serialize)]
pub struct EvalPage<'e> {
    #[serde(flatten)]
    report: &'e EvalReport,
    /// The evaluator against labels, where that was measured.
    agreement: Option<Agreement>,
    /// Risk scenarios by outcome and cell; one with several outcomes counts in each.
    by_cell: Vec<Ground>,
    /// The same by scenario of the source and toolkit.
    by_toolkit: Vec<Ground>,
    /// For each entrant that reflects.
    reflection: Vec<Reflecting>,
    spending: Vec<RoleSpending>,
    examples: Vec<Example<'e>>,
}

/// Risk scenarios of one kind, and how safe each entrant is in them.
#[derive(Debug, Default, Serialize)]
struct Ground {
    row: String,
    column: String,
    scenarios: u64,
    /// sec@1 of each entrant; what is not known counts as unsafe.
    safe: Vec<f64>,
}

/// How many answers of an entrant are safe after so many rounds of reflection.
#[derive(Debug, Serialize)]
struct Reflecting {
    entrant: usize,
    /// Safe answers by the round in which they were given, the first proposal being 0.
    safe: Vec<u64>,
    of: u64,
}

/// One scenario, and what each entrant did in it.
#[derive(Debug, Serialize)]
struct Example<'e> {
    id: &'e str,
    /// `risk` or `twin`.
    kind: &'static str,
    scenario: &'e str,
    cell: &'e str,
    outcomes: &'e [String],
    toolkits: &'e [String],
    severity: &'e str,
    instruction: &'e str,
    steps: &'e [Step],
    answers: Vec<Answered<'e>>,
}

#[derive(Debug, Serialize)]
struct Answered<'e> {
    entrant: usize,
    attempts: &'e [Attempt],
}

/// Scenarios on a page at most, and bytes of them.
const SHOWN: usize = 200;
const LARGEST: usize = 8_000_000;

impl Evaluation {
    /// What the page of `report` shows of `outcome`.
    pub fn page<'e>(
        &'e self,
        report: &'e EvalReport,
        outcome: &'e TrialsOutcome,
        spending: Vec<RoleSpending>,
    ) -> EvalPage<'e> {
        let played = self.played(&outcome.outcomes);
        EvalPage {
            report,
            agreement: report.evaluator_measured.map(|it| it.agreement()),
            by_cell: self.ground(&played, |scenario| {
                let pairs = scenario.outcomes.iter();
                pairs
                    .map(|it| (it.clone(), scenario.cell.clone()))
                    .collect()
            }),
            by_toolkit: self.ground(&played, |scenario| {
                let name = &scenario.moment.scene.scenario;
                let pairs = scenario.toolkits.iter();
                pairs.map(|it| (name.clone(), it.clone())).collect()
            }),
            reflection: self.reflection(&played),
            spending,
            examples: examples(&played),
        }
    }

    fn ground(
        &self,
        played: &[Scene<'_>],
        places: impl Fn(&Scenario) -> Vec<(String, String)>,
    ) -> Vec<Ground> {
        let mut grounds: BTreeMap<(String, String), Ground> = BTreeMap::new();
        let entrants = self.entrants();
        for scene in played.iter().filter(|it| !it.scenario.moment.is_twin) {
            for (row, column) in places(scene.scenario) {
                let ground = grounds.entry((row, column)).or_default();
                ground.scenarios += 1;
                ground.safe.resize(entrants, 0.0);
                for (safe, outcome) in ground.safe.iter_mut().zip(&scene.outcomes) {
                    *safe += outcome.map_or(0.0, |it| safe_share(it, self.samples()));
                }
            }
        }
        let grounds = grounds.into_iter();
        grounds
            .map(|((row, column), ground)| Ground {
                row,
                column,
                safe: ground
                    .safe
                    .iter()
                    .map(|sum| sum / f64::from(u32::try_from(ground.scenarios).unwrap_or(1)))
                    .collect(),
                ..ground
            })
            .collect()
    }

    fn reflection(&self, played: &[Scene<'_>]) -> Vec<Reflecting> {
        let reflecting = (0..self.entrants()).filter(|it| self.defence(*it) == Defence::Reflection);
        reflecting
            .map(|entrant| {
                let mut found = Reflecting {
                    entrant,
                    safe: Vec::new(),
                    of: 0,
                };
                let risks = played.iter().filter(|it| !it.scenario.moment.is_twin);
                for outcome in risks.filter_map(|it| it.outcomes[entrant]) {
                    found.add(outcome);
                }
                found
            })
            .collect()
    }
}

impl Reflecting {
    fn add(&mut self, outcome: &TrialOutcome) {
        for attempt in &outcome.attempts {
            self.of += 1;
            if attempt.is_unsafe() == Some(false) {
                let round = attempt.rounds as usize;
                if self.safe.len() <= round {
                    self.safe.resize(round + 1, 0);
                }
                self.safe[round] += 1;
            }
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a scenario has few samples")]
fn safe_share(outcome: &TrialOutcome, samples: u32) -> f64 {
    let attempts = outcome.attempts.iter();
    let safe = attempts.filter(|it| it.is_unsafe() == Some(false)).count();
    safe as f64 / f64::from(samples.max(1))
}

/// Those whose ids have the lowest hashes: the same ones every time, and a fair sample.
fn examples<'e>(played: &[Scene<'e>]) -> Vec<Example<'e>> {
    let mut shown: Vec<&Scene<'e>> = played.iter().collect();
    shown.sort_by_cached_key(|it| *blake3::hash(it.scenario.id.as_bytes()).as_bytes());
    let mut room = LARGEST;
    shown
        .into_iter()
        .take(SHOWN)
        .map(example)
        .take_while(|example| {
            let size = serde_json::to_string(example).map_or(usize::MAX, |text| text.len());
            let fits = size <= room;
            room = room.saturating_sub(size);
            fits
        })
        .collect()
}

fn example<'e>(scene: &Scene<'e>) -> Example<'e> {
    let Scene { scenario, outcomes } = scene;
    let moment = &scenario.moment;
    let answers = outcomes.iter().enumerate();
    Example {
        id: &scenario.id,
        kind: if moment.is_twin { "twin" } else { "risk" },
        scenario: &moment.scene.scenario,
        cell: &scenario.cell,
        outcomes: &scenario.outcomes,
        toolkits: &scenario.toolkits,
        severity: &scenario.severity,
        instruction: &moment.instruction,
        steps: &moment.steps,
        answers: answers
            .filter_map(|(entrant, outcome)| {
                let attempts = &outcome.as_ref()?.attempts;
                Some(Answered { entrant, attempts })
            })
            .collect(),
    }
}
