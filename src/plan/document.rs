//! The plan as a document: format `autosafe.plan/1`, the only thing between compiler and executor.
//!
//! It has two halves. [`Work`] decides what a run writes, and `plan_id` is its hash; [`Settings`]
//! decide when, where and at what price, and may change between two lives of a run.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::check::{
    Budget, Calibrate, ContextKind, Evaluate, Export, InstructionKind, Key, ModelAccess,
    ModelIdentity, Outcome, Panel, Persona, Plant, Quality, Role, Rollout, Rule, Split, ToolCall,
    Toolkit, Value,
};

/// The name of the format, with its version.
pub const FORMAT: &str = "autosafe.plan/1";

/// Everything that a run needs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    pub format: String,
    /// Hash of `work`, in hex.
    pub plan_id: String,
    pub work: Work,
    pub settings: Settings,
}

/// What decides every byte of the dataset.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Work {
    pub campaign: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub describe: String,
    pub seed: u64,
    /// Share of items that get a harmless twin, from 0 to 1.
    pub twins: f64,
    pub rollout: Rollout,
    /// Rounds of reflection.
    pub rounds: u32,
    pub split: Split,
    pub toolkits: BTreeMap<Key, Toolkit>,
    pub outcomes: BTreeMap<Key, Outcome>,
    pub personas: BTreeMap<Key, Persona>,
    pub models: BTreeMap<Key, ModelIdentity>,
    pub roles: BTreeMap<Role, Panel>,
    /// The texts of all prompts that are used, built-in ones too, by role or task.
    pub prompts: BTreeMap<String, String>,
    pub scenarios: Vec<ScenarioPlan>,
}

/// A scenario, with its constraints turned into rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScenarioPlan {
    pub name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub describe: String,
    pub outcomes: Vec<Pick>,
    pub toolkits: Vec<Pick>,
    pub persona: Pick,
    pub axes: Vec<PlannedAxis>,
    /// For each row the index of its value on each axis. A scenario without axes has one empty row.
    pub rows: Vec<Vec<u32>>,
    pub samples: u32,
    pub instructions: Vec<InstructionPlan>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contexts: Vec<ContextPlan>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub plants: Vec<Plant>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trigger: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<Rule>,
    pub evaluate: Evaluate,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub examples: Vec<ExamplePlan>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub safe: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub benign: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub parameters: BTreeMap<String, Value>,
}

/// One entity, or the axis whose value it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pick {
    Fixed(Key),
    Axis(String),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlannedAxis {
    pub name: String,
    pub values: Vec<Value>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InstructionPlan {
    pub kind: InstructionKind,
    /// Prose: a template over the item's variables.
    pub text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verbatim: Option<VerbatimPlan>,
}

/// What stands for a generator's words where the instruction is the user's own. Prose.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct VerbatimPlan {
    pub expected: Vec<String>,
    pub risky: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ContextPlan {
    pub kind: ContextKind,
    /// Prose.
    pub text: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExamplePlan {
    pub is_unsafe: bool,
    pub call: ToolCall,
}

/// What may change between two lives of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    pub budget: Budget,
    #[serde(default, skip_serializing_if = "Quality::is_off")]
    pub quality: Quality,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calibrate: Option<Calibrate>,
    pub exports: Vec<Export>,
    pub models: BTreeMap<Key, ModelAccess>,
    pub estimate: Estimate,
    /// Of each scenario of the work, in its order: for people.
    pub coverage: Vec<Coverage>,
    /// BLAKE3 of each source file, by its name.
    pub sources: BTreeMap<String, String>,
}

/// How many rows there could be, and what the planned ones cover.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Coverage {
    /// Exactly, in decimal: it may be larger than any integer type.
    pub feasible_rows: String,
    /// Values combined at once: 2 for pairwise; 0 for `all` and `sample`.
    pub strength: u32,
    /// Combinations of values that the constraints allow, and how many of them rows cover.
    pub feasible: u64,
    pub covered: u64,
    /// What is covered beyond that, of some axes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub over: Option<CoverageOver>,
    /// Combinations of as many values or fewer that no allowed row has, smallest parts only.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub infeasible_count: u64,
    /// The first hundred of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub infeasible: Vec<Infeasible>,
}

impl Coverage {
    /// That of no rows.
    pub(super) fn none() -> Self {
        Self {
            feasible_rows: "0".to_owned(),
            ..Self::default()
        }
    }
}

/// Combinations of more axes than elsewhere: `wise(3) over [a, b, c]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CoverageOver {
    pub axes: Vec<String>,
    pub strength: u32,
    pub feasible: u64,
    pub covered: u64,
}

/// Values that no allowed row has together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Infeasible {
    pub values: Vec<PlannedValue>,
    /// The constraints that rule them out together, as they are written; empty where to find them
    /// would take too long.
    pub because: Vec<String>,
}

/// A value of an axis.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlannedValue {
    pub axis: String,
    pub value: Value,
}

fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// What a run is expected to take; each a least, likely and most.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    pub items: u64,
    pub calls: Range,
    pub input_tokens: Range,
    pub output_tokens: Range,
    /// USD, by model and in all; models without a price count nothing.
    pub usd: UsdRange,
    /// The likely number of calls of each role.
    pub calls_by_role: BTreeMap<Role, u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Range {
    pub least: u64,
    pub likely: u64,
    pub most: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct UsdRange {
    pub least: f64,
    pub likely: f64,
    pub most: f64,
}
