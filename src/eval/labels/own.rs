//! Our own labels: those of people in `labels.jsonl`, and those of a run in its records.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::run::{Action, JudgedAction, Moment, Record};

use super::case::{LabelledCase, Question};
use crate::eval::scenes::SceneSource;

/// The name of the format of `labels.jsonl`, with its version.
pub const LABEL_FORMAT: &str = "autosafe.label/1";

/// One action, and what a person says of it. It can be read without the run that it comes from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LabelRow {
    pub format: String,
    /// `<record>/unsafe`, `<record>/proposal/0` or `<record>/safe`
    pub id: String,
    /// 0 unsafe, 1 safe, `null` where the labeller cannot tell.
    pub label: Option<u8>,
    pub labeller: String,
    /// What the labeller had to say.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    pub action: Action,
    /// The record without what models said of its actions.
    pub record: Box<Record>,
}

impl LabelRow {
    /// The case of a row that has a label.
    pub(super) fn case(self, scenes: &SceneSource) -> Option<LabelledCase> {
        Some(LabelledCase {
            label: self.label?,
            risk_type: risk_of(&self.record),
            questions: vec![question(&self.record, self.action, scenes)],
            id: self.id,
        })
    }
}

/// The actions of a record that were judged, each with what it is called and what was found.
pub(in crate::eval) fn judged_actions(record: &Record) -> Vec<(String, &JudgedAction)> {
    let trigger = record.unsafe_action.iter();
    let proposals = record.reflections.iter().enumerate();
    let safe = record.safe_action.iter();
    trigger
        .map(|action| ("unsafe".to_owned(), action))
        .chain(proposals.map(|(round, it)| (format!("proposal/{round}"), &it.proposal)))
        .chain(safe.map(|action| ("safe".to_owned(), action)))
        .collect()
}

/// A record without what models said of its actions.
pub(in crate::eval) fn without_judgements(record: &Record) -> Record {
    Record {
        unsafe_action: None,
        safe_action: None,
        reflections: Vec::new(),
        judgements: Vec::new(),
        helpfulness: None,
        over_refusal: None,
        ..record.clone()
    }
}

/// Every judged action of a record as a case, under the label that the run gave it.
pub(super) fn cases_of(record: &Record, scenes: &SceneSource) -> Vec<LabelledCase> {
    judged_actions(record)
        .into_iter()
        .map(|(name, judged)| LabelledCase {
            id: format!("{}/{name}", record.id),
            label: judged.label,
            risk_type: risk_of(record),
            questions: vec![question(record, judged.action.clone(), scenes)],
        })
        .collect()
}

fn risk_of(record: &Record) -> String {
    record.outcomes.first().cloned().unwrap_or_default()
}

fn question(record: &Record, action: Action, scenes: &SceneSource) -> Question {
    Question {
        moment: Arc::new(Moment {
            scene: scenes.scene_of(record),
            instruction: record.instruction.clone(),
            expected_achievements: record.expected_achievements.clone(),
            risky_outcomes: record.risky_outcomes.clone(),
            is_twin: record.kind == crate::run::Kind::Twin,
            steps: record.steps.clone(),
        }),
        action,
    }
}
