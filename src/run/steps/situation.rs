//! What a trajectory is about: an instruction, and the world that it meets.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::variables;
use crate::check::{Cell, ContextKind, InstructionKind};
use crate::model::JsonSchema;
use crate::plan::Scene;
use crate::prompt::PromptValue;
use crate::run::record::Step;
use crate::run::toolbox::Toolbox;

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
    /// The tools as models are told of them.
    pub toolbox: Arc<Toolbox>,
    pub memo: Memo,
}

/// What is told at every step, once it was made.
#[derive(Default)]
pub(in crate::run) struct Memo {
    /// The agent's prompt.
    pub agent_prompt: OnceLock<String>,
    /// The scene's outcomes, for prompts.
    pub outcomes: OnceLock<PromptValue>,
    /// Steps of its trajectories, for prompts.
    pub steps: Mutex<Vec<(Step, PromptValue)>>,
    /// The form of an evaluator's answer.
    pub verdict: OnceLock<JsonSchema>,
}

impl Situation<'_> {
    /// The scene's outcomes, for prompts.
    pub fn outcomes(&self) -> PromptValue {
        let outcomes = || PromptValue::shared(variables::outcomes(&self.scene.outcomes));
        self.memo.outcomes.get_or_init(outcomes).clone()
    }

    /// A history, for prompts: each of its steps stands in those of all steps after it.
    pub fn history(&self, steps: &[Step]) -> PromptValue {
        let memo = &self.memo.steps;
        let mut known = memo.lock().unwrap_or_else(PoisonError::into_inner);
        let mut shown = |step: &Step| match known.iter().find(|(one, _)| one == step) {
            Some((_, shown)) => shown.clone(),
            None => {
                let shown = PromptValue::shared(variables::step(step));
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
