//! A campaign of a checked program as a plan: rows made, and only what is used.

use std::collections::{BTreeMap, BTreeSet};

use super::document::{
    ContextPlan, Coverage, ExamplePlan, InstructionPlan, Pick, Plan, PlannedAxis, ScenarioPlan,
    Settings, VerbatimPlan, Work,
};
use super::estimate::estimate;
use super::rows;
use super::split_groups;
use crate::check::{
    Campaign, Choice, Key, Program, Role, Scenario, Source, ToolKey, Value, Verbatim,
};
use crate::diagnostic::Diagnostic;
use crate::prompt::builtin_prompts;

/// The plan of `campaign`, and what is wrong with rows, covers and splits.
///
/// A scenario with an error has no rows in the plan, which is not to be run then.
pub fn lower(program: &Program, campaign: &Campaign) -> (Plan, Vec<Diagnostic>) {
    let scenarios = scenarios_of(program, campaign);
    let mut diagnostics = Vec::new();
    let mut planned = Vec::new();
    let mut coverage = Vec::new();
    for scenario in &scenarios {
        let (rows, problems) = rows::rows(scenario, campaign.seed);
        diagnostics.extend(problems);
        let (rows, covered) = match rows {
            Some(rows) => (rows.rows, rows.coverage),
            None => (Vec::new(), Coverage::none()),
        };
        planned.push(lower_scenario(scenario, rows));
        coverage.push(covered);
    }
    diagnostics.extend(split_groups::check(campaign, &scenarios));
    let used = Used::by(campaign, &scenarios);
    let work = lower_work(program, campaign, planned, &used);
    let models = chosen(&program.models, &used.models, |model| model.access.clone());
    let settings = Settings {
        budget: campaign.budget,
        quality: campaign.quality.clone(),
        calibrate: campaign.calibrate.clone(),
        exports: campaign.exports.clone(),
        estimate: estimate(&work, campaign.calibrate.as_ref(), &models),
        models,
        coverage,
        sources: program.sources.clone(),
    };
    (Plan::new(work, settings), diagnostics)
}

/// What is wrong with the rows and covers of every scenario, and the splits of every campaign.
pub fn check_rows(program: &Program) -> Vec<Diagnostic> {
    let scenarios = program.scenarios.iter().flat_map(rows::check);
    let campaigns = program
        .campaigns
        .iter()
        .flat_map(|campaign| split_groups::check(campaign, &scenarios_of(program, campaign)));
    scenarios.chain(campaigns).collect()
}

fn scenarios_of<'a>(program: &'a Program, campaign: &Campaign) -> Vec<&'a Scenario> {
    let indices = campaign.scenarios.iter();
    indices
        .filter_map(|&index| program.scenarios.get(index))
        .collect()
}

fn lower_work(
    program: &Program,
    campaign: &Campaign,
    scenarios: Vec<ScenarioPlan>,
    used: &Used,
) -> Work {
    let mut prompts = builtin_prompts();
    for (role, text) in &campaign.prompts {
        prompts.insert(role.word().to_owned(), text.clone());
    }
    Work {
        campaign: campaign.name.clone(),
        describe: campaign.describe.clone(),
        seed: campaign.seed,
        twins: campaign.twins,
        rollout: campaign.rollout,
        rounds: campaign.rounds,
        split: campaign.split,
        toolkits: chosen(&program.toolkits, &used.toolkits, Clone::clone),
        outcomes: chosen(&program.outcomes, &used.outcomes, Clone::clone),
        personas: chosen(&program.personas, &used.personas, Clone::clone),
        models: chosen(&program.models, &used.models, |model| {
            model.identity.clone()
        }),
        roles: campaign.roles.clone(),
        prompts,
        scenarios,
    }
}

fn chosen<T, U>(
    all: &BTreeMap<Key, T>,
    used: &BTreeSet<Key>,
    part: impl Fn(&T) -> U,
) -> BTreeMap<Key, U> {
    all.iter()
        .filter(|(key, _)| used.contains(*key))
        .map(|(key, value)| (key.clone(), part(value)))
        .collect()
}

