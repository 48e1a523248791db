//! Wilson's score interval for a share.
//!
//! E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22
//! (1927). Unlike the textbook interval it keeps its level for small samples and shares near 0 or 1.

use super::interval::{Estimate, Z95};

/// The share `successes / of` with its 95 % interval; nothing where there are no cases.
///
/// `successes` may be a sum of values between 0 and 1, one for each case. Their variance is at most
/// that of yes and no with the same mean, so the interval then holds the truth at least as often.
pub fn wilson(successes: f64, of: u64) -> Option<Estimate> {
    if of == 0 {
        return None;
    }
    #[expect(clippy::cast_precision_loss, reason = "no sample has 2^52 cases")]
    let n = of as f64;
    let share = (successes / n).clamp(0.0, 1.0);
    let z2 = Z95 * Z95;
    let centre = share + z2 / (2.0 * n);
    let spread = Z95 * (share * (1.0 - share) / n + z2 / (4.0 * n * n)).sqrt();
    let scale = 1.0 + z2 / n;
    Some(Estimate {
        value: share,
        low: ((centre - spread) / scale).clamp(0.0, share),
        high: ((centre + spread) / scale).clamp(share, 1.0),
    })
}

/// The same for whole counts.
pub fn wilson_of(successes: u64, of: u64) -> Option<Estimate> {
    #[expect(clippy::cast_precision_loss, reason = "no sample has 2^52 cases")]
    wilson(successes as f64, of)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bounds(successes: u64, of: u64) -> (f64, f64) {
        let estimate = wilson_of(successes, of).expect("there are cases");
        (estimate.low, estimate.high)
    }

    fn close(found: (f64, f64), expected: (f64, f64)) {
        let near = |a: f64, b: f64| (a - b).abs() < 5e-5;
        assert!(
            near(found.0, expected.0) && near(found.1, expected.1),
            "{found:?}, not {expected:?}"
        );
    }

    /// Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in
    /// Medicine 17 (1998), table I, method 3.
    #[test]
    fn published_intervals_are_found() {
        close(bounds(81, 263), (0.2553, 0.3662));
        close(bounds(15, 148), (0.0624, 0.1605));
        close(bounds(0, 20), (0.0, 0.1611));
        close(bounds(1, 29), (0.0061, 0.1718));
    }

    #[test]
    fn nothing_is_said_of_nothing() {
        assert_eq!(wilson_of(0, 0), None);
    }
}
