//! The settings of a campaign. No spans; the plan holds these as they are.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::entities::Key;

/// Who plays a role: one seat, or for the evaluator a panel of several that decide by majority.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Panel {
    /// Never empty.
    pub seats: Vec<Seat>,
}

/// Models in their order of fall-back. Never empty.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seat {
    pub models: Vec<Player>,
}

/// A model as a role uses it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Player {
    pub model: Key,
    /// The role's own setting, else the model's, else the paper's for the role.
    pub temperature: f64,
    /// Further sampling settings of the role (`with { … }`), by field name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub settings: BTreeMap<String, Json>,
}

/// How the agent talks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Protocol {
    /// Native tool calls.
    Tools,
    /// Thought, Action, Action Input as text, as in the paper.
    React,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rollout {
    pub trajectories: u32,
    pub max_steps: u32,
    pub user_turns: u32,
    pub protocol: Protocol,
    #[serde(default, skip_serializing_if = "Overlong::is_drop")]
    pub overlong: Overlong,
}

/// What becomes of a trajectory whose history outgrows every model of a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Overlong {
    /// It is dropped, with that reason.
    #[default]
    Drop,
    /// The role is asked again, with old observations left out.
    Shorten,
}

impl Overlong {
    fn is_drop(&self) -> bool {
        *self == Self::Drop
    }
}

impl Default for Rollout {
    fn default() -> Self {
        Self {
            trajectories: 1,
            max_steps: 15,
            user_turns: 0,
            protocol: Protocol::Tools,
            overlong: Overlong::Drop,
        }
    }
}

/// Where a run stops; `None` is no bound.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Budget {
    pub usd: Option<f64>,
    pub tokens: Option<u64>,
    pub seconds: Option<u64>,
}

/// Shares add up to 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Split {
    pub by: SplitBy,
    pub train: f64,
    pub validation: f64,
    pub test: f64,
}

impl Default for Split {
    fn default() -> Self {
        Self {
            by: SplitBy::Row,
            train: 1.0,
            validation: 0.0,
            test: 0.0,
        }
    }
}

/// What is never torn apart by a split.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SplitBy {
    Scenario,
    Row,
    Toolkit,
    Outcome,
}

impl SplitBy {
    /// The word of the language.
    pub fn word(self) -> &'static str {
        match self {
            Self::Scenario => "scenario",
            Self::Row => "row",
            Self::Toolkit => "toolkit",
            Self::Outcome => "outcome",
        }
    }
}

/// A form in which the dataset is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Export {
    Sft,
    Alpaca,
    Sharegpt,
    Dpo,
    Kto,
    Judge,
    Trajectories,
    Stepwise,
    Atif,
    Agentdog,
    Inspect,
}

impl Export {
    /// Every export, in the order in which they are written.
    pub const ALL: [Export; 11] = [
        Export::Sft,
        Export::Alpaca,
        Export::Sharegpt,
        Export::Dpo,
        Export::Kto,
        Export::Judge,
        Export::Trajectories,
        Export::Stepwise,
        Export::Atif,
        Export::Agentdog,
        Export::Inspect,
    ];

    /// The word of the language, also the name of the export's folder.
    pub fn word(self) -> &'static str {
        match self {
            Self::Sft => "sft",
            Self::Alpaca => "alpaca",
            Self::Sharegpt => "sharegpt",
            Self::Dpo => "dpo",
            Self::Kto => "kto",
            Self::Judge => "judge",
            Self::Trajectories => "trajectories",
            Self::Stepwise => "stepwise",
            Self::Atif => "atif",
            Self::Agentdog => "agentdog",
            Self::Inspect => "inspect",
        }
    }

    /// The export of this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|export| export.word() == word)
    }
}
