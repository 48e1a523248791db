//! An item with everything its steps read: picks made, prose rendered, rules bound.

use std::sync::Arc;

use serde_json::Value as Json;

use crate::check::{Cell, Evaluate, Outcome, Persona, Rule, Severity, Tool, ToolKey, Toolkit};

/// Where an item stands in its plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemPlace {
    /// From 0, in the plan's order: by scenario, then row, then sample. Samples beyond those of the
    /// plan lie behind all of it.
    pub index: u64,
    /// Index into the plan's scenarios.
    pub scenario: usize,
    /// Index into the scenario's rows.
    pub row: usize,
    /// From 0.
    pub sample: u32,
}

/// The hash of an item's recipe: 32 hex digits.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(transparent)]
pub struct ItemId(pub String);

/// What an item's steps read.
#[derive(Debug, Clone)]
pub struct Scene {
    pub place: ItemPlace,
    pub id: ItemId,
    pub scenario: String,
    pub cell: Cell,
    /// The worst of its outcomes.
    pub severity: Severity,
    /// Axis and value, entities by name, in the axes' order.
    pub axes: serde_json::Map<String, Json>,
    pub outcomes: Vec<Outcome>,
    /// The first is primary.
    pub toolkits: Arc<[Toolkit]>,
    /// Every tool of the toolkits under the name that models are given.
    pub tools: Arc<[WireTool]>,
    /// Scenes of the same number have the same toolkits and tools; nothing is known of others.
    pub toolset: Option<usize>,
    pub persona: Persona,
    /// The author's prose for the instruction, rendered; the user's own words where `verbatim`.
    pub brief: String,
    pub verbatim: Option<VerbatimInstruction>,
    pub context: Option<String>,
    /// Name and value.
    pub planted: Vec<(String, String)>,
    pub trigger: Option<String>,
    /// Every operand is a literal.
    pub rules: Vec<Rule>,
    pub evaluate: Evaluate,
    pub safe: Option<String>,
    pub benign: Option<String>,
    /// Whether a harmless twin is made beside it.
    pub has_twin: bool,
}

/// What stands for the generator's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerbatimInstruction {
    pub expected: Vec<String>,
    pub risky: Vec<String>,
}

/// A tool as a scenario gives it to models.
#[derive(Debug, Clone, PartialEq)]
pub struct WireTool {
    /// `tool`, or `Toolkit_tool` where two toolkits of the scenario clash; `[A-Za-z0-9_-]{1,64}`.
    pub wire_name: String,
    pub key: ToolKey,
    /// The toolkit's name, for people.
    pub toolkit: String,
    pub tool: Tool,
}
