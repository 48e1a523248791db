//! An evaluation: trials out of scenarios and models, and a report out of what came of them.

use std::fmt::Write as _;

use serde::Serialize;

use crate::plan::Plan;
use crate::run::{
    Defence, Moment, Step, Task, Trial, TrialOutcome, TrialsOutcome, in_billionths, total_usd,
};

use super::compare::{Sheet, compare};
use super::confusion::Confusion;
use super::lineup::{Contestant, Lineup};
use super::report::{EVAL_FORMAT, Entrant, EvalReport};
use super::results::{
    Played, answers, breakdown, helpfulness, mean_rounds, over_refusal, safe_and_helpful, sec,
};
use super::scenario::{Scenario, ScenarioKind, Scenarios};

/// What is asked of each model.
#[derive(Debug, Clone)]
pub struct EvaluationOptions {
    /// How the scenarios are called in the report.
    pub source: String,
    /// Each model is evaluated behind each of them. Never empty.
    pub defences: Vec<Defence>,
    /// The k of sec@k, rising; none is above `samples`.
    pub k: Vec<u32>,
    /// Samples of each scenario.
    pub samples: u32,
    /// Only so many risk scenarios, and twins: those whose ids have the lowest hashes.
    pub limit: Option<u64>,
    /// How the evaluator was found to judge, where that was measured.
    pub measured: Option<Confusion>,
}

/// An evaluation that is ready to be carried out.
pub struct Evaluation {
    options: EvaluationOptions,
    scenarios: Scenarios,
    contestants: Vec<Contestant>,
    evaluators: Vec<String>,
    /// Without scenarios; its id names the evaluation.
    pub plan: Plan,
    /// All entrants of the first risk scenario, then of the second, …, then those of the twins.
    pub trials: Vec<Trial>,
}

impl Evaluation {
    /// Every model behind every defence on every scenario.
    pub fn new(mut scenarios: Scenarios, lineup: Lineup, options: EvaluationOptions) -> Self {
        if let Some(limit) = options.limit {
            keep_lowest(&mut scenarios.risks, limit);
            keep_lowest(&mut scenarios.twins, limit);
        }
        let mut plan = lineup.plan;
        let trials = trials(&scenarios, &lineup.contestants, &options, plan.work.seed);
        plan.plan_id = id_of(&plan, &trials);
        Self {
            evaluators: lineup
                .evaluators
                .into_iter()
                .map(|it| it.wire_name)
                .collect(),
            contestants: lineup.contestants,
            options,
            scenarios,
            plan,
            trials,
        }
    }

    /// What the trials came to.
    pub fn report(&self, outcome: &TrialsOutcome) -> EvalReport {
        let sheets: Vec<Sheet<'_>> = (0..self.entrants())
            .map(|entrant| self.sheet(&outcome.outcomes, entrant))
            .collect();
        EvalReport {
            format: EVAL_FORMAT.to_owned(),
            id: self.plan.plan_id.clone(),
            source: self.options.source.clone(),
            kind: self.scenarios.kind,
            risk_scenarios: self.scenarios.risks.len() as u64,
            twins: self.scenarios.twins.len() as u64,
            left_out: self.scenarios.left_out.clone(),
            samples: self.options.samples,
            k: self.options.k.clone(),
            evaluators: self.evaluators.clone(),
            evaluator_measured: self.options.measured,
            whole: outcome.outcomes.iter().all(Option::is_some),
            simulated: outcome.outcomes.iter().flatten().any(|it| it.simulated),
            entrants: (0..self.entrants())
                .map(|entrant| self.entrant(&sheets[entrant], entrant, &outcome.outcomes))
                .collect(),
            comparisons: compare(&sheets, &self.options.k),
            calls: outcome.summary.calls,
            tokens: outcome.summary.usage.total(),
            usd: in_billionths(outcome.summary.usd),
        }
    }

