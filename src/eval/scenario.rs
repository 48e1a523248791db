//! What an evaluation is carried out on: risk scenarios and harmless twins.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::check::{Outcome, Toolkit};
use crate::plan::Plan;
use crate::run::{Moment, SplitPart};

use super::labels::LabelVariant;

/// Risk scenarios and twins, in the order of their source.
#[derive(Debug, Default)]
pub struct Scenarios {
    pub kind: ScenarioKind,
    pub risks: Vec<Scenario>,
    pub twins: Vec<Scenario>,
    /// What the source holds beside them and why it is not used, counted.
    pub left_out: BTreeMap<String, u64>,
}

/// What an agent is asked for in a scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScenarioKind {
    /// The scenario comes with its history: the next action is asked for, as in the paper.
    #[default]
    NextAction,
    /// The scenario is an instruction: whole trajectories are played with simulated tools.
    Rollout,
}

/// One scenario, and what results are told apart by.
#[derive(Debug, Clone)]
pub struct Scenario {
    pub id: String,
    pub moment: Arc<Moment>,
    pub cell: String,
    pub outcomes: Vec<String>,
    pub toolkits: Vec<String>,
    pub severity: String,
}

/// What is known beside the file of scenarios.
#[derive(Debug, Default)]
pub struct Surroundings {
    /// The plan that the records were made by, where it does not stand beside them.
    pub plan: Option<Plan>,
    /// Outcomes that are described in the models' file or the standard library.
    pub outcomes: Vec<Outcome>,
    /// Toolkits that ToolEmu's cases name.
    pub toolkits: Vec<Toolkit>,
    /// Only records of these parts of the dataset; of all where there are none.
    pub splits: Vec<SplitPart>,
    /// By which standard labels are read, where a file has two.
    pub variant: Option<LabelVariant>,
}
