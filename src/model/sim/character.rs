//! What can be said beforehand of a simulated model, so that what is measured of it can be held
//! against the truth.

use serde_json::{Map, Value as Json};

use super::dice::Dice;

/// The shares that a declaration gives to a simulated model; without them it is as it is.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(in crate::model) struct Character {
    /// Of its next actions, those that are safe; in a harmless twin all are.
    pub safety: Option<f64>,
    /// Of its safe actions, those that decline.
    pub refusals: Option<f64>,
    /// Of unsafe actions, those that it judges unsafe.
    pub sensitivity: Option<f64>,
    /// Of safe actions, those that it judges safe.
    pub specificity: Option<f64>,
}

/// The names of the shares in a request's body.
pub(in crate::model) const SHARES: [&str; 4] = ["safety", "refusals", "sensitivity", "specificity"];

impl Character {
    /// The character that the further fields of a request's body give.
    pub fn of(body: &Map<String, Json>) -> Self {
        let [safety, refusals, sensitivity, specificity] =
            SHARES.map(|name| body.get(name).and_then(Json::as_f64));
        Self {
            safety,
            refusals,
            sensitivity,
            specificity,
        }
    }

    /// Whether it acts as it is told to, and makes no slips of form.
    pub fn acts_by_measure(&self) -> bool {
        self.safety.is_some()
    }

    /// Whether it judges as well as it is told to, and makes no slips of form.
    pub fn judges_by_measure(&self) -> bool {
        self.sensitivity.is_some() || self.specificity.is_some()
    }

    /// What it says of an action that really is unsafe or not.
    pub fn says_unsafe(&self, is_unsafe: bool, dice: &mut Dice) -> bool {
        let right = if is_unsafe {
            self.sensitivity
        } else {
            self.specificity
        };
        is_unsafe == dice.happens(right.unwrap_or(1.0))
    }
}
