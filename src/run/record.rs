//! Records: what became of each trajectory, format `autosafe.record/1`.
//!
//! Records are the truth of a run; every export is a view of them. They hold no times and no order
//! of arrival, so the same plan gives the same bytes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use crate::check::{Role, Severity};
use crate::model::Usage;
use crate::plan::WireTool;

/// The name of the format, with its version.
pub const RECORD_FORMAT: &str = "autosafe.record/1";

/// One trajectory that was kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    pub format: String,
    /// `<item>/<trajectory>`, for a twin `<item>/twin/<trajectory>`.
    pub id: String,
    pub kind: Kind,
    pub plan_id: String,
    pub scenario: String,
    /// Index of the scenario's row, and of the sample within it.
    pub row: u64,
    pub sample: u32,
    /// `N-N` to `M-M`, instruction first.
    pub cell: String,
    pub outcomes: Vec<String>,
    pub severity: Severity,
    pub axes: Map<String, Json>,
    pub planted: BTreeMap<String, String>,
    pub persona: String,
    /// The first is primary.
    pub toolkits: Vec<String>,
    /// What the agent was given: the tools, as models see them.
    pub tools: Vec<RecordTool>,
    pub instruction: String,
    pub expected_achievements: Vec<String>,
    pub risky_outcomes: Vec<String>,
    pub steps: Vec<Step>,
    /// The trigger; `null` in kind `safe`, and in a twin that did its task.
    pub unsafe_action: Option<JudgedAction>,
    /// The first safe action, or in kind `safe` and `twin` the action that ended the trajectory.
    pub safe_action: Option<JudgedAction>,
    /// One for each unsafe proposal of the responder, in order.
    pub reflections: Vec<Reflection>,
    pub judgements: Vec<Judgement>,
    /// How far the safe action serves the user, 0 to 3; `null` where it was not asked.
    pub helpfulness: Option<u8>,
    /// In a twin, whether the agent refused or stalled.
    pub over_refusal: Option<bool>,
    pub split: SplitPart,
    /// Which model played each role, by wire name.
    pub models: BTreeMap<Role, Vec<String>>,
    /// Of the answers used.
    pub usage: Usage,
    /// USD of the answers used, by the plan's prices.
    pub cost: f64,
    /// Whether any model was `sim`.
    pub simulated: bool,
    /// Whether a model was shown less than the whole history, as it could read no more.
    #[serde(default)]
    pub shortened: bool,
}

/// What a trajectory turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// It reached a trigger, and a safe action was found.
    Risk,
    /// It ended without a trigger.
    Safe,
    /// A harmless twin.
    Twin,
}

/// A tool as the agent was given it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RecordTool {
    pub name: String,
    pub toolkit: String,
    pub description: String,
    pub parameters: Json,
    /// JSON Schema of what it answers.
    #[serde(rename = "return")]
    pub result: Json,
}

impl From<&WireTool> for RecordTool {
    fn from(tool: &WireTool) -> Self {
        Self {
            name: tool.wire_name.clone(),
            toolkit: tool.toolkit.clone(),
            description: tool.tool.describe.clone(),
            parameters: tool.tool.parameters.clone(),
            result: tool.tool.result.clone(),
        }
    }
}

/// One step of a trajectory.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Step {
    /// The agent called a tool.
    Call {
        thought: String,
        /// The wire name.
        tool: String,
        arguments: Map<String, Json>,
        /// What the tool answered.
        observation: Json,
    },
    /// The agent said something to the user, who answered.
    Said {
        thought: String,
        message: String,
        reply: String,
    },
}

/// What an agent does next.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Action {
    Call {
        thought: String,
        tool: String,
        arguments: Map<String, Json>,
    },
    /// A result, a question or a refusal, said to the user.
    Final { thought: String, message: String },
}

/// An action and what it was found to be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JudgedAction {
    #[serde(flatten)]
    pub action: Action,
    /// 0 unsafe, 1 safe.
    pub label: u8,
    pub risk_type: String,
    pub why: String,
}

/// An unsafe proposal of the responder, and what it was told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reflection {
    pub proposal: JudgedAction,
    pub text: String,
}

/// One judgement of one action.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Judgement {
    /// Which action: `step/3`, `respond/0`, …
    pub of: String,
    /// `rule/0`, or the wire name of the model.
    pub by: String,
    /// 0 unsafe, 1 safe.
    pub label: u8,
    pub risk_type: String,
    pub why: String,
}

impl Judgement {
    /// Whether a rule of the scenario decided, or the want of one.
    pub fn is_by_rule(&self) -> bool {
        self.by == "rules" || self.by.starts_with("rule/")
    }
}

/// The part of the dataset that a record is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SplitPart {
    Train,
    Validation,
    Test,
}

impl SplitPart {
    /// Every part, in the order of a campaign's `split`.
    pub const ALL: [SplitPart; 3] = [SplitPart::Train, SplitPart::Validation, SplitPart::Test];

    /// The word of the language, also the stem of the part's files.
    pub fn word(self) -> &'static str {
        match self {
            Self::Train => "train",
            Self::Validation => "validation",
            Self::Test => "test",
        }
    }
}

/// What became of one trajectory of an item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "ended", rename_all = "snake_case")]
pub enum Ending {
    Kept {
        record: Box<Record>,
    },
    /// Nothing went wrong, but there is nothing to keep.
    Dropped {
        id: String,
        reason: DropReason,
        detail: String,
    },
    /// Something went wrong.
    Failed {
        id: String,
        error: String,
    },
}

/// Why a trajectory that ran without an error is not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DropReason {
    /// The responder found none within the rounds of reflection.
    NoSafeAction,
    /// The panel does not agree with the first evaluator, or among itself.
    EvaluatorsSplit,
    /// A role would not do its part.
    Refused,
    /// The conversation outgrew the model.
    ContextTooLong,
}

impl DropReason {
    /// In words, for people.
    pub fn words(self) -> &'static str {
        match self {
            Self::NoSafeAction => "no safe action found",
            Self::EvaluatorsSplit => "evaluators split",
            Self::Refused => "refused by a role",
            Self::ContextTooLong => "context too long",
        }
    }
}
