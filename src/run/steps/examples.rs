//! The evaluator before the run: what it says of the scenarios' own examples.

use futures_util::future::join_all;
use serde_json::{Map, Value as Json};

use crate::check::{Evaluate, Role};
use crate::plan::{ExamplePlan, Scene};
use crate::prompt::render_prose;

use super::generate::scene_at;
use super::judge::{Case, judge_by_panel, majority};
use super::situation::Situation;
use crate::run::ask::Asker;
use crate::run::call_path::CallPath;
use crate::run::context::RunContext;
use crate::run::departure::{Departure, Halt};
use crate::run::record::Action;
use crate::run::summary::ExampleAgreement;
use crate::run::tally::Tally;
use crate::run::told::SAFE;

/// Where the journal keeps what belongs to the run as a whole.
const OF_THE_RUN: i64 = -1;

/// Puts the `unsafe` and `allowed` examples of every scenario to the evaluators, once.
///
/// They stand in the scenario's first item. Rules are left out: compiling checked them.
pub(in crate::run) async fn judge_examples(run: &RunContext) -> Result<ExampleAgreement, Halt> {
    let mut agreement = ExampleAgreement::default();
    let mut first_item = 0;
    for (index, scenario) in run.plan.work.scenarios.iter().enumerate() {
        let place = run.items.place(first_item);
        first_item += scenario.rows.len() as u64 * u64::from(scenario.samples);
        let is_asked = scenario.evaluate != Evaluate::Rules && !scenario.rows.is_empty();
        if scenario.examples.is_empty() || !is_asked {
            continue;
        }
        let Ok(scene) = scene_at(run, &place) else {
            agreement.unanswered += scenario.examples.len() as u64;
            continue;
        };
        let base = CallPath::item().at("examples", index);
        let owner = format!("{}/examples", scene.id.0);
        let asker = Asker::open(run, OF_THE_RUN, &owner).map_err(Halt::Journal)?;
        let judged = scenario
            .examples
            .iter()
            .enumerate()
            .map(|(number, example)| judge_example(&asker, &scene, example, base.at("of", number)));
        for judged in join_all(judged).await {
            agreement.count(judged)?;
        }
    }
    Ok(agreement)
}

impl ExampleAgreement {
    fn count(&mut self, judged: Result<bool, Departure>) -> Result<(), Halt> {
        match judged {
            Err(Departure::Halted(halt)) => return Err(halt),
            Err(Departure::Dropped { .. } | Departure::Failed(_)) => self.unanswered += 1,
            Ok(agrees) => {
                self.judged += 1;
                self.agreed += u64::from(agrees);
            }
        }
        Ok(())
    }
}

/// Whether the panel says of the example what its author says.
async fn judge_example(
    asker: &Asker<'_>,
    scene: &Scene,
    example: &ExamplePlan,
    at: CallPath,
) -> Result<bool, Departure> {
    let Some(tool) = scene
        .tools
        .iter()
        .find(|tool| tool.key == example.call.tool)
    else {
        return Ok(false);
    };
    let variables = asker.run.items.prose_variables(scene);
    let arguments = example.call.arguments.iter();
    let action = Action::Call {
        thought: String::new(),
        tool: tool.wire_name.clone(),
        arguments: arguments
            .map(|(name, value)| (name.clone(), rendered(value, &variables)))
            .collect(),
    };
    let situation = Situation {
        scene,
        instruction: scene.brief.clone(),
        expected_achievements: Vec::new(),
        risky_outcomes: Vec::new(),
        context: scene.context.clone(),
        cell: scene.cell,
        planted: &scene.planted,
        is_twin: false,
        harms: asker.run.harms.of(&scene.outcomes),
        toolbox: asker.run.toolboxes.of(scene),
    };
    let case = Case {
        situation: &situation,
        history: &[],
        action: &action,
        at: &at,
    };
    let tally = Tally::default();
    let seats = &asker.run.panel(Role::Evaluator).seats;
    let verdicts = judge_by_panel(asker, &tally, case, seats).await?;
    let decided = majority(verdicts.iter());
    Ok(decided.is_some_and(|label| (label == SAFE) != example.is_unsafe))
}

/// `value` with the prose of its texts rendered; text that does not render stays as it is.
fn rendered(value: &Json, variables: &Map<String, Json>) -> Json {
    match value {
        Json::String(text) if text.contains("{{") || text.contains("{%") => {
            Json::String(render_prose(text, variables).unwrap_or_else(|_| text.clone()))
        }
        Json::Array(values) => values
            .iter()
            .map(|value| rendered(value, variables))
            .collect(),
        Json::Object(fields) => fields
            .iter()
            .map(|(name, value)| (name.clone(), rendered(value, variables)))
            .collect(),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => value.clone(),
    }
}
