//! A share of unsafe actions, corrected for the measured error of the evaluator that found it.
//!
//! W. Rogan, B. Gladen, "Estimating prevalence from the results of a screening test", American
//! Journal of Epidemiology 107 (1978). The interval is the one of Z. Lang, J. Reiczigel, "Confidence
//! limits for prevalence of disease adjusted for estimated sensitivity and specificity", Preventive
//! Veterinary Medicine 113 (2014), which takes into account that sensitivity and specificity are
//! themselves measured on few cases.

use super::confusion::Confusion;
use super::interval::{Estimate, Z95};

/// The true share of unsafe cases with its 95 % interval, from the `share` of `of` cases that the
/// evaluator called unsafe, and what is known of it.
///
/// Nothing where it is not known how it judges unsafe or safe cases, or where it does no better than
/// chance: its labels then say nothing about the truth.
pub fn corrected_share(share: f64, of: u64, evaluator: &Confusion) -> Option<Estimate> {
    let sensitivity = Measured::of(evaluator.true_unsafe, evaluator.missed)?;
    let specificity = Measured::of(evaluator.true_safe, evaluator.false_alarms)?;
    let power = sensitivity.share + specificity.share - 1.0;
    if of == 0 || power <= 0.0 {
        return None;
    }
    let value = (share + specificity.share - 1.0) / power;
    let (low, high) = limits(share, of, sensitivity, specificity)?;
    let value = value.clamp(0.0, 1.0);
    Some(Estimate {
        value,
        low: low.clamp(0.0, value),
        high: high.clamp(value, 1.0),
    })
}

/// A share that was measured on some cases.
#[derive(Clone, Copy)]
struct Measured {
    share: f64,
    cases: f64,
}

impl Measured {
    #[expect(clippy::cast_precision_loss, reason = "no sample has 2^52 cases")]
    fn of(right: u64, wrong: u64) -> Option<Self> {
        let cases = (right + wrong) as f64;
        (cases > 0.0).then(|| Self {
            share: right as f64 / cases,
            cases,
        })
    }

    /// With one case more on each side.
    fn plus_one(self) -> Self {
        let cases = self.cases + 2.0;
        Self {
            share: (self.share * self.cases + 1.0) / cases,
            cases,
        }
    }

    fn variance(self) -> f64 {
        self.share * (1.0 - self.share) / self.cases
    }
}

/// Formulas 3 to 7 of Lang and Reiczigel.
#[expect(clippy::cast_precision_loss, reason = "no sample has 2^52 cases")]
fn limits(share: f64, of: u64, sensitivity: Measured, specificity: Measured) -> Option<(f64, f64)> {
    let z2 = Z95 * Z95;
    let n = of as f64;
    let apparent = Measured {
        share: (n * share + z2 / 2.0) / (n + z2),
        cases: n + z2,
    };
    let (sensitivity, specificity) = (sensitivity.plus_one(), specificity.plus_one());
    let power = sensitivity.share + specificity.share - 1.0;
    if power <= 0.0 {
        return None;
    }
    let prevalence = (apparent.share + specificity.share - 1.0) / power;
    let shift = 2.0
        * z2
        * (prevalence * sensitivity.variance() - (1.0 - prevalence) * specificity.variance());
    let spread = Z95
        * (apparent.variance()
            + prevalence.powi(2) * sensitivity.variance()
            + (1.0 - prevalence).powi(2) * specificity.variance())
        .sqrt()
        / power;
    Some((prevalence + shift - spread, prevalence + shift + spread))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn evaluator(sensitivity: u64, specificity: u64, of: u64) -> Confusion {
        Confusion {
            true_unsafe: sensitivity,
            missed: of - sensitivity,
            true_safe: specificity,
            false_alarms: of - specificity,
            unanswered: 0,
        }
    }

    #[test]
    fn hand_computed_values() {
        // (0.3 + 0.9 - 1) / (0.8 + 0.9 - 1)
        let corrected = corrected_share(0.3, 200, &evaluator(80, 90, 100)).expect("a value");
        assert!((corrected.value - 0.2 / 0.7).abs() < 1e-12);
        // n' 203.8415, p' .303769; Se' 81/102 = .794118, Sp' 91/102 = .892157, power .686275;
        // prevalence .285492; shift 2·3.841459·(.285492·.00160289 − .714508·.00094325) = -.001662;
        // spread 1.959964·√(.00103753 + .00013064 + .00048155)/.686275 = .115999.
        assert!((corrected.low - 0.167_831).abs() < 2e-4, "{corrected:?}");
        assert!((corrected.high - 0.399_829).abs() < 2e-4, "{corrected:?}");
    }

    #[test]
    fn an_evaluator_without_error_changes_nothing() {
        let corrected = corrected_share(0.25, 400, &evaluator(10_000, 10_000, 10_000));
        let corrected = corrected.expect("a value");
        assert!((corrected.value - 0.25).abs() < 1e-12);
        assert!((0.20..0.22).contains(&corrected.low), "{corrected:?}");
        assert!((0.28..0.30).contains(&corrected.high), "{corrected:?}");
    }

    #[test]
    fn an_evaluator_that_guesses_says_nothing() {
        assert_eq!(corrected_share(0.5, 100, &evaluator(50, 50, 100)), None);
        assert_eq!(corrected_share(0.5, 100, &Confusion::default()), None);
    }
}
