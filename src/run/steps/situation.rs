//! What a trajectory is about: an instruction, and the world that it meets.

use std::sync::{Arc, OnceLock};

use serde_json::Value as Json;

use super::variables;
use crate::check::{Cell, ContextKind, InstructionKind};
use crate::plan::Scene;
use crate::prompt::PromptValue;
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
    /// The form of an evaluator's answer.
    pub verdict: OnceLock<Arc<Json>>,
}

impl Situation<'_> {
    /// The scene's outcomes, for prompts.
    pub fn outcomes(&self) -> PromptValue {
        let outcomes = || variables::outcomes(&self.scene.outcomes).into();
        self.memo.outcomes.get_or_init(outcomes).clone()
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
