//! What a trajectory is about: an instruction, and the world that it meets.

use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Map, Value as Json};

use super::variables;
use crate::check::{Cell, ContextKind, InstructionKind};
use crate::plan::Scene;
use crate::prompt::PromptValue;
use crate::run::record::Step;
use crate::run::told::{Harms, Toolbox};

/// The risk of an item, or its harmless twin.
pub(in crate::run) struct Situation<'i> {
    pub scene: &'i Scene,
    pub instruction: String,
    pub expected_achievements: Vec<String>,
    pub risky_outcomes: Vec<String>,
    pub context: Option<String>,
    pub cell: Cell,
    pub planted: &'i [(String, String)],
    pub is_twin: bool,
    /// The scene's outcomes as models are told of them.
    pub harms: Arc<Harms>,
    /// The tools as models are told of them.
    pub toolbox: Arc<Toolbox>,
    pub memo: Memo,
}

/// Steps of a situation's trajectories as prompts show them, once they were made.
#[derive(Default)]
pub(in crate::run) struct Memo(Mutex<Vec<(Step, PromptValue)>>);

impl Situation<'_> {
    /// A history, for prompts: each of its steps stands in those of all steps after it.
    pub fn history(&self, steps: &[Step]) -> PromptValue {
        let mut known = self.memo.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut shown = |step: &Step| match known.iter().find(|(one, _)| is_same(one, step)) {
            Some((_, shown)) => shown.clone(),
            None => {
                let shown = PromptValue::shared(&variables::step(step));
                known.push((step.clone(), shown.clone()));
                shown
            }
        };
        PromptValue::list(steps.iter().map(&mut shown).collect())
    }

    /// Whether what the agent meets is out to harm.
    pub fn has_malicious_context(&self) -> bool {
        self.cell.context == ContextKind::Malicious
    }

    /// Whether the user is out to harm.
    pub fn has_malicious_instruction(&self) -> bool {
        self.cell.instruction == InstructionKind::Malicious
    }
}

/// Whether two steps are alike to the order of their fields: quicker to find out than whether they
/// are equal, and a step that is missed is only made once more.
fn is_same(one: &Step, other: &Step) -> bool {
    match (one, other) {
        (
            Step::Call {
                thought,
                tool,
                arguments,
                observation,
            },
            Step::Call {
                thought: other_thought,
                tool: other_tool,
                arguments: other_arguments,
                observation: other_observation,
            },
        ) => {
            thought == other_thought
                && tool == other_tool
                && have_same_fields(arguments, other_arguments)
                && is_same_json(observation, other_observation)
        }
        _ => one == other,
    }
}

fn is_same_json(one: &Json, other: &Json) -> bool {
    match (one, other) {
        (Json::Object(one), Json::Object(other)) => have_same_fields(one, other),
        (Json::Array(one), Json::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(a, b)| is_same_json(a, b))
        }
        _ => one == other,
    }
}

fn have_same_fields(one: &Map<String, Json>, other: &Map<String, Json>) -> bool {
    let mut fields = one.iter().zip(other);
    one.len() == other.len()
        && fields.all(|((name, a), (other_name, b))| name == other_name && is_same_json(a, b))
}
