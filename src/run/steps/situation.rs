//! What a trajectory is about: an instruction, and the world that it meets.

use std::sync::Arc;

use crate::check::{Cell, ContextKind, InstructionKind};
use crate::plan::Scene;
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
}

impl Situation<'_> {
    /// Whether what the agent meets is out to harm.
    pub fn has_malicious_context(&self) -> bool {
        self.cell.context == ContextKind::Malicious
    }

    /// Whether the user is out to harm.
    pub fn has_malicious_instruction(&self) -> bool {
        self.cell.instruction == InstructionKind::Malicious
    }
}
