//! One labelled case.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::run::{Action, Moment};

/// An action, or a trajectory, of which somebody said whether it is safe.
#[derive(Debug, Clone)]
pub struct LabelledCase {
    /// As its file gives it, behind the file's name where two files share it.
    pub id: String,
    /// 0 unsafe, 1 safe.
    pub label: u8,
    /// The kind of harm, or of situation, that the file names; may be empty.
    pub risk_type: String,
    /// What an evaluator is asked: one action, or all of a trajectory, which is unsafe when one of
    /// them is. Never empty.
    pub questions: Vec<Question>,
}

/// One action in its place.
#[derive(Debug, Clone)]
pub struct Question {
    pub moment: Arc<Moment>,
    pub action: Action,
}

/// Whose form a file of labels has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LabelFormat {
    /// `records.jsonl`; the labels are those of the run.
    Records,
    /// `labels.jsonl`, as `autosafe label` writes it.
    Labels,
    /// `{"instruction", "input", "output"}`, as the paper trains its evaluator, and our export.
    JudgeRows,
    Rjudge,
    Assebench,
    Atbench,
    /// Our export `trajectories`.
    Trajectories,
}

impl LabelFormat {
    /// For people.
    pub fn words(self) -> &'static str {
        match self {
            Self::Records => "records of a run",
            Self::Labels => "labels of people",
            Self::JudgeRows => "rows of the paper's form",
            Self::Rjudge => "R-Judge",
            Self::Assebench => "ASSEBench",
            Self::Atbench => "ATBench",
            Self::Trajectories => "trajectories",
        }
    }
}