    /// Every trial that was carried out, one JSON object a line, in their order.
    pub fn trial_lines(&self, outcomes: &[Option<TrialOutcome>]) -> String {
        let mut text = String::new();
        for (index, outcome) in outcomes.iter().enumerate() {
            let Some(outcome) = outcome else { continue };
            let (scenario, entrant) = self.place(index);
            let line = TrialLine {
                scenario: &scenario.id,
                twin: scenario.moment.is_twin,
                model: &self.contestant(entrant).name,
                defence: self.defence(entrant),
                outcome,
            };
            let line = serde_json::to_string(&line).expect("outcomes are plain JSON");
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{line}");
        }
        text
    }

    pub(super) fn entrants(&self) -> usize {
        self.contestants.len() * self.options.defences.len()
    }

    fn contestant(&self, entrant: usize) -> &Contestant {
        &self.contestants[entrant / self.options.defences.len()]
    }

    pub(super) fn defence(&self, entrant: usize) -> Defence {
        self.options.defences[entrant % self.options.defences.len()]
    }

    /// Samples of each risk scenario.
    pub(super) fn samples(&self) -> u32 {
        self.options.samples
    }

    /// Every scenario, with what came of it for each entrant.
    pub(super) fn played<'e>(&'e self, outcomes: &'e [Option<TrialOutcome>]) -> Vec<Scene<'e>> {
        let scenarios = self.scenarios.risks.iter().chain(&self.scenarios.twins);
        let of_each = outcomes.chunks(self.entrants().max(1));
        scenarios
            .zip(of_each)
            .map(|(scenario, outcomes)| Scene {
                scenario,
                outcomes: outcomes.iter().map(Option::as_ref).collect(),
            })
            .collect()
    }

    /// The scenario and the entrant of a trial.
    fn place(&self, trial: usize) -> (&Scenario, usize) {
        let place = trial / self.entrants();
        let risks = self.scenarios.risks.len();
        let scenario = match place < risks {
            true => &self.scenarios.risks[place],
            false => &self.scenarios.twins[place - risks],
        };
        (scenario, trial % self.entrants())
    }

    fn sheet<'r>(&'r self, outcomes: &'r [Option<TrialOutcome>], entrant: usize) -> Sheet<'r> {
        let result = |place: usize, scenario: &'r Scenario, samples| {
            let outcome = outcomes.get(place * self.entrants() + entrant)?.as_ref()?;
            Some(Played {
                scenario,
                outcome,
                samples,
            })
        };
        let risks = self.scenarios.risks.iter().enumerate();
        let twins = self.scenarios.twins.iter().enumerate();
        let before = self.scenarios.risks.len();
        Sheet {
            risks: risks
                .map(|(place, scenario)| result(place, scenario, self.options.samples))
                .collect(),
            twins: twins
                .map(|(place, scenario)| result(before + place, scenario, 1))
                .collect(),
        }
    }

    fn entrant(
        &self,
        sheet: &Sheet<'_>,
        entrant: usize,
        outcomes: &[Option<TrialOutcome>],
    ) -> Entrant {
        let contestant = self.contestant(entrant);
        let risks: Vec<_> = sheet.risks.iter().flatten().map(copy).collect();
        let twins: Vec<_> = sheet.twins.iter().flatten().map(copy).collect();
        let all: Vec<_> = risks.iter().collect();
        let ks = &self.options.k;
        let own = outcomes.iter().skip(entrant).step_by(self.entrants());
        let own: Vec<_> = own.flatten().collect();
        Entrant {
            model: contestant.name.clone(),
            wire_name: contestant.wire_name.clone(),
            defence: self.defence(entrant),
            sec: ks
                .iter()
                .filter_map(|k| sec(&all, *k, self.options.measured.as_ref()))
                .collect(),
            answers: answers(&risks),
            helpfulness: helpfulness(&risks),
            safe_and_helpful: safe_and_helpful(&risks),
            over_refusal: over_refusal(&twins),
            rounds: mean_rounds(&risks),
            by: breakdown(&risks, ks),
            tokens: own.iter().map(|outcome| outcome.usage.total()).sum(),
            usd: in_billionths(total_usd(own.iter().map(|outcome| outcome.usd))),
        }
    }
}

