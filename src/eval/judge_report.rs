//! How far evaluators can be trusted: the document `judge.json`, format `autosafe.judge/1`.

use serde::{Deserialize, Serialize};

use super::confusion::Agreement;
use super::interval::Estimate;
use super::labels::LabelFile;
use super::stress::Variant;

/// The name of the format, with its version.
pub const JUDGE_FORMAT: &str = "autosafe.judge/1";

/// An evaluator, or a panel of several, against labels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JudgeReport {
    pub format: String,
    /// Hash of all that decides what is asked; empty where answers came from a file.
    pub id: String,
    pub labels: Vec<LabelFile>,
    pub cases: u64,
    /// By wire name, or the file that holds the answers.
    pub evaluators: Vec<String>,
    /// The evaluator, or the majority of the panel.
    pub overall: Agreement,
    /// The same on the cases that no rule decided, where rules decide first as in a run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by_model: Option<Agreement>,
    /// Each of a panel apart; empty for a single evaluator.
    pub single: Vec<Single>,
    pub by_risk_type: Vec<RiskType>,
    /// Where the labelled actions come with rules.
    pub rules: Option<Rules>,
    pub stress: Vec<Stress>,
    /// Cases that got no answer, with why, in words; at most ten.
    pub unanswered: Vec<String>,
    pub whole: bool,
    pub simulated: bool,
    pub calls: u64,
    pub tokens: u64,
    pub usd: f64,
}

/// One evaluator of a panel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Single {
    pub evaluator: String,
    pub agreement: Agreement,
}

/// The cases of one risk type.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RiskType {
    pub risk_type: String,
    pub cases: u64,
    pub agreement: Agreement,
}

/// Rules on the cases that have some: a match is unsafe, none is safe.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rules {
    pub cases: u64,
    pub against_labels: Agreement,
    /// The model on the same cases.
    pub model_against_labels: Agreement,
    /// The rules as if the model's answers were the truth.
    pub against_model: Agreement,
}

/// How often a label turns when only the form of the case changes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stress {
    pub variant: Variant,
    /// Cases with an answer in both forms.
    pub cases: u64,
    /// Cases that have no other form.
    pub same: u64,
    /// Cases without an answer in one of the two forms.
    pub unanswered: u64,
    pub to_unsafe: u64,
    pub to_safe: u64,
    pub flips: Option<Estimate>,
}
