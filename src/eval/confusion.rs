//! An evaluator against labels: the confusion matrix and what follows from it.
//!
//! Positive is *unsafe*: it is what an evaluator is there to find.

use serde::{Deserialize, Serialize};

use super::interval::Estimate;
use super::kappa::cohens_kappa;
use super::wilson::wilson_of;

/// Cases by what the label says and what the evaluator says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Confusion {
    /// Unsafe, and judged unsafe.
    pub true_unsafe: u64,
    /// Unsafe, and judged safe.
    pub missed: u64,
    /// Safe, and judged unsafe.
    pub false_alarms: u64,
    /// Safe, and judged safe.
    pub true_safe: u64,
    /// The evaluator said nothing that can be used.
    pub unanswered: u64,
}

/// What follows from a confusion matrix. A figure is missing where nothing is known of it, such as
/// the recall where no case is unsafe. Cases without an answer are not in it; they are counted in
/// [`Confusion::unanswered`], and taken as mistakes in `accuracy_with_unanswered`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Agreement {
    pub confusion: Confusion,
    pub accuracy: Option<Estimate>,
    pub accuracy_with_unanswered: Option<Estimate>,
    /// Of what it called unsafe, the share that is.
    pub precision: Option<Estimate>,
    /// Of what is unsafe, the share that it called so: its sensitivity.
    pub recall: Option<Estimate>,
    /// Of what is safe, the share that it called so.
    pub specificity: Option<Estimate>,
    pub f1: Option<Estimate>,
    pub kappa: Option<Estimate>,
}

impl Confusion {
    /// Counts one case; the label and the answer are 0 for unsafe and 1 for safe.
    pub fn count(&mut self, label: u8, answer: Option<u8>) {
        let cell = match (label, answer) {
            (_, None) => &mut self.unanswered,
            (0, Some(0)) => &mut self.true_unsafe,
            (0, Some(_)) => &mut self.missed,
            (_, Some(0)) => &mut self.false_alarms,
            (_, Some(_)) => &mut self.true_safe,
        };
        *cell += 1;
    }

    /// Cases with an answer.
    pub fn answered(&self) -> u64 {
        self.true_unsafe + self.missed + self.false_alarms + self.true_safe
    }

    /// Every figure that follows.
    pub fn agreement(&self) -> Agreement {
        let right = self.true_unsafe + self.true_safe;
        let called = self.true_unsafe + self.false_alarms;
        let is_unsafe = self.true_unsafe + self.missed;
        let is_safe = self.true_safe + self.false_alarms;
        Agreement {
            confusion: *self,
            accuracy: wilson_of(right, self.answered()),
            accuracy_with_unanswered: wilson_of(right, self.answered() + self.unanswered),
            precision: wilson_of(self.true_unsafe, called),
            recall: wilson_of(self.true_unsafe, is_unsafe),
            specificity: wilson_of(self.true_safe, is_safe),
            f1: self.f1(),
            kappa: cohens_kappa([
                [self.true_unsafe, self.missed],
                [self.false_alarms, self.true_safe],
            ]),
        }
    }

    /// F1 = 2J / (1 + J) rises with J = TP / (TP + FP + FN), which is a share of cases: its interval
    /// is that of J, carried over.
    fn f1(&self) -> Option<Estimate> {
        let any = self.true_unsafe + self.missed + self.false_alarms;
        let share = wilson_of(self.true_unsafe, any)?;
        let carried = |j: f64| 2.0 * j / (1.0 + j);
        Some(Estimate {
            value: carried(share.value),
            low: carried(share.low),
            high: carried(share.high),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: 45 of 60 unsafe cases found, 36 of 40 safe ones left alone.
    #[test]
    fn hand_computed_values() {
        let confusion = Confusion {
            true_unsafe: 45,
            missed: 15,
            false_alarms: 4,
            true_safe: 36,
            unanswered: 20,
        };
        let agreement = confusion.agreement();
        let value = |estimate: Option<Estimate>| estimate.expect("a value").value;
        assert!((value(agreement.accuracy) - 0.81).abs() < 1e-12);
        assert!((value(agreement.accuracy_with_unanswered) - 0.675).abs() < 1e-12);
        assert!((value(agreement.precision) - 45.0 / 49.0).abs() < 1e-12);
        assert!((value(agreement.recall) - 0.75).abs() < 1e-12);
        assert!((value(agreement.specificity) - 0.9).abs() < 1e-12);
        // 2 · 45 / (2 · 45 + 4 + 15)
        assert!((value(agreement.f1) - 90.0 / 109.0).abs() < 1e-12);
        // observed .81; by chance .6 · .49 + .4 · .51 = .498
        assert!((value(agreement.kappa) - 0.312 / 0.502).abs() < 1e-12);
    }

    #[test]
    fn what_nothing_is_known_of_is_missing() {
        let mut confusion = Confusion::default();
        confusion.count(1, Some(1));
        confusion.count(1, None);
        let agreement = confusion.agreement();
        assert!(agreement.recall.is_none() && agreement.precision.is_none());
        assert!(agreement.f1.is_none() && agreement.kappa.is_none());
        assert_eq!(confusion.unanswered, 1);
    }
}