/// A scenario with what came of it for each entrant.
pub(super) struct Scene<'e> {
    pub scenario: &'e Scenario,
    pub outcomes: Vec<Option<&'e TrialOutcome>>,
}

fn copy<'r>(result: &Played<'r>) -> Played<'r> {
    Played { ..*result }
}

#[derive(Serialize)]
struct TrialLine<'l> {
    scenario: &'l str,
    twin: bool,
    model: &'l str,
    defence: Defence,
    #[serde(flatten)]
    outcome: &'l TrialOutcome,
}

/// A fair sample that stays the same, and of which a smaller one is a part.
fn keep_lowest(scenarios: &mut Vec<Scenario>, limit: u64) {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    if scenarios.len() <= limit {
        return;
    }
    let rank = |scenario: &Scenario| *blake3::hash(scenario.id.as_bytes()).as_bytes();
    let mut ranks: Vec<_> = scenarios.iter().map(rank).collect();
    ranks.sort_unstable();
    let bound = ranks[limit.min(ranks.len() - 1)];
    scenarios.retain(|scenario| rank(scenario) < bound);
}

fn trials(
    scenarios: &Scenarios,
    contestants: &[Contestant],
    options: &EvaluationOptions,
    seed: u64,
) -> Vec<Trial> {
    let all = scenarios.risks.iter().chain(&scenarios.twins);
    let mut trials = Vec::new();
    for scenario in all {
        let digest = digest(scenario);
        for contestant in contestants {
            for defence in &options.defences {
                let task = task(scenarios.kind, scenario, contestant, *defence, options);
                trials.push(Trial {
                    id: trial_id(&digest, contestant, *defence, seed),
                    moment: scenario.moment.clone(),
                    task,
                });
            }
        }
    }
    trials
}

fn task(
    kind: ScenarioKind,
    scenario: &Scenario,
    contestant: &Contestant,
    defence: Defence,
    options: &EvaluationOptions,
) -> Task {
    let agent = contestant.seat.clone();
    let samples = options.samples;
    match kind {
        _ if scenario.moment.is_twin => Task::Twin { agent, defence },
        ScenarioKind::NextAction => Task::NextAction {
            agent,
            defence,
            samples,
        },
        ScenarioKind::Rollout => Task::Rollout {
            agent,
            defence,
            samples,
        },
    }
}

/// The hash of what a scenario is, for seeds and for the evaluation's id.
fn digest(scenario: &Scenario) -> String {
    let moment: &Moment = &scenario.moment;
    let scene = &moment.scene;
    let tools: Vec<_> = scene
        .tools
        .iter()
        .map(|tool| (&tool.wire_name, &tool.tool))
        .collect();
    let steps: &Vec<Step> = &moment.steps;
    let parts = serde_json::json!([
        scenario.id,
        moment.instruction,
        moment.expected_achievements,
        moment.risky_outcomes,
        moment.is_twin,
        steps,
        tools,
        scene.outcomes,
        scene.trigger,
        scene.safe,
        scene.rules,
        scene.evaluate,
        scene.context,
    ]);
    blake3::hash(parts.to_string().as_bytes())
        .to_hex()
        .to_string()
}

fn trial_id(digest: &str, contestant: &Contestant, defence: Defence, seed: u64) -> String {
    let name = format!(
        "trial {seed} {digest} {} {}",
        contestant.name,
        defence.word()
    );
    blake3::hash(name.as_bytes()).to_hex()[..32].to_owned()
}

/// The hash of the models, roles and prompts, and of every trial.
fn id_of(plan: &Plan, trials: &[Trial]) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(b"autosafe.eval/1\0");
    hasher.update(plan.plan_id.as_bytes());
    for trial in trials {
        let samples = match &trial.task {
            Task::NextAction { samples, .. } | Task::Rollout { samples, .. } => *samples,
            Task::Twin { .. } | Task::Judgement { .. } => 1,
        };
        hasher.update(trial.id.as_bytes());
        hasher.update(&samples.to_le_bytes());
    }
    hasher.finalize().to_hex().to_string()
}
