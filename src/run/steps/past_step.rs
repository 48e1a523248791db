//! A step that was taken, and what prompts show of it.

use std::ops::Deref;
use std::sync::OnceLock;

use super::variables;
use crate::prompt::PromptValue;
use crate::run::record::Step;

/// One step of a history. It stands in the prompts of all steps after it, so what they show of it is
/// made once.
#[derive(Debug, Clone)]
pub(super) struct PastStep {
    step: Step,
    shown: OnceLock<PromptValue>,
}

impl PastStep {
    fn shown(&self) -> PromptValue {
        let shown = || PromptValue::shared(&variables::step(&self.step));
        self.shown.get_or_init(shown).clone()
    }
}

/// A history, for prompts.
pub(super) fn shown(history: &[PastStep]) -> PromptValue {
    PromptValue::list(history.iter().map(PastStep::shown).collect())
}

/// The steps alone.
pub(super) fn steps_of(history: Vec<PastStep>) -> Vec<Step> {
    history.into_iter().map(|past| past.step).collect()
}

impl From<Step> for PastStep {
    fn from(step: Step) -> Self {
        Self {
            step,
            shown: OnceLock::new(),
        }
    }
}

impl Deref for PastStep {
    type Target = Step;

    fn deref(&self) -> &Step {
        &self.step
    }
}

impl PartialEq for PastStep {
    fn eq(&self, other: &Self) -> bool {
        self.step == other.step
    }
}