fn lower_scenario(scenario: &Scenario, rows: Vec<Vec<u32>>) -> ScenarioPlan {
    ScenarioPlan {
        name: scenario.name.clone(),
        describe: scenario.describe.clone(),
        outcomes: lower_choice(&scenario.outcomes),
        toolkits: lower_choice(&scenario.toolkits),
        persona: lower_source(&scenario.persona),
        axes: scenario
            .axes
            .iter()
            .map(|axis| PlannedAxis {
                name: axis.name.clone(),
                values: axis
                    .values
                    .iter()
                    .map(|value| value.value.clone())
                    .collect(),
            })
            .collect(),
        rows,
        samples: scenario.samples,
        instructions: scenario
            .instructions
            .iter()
            .map(|instruction| InstructionPlan {
                kind: instruction.kind,
                text: instruction.text.clone(),
                verbatim: instruction.verbatim.as_ref().map(lower_verbatim),
            })
            .collect(),
        contexts: scenario
            .contexts
            .iter()
            .map(|context| ContextPlan {
                kind: context.kind,
                text: context.text.clone(),
            })
            .collect(),
        plants: scenario.plants.clone(),
        trigger: scenario.trigger.clone(),
        rules: scenario.rules.clone(),
        evaluate: scenario.evaluate,
        examples: scenario
            .examples
            .iter()
            .map(|example| ExamplePlan {
                is_unsafe: example.is_unsafe,
                call: example.call.clone(),
            })
            .collect(),
        safe: scenario.safe.clone(),
        benign: scenario.benign.clone(),
        parameters: scenario.parameters.clone(),
    }
}

fn lower_verbatim(verbatim: &Verbatim) -> VerbatimPlan {
    VerbatimPlan {
        expected: verbatim.expected.clone(),
        risky: verbatim.risky.clone(),
    }
}

fn lower_choice(choice: &Choice) -> Vec<Pick> {
    choice.parts.iter().map(lower_source).collect()
}

fn lower_source(source: &Source) -> Pick {
    match source {
        Source::Fixed(key) => Pick::Fixed(key.clone()),
        Source::Axis(axis) => Pick::Axis(axis.clone()),
    }
}

/// The declarations that a campaign's scenarios and roles lead to.
#[derive(Default)]
struct Used {
    toolkits: BTreeSet<Key>,
    outcomes: BTreeSet<Key>,
    personas: BTreeSet<Key>,
    models: BTreeSet<Key>,
}

impl Used {
    fn by(campaign: &Campaign, scenarios: &[&Scenario]) -> Self {
        let mut used = Self::default();
        for scenario in scenarios {
            used.add_scenario(scenario);
        }
        for role in Role::ALL {
            let seats = campaign.roles.get(&role).into_iter().flat_map(|p| &p.seats);
            let players = seats.flat_map(|seat| &seat.models);
            used.models
                .extend(players.map(|player| player.model.clone()));
        }
        used
    }

    fn add_scenario(&mut self, scenario: &Scenario) {
        self.outcomes.extend(fixed(&scenario.outcomes.parts));
        self.toolkits.extend(fixed(&scenario.toolkits.parts));
        self.personas
            .extend(fixed(std::slice::from_ref(&scenario.persona)));
        let axes = scenario.axes.iter().flat_map(|axis| &axis.values);
        axes.map(|value| &value.value)
            .chain(scenario.parameters.values())
            .for_each(|value| self.add_value(value));
    }

    fn add_value(&mut self, value: &Value) {
        match value {
            Value::Toolkit(key) | Value::Tool(ToolKey { toolkit: key, .. }) => {
                self.toolkits.insert(key.clone());
            }
            Value::Outcome(key) => {
                self.outcomes.insert(key.clone());
            }
            Value::Persona(key) => {
                self.personas.insert(key.clone());
            }
            Value::Model(key) => {
                self.models.insert(key.clone());
            }
            Value::List(values) => values.iter().for_each(|value| self.add_value(value)),
            Value::Text(_) | Value::Int(_) | Value::Float(_) | Value::Bool(_) => {}
        }
    }
}

fn fixed(parts: &[Source]) -> impl Iterator<Item = Key> + '_ {
    parts.iter().filter_map(|part| match part {
        Source::Fixed(key) => Some(key.clone()),
        Source::Axis(_) => None,
    })
}
