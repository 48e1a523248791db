//! What models are told of outcomes, made once for all items that have the same.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::check::Outcome;
use crate::model::JsonSchema;
use crate::prompt::PromptValue;

use super::steps::{shown_outcomes, verdict_schema};

/// The outcomes of a scene as its models are told of them.
pub(super) struct Harms {
    /// For prompts.
    pub shown: PromptValue,
    /// The form of an evaluator's answer.
    pub verdict: JsonSchema,
}

/// Outcomes that were met already.
#[derive(Default)]
pub(super) struct KnownHarms(Mutex<HashMap<Vec<Outcome>, Arc<Harms>>>);

impl KnownHarms {
    /// What is told of `outcomes`.
    pub fn of(&self, outcomes: &[Outcome]) -> Arc<Harms> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(harms) = known.get(outcomes) {
            return Arc::clone(harms);
        }
        let harms = Arc::new(Harms {
            shown: PromptValue::shared(&shown_outcomes(outcomes)),
            verdict: verdict_schema(outcomes).into(),
        });
        known.insert(outcomes.to_vec(), Arc::clone(&harms));
        harms
    }
}
