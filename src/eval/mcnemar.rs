//! McNemar's exact test: whether two models differ on the same yes-or-no items.
//!
//! Q. McNemar, "Note on the sampling error of the difference between correlated proportions",
//! Psychometrika 12 (1947); the exact form is the two-sided binomial test of the items on which the
//! two differ against one half.

/// The two-sided p-value from the items that only the first passes, and those that only the second
/// does.
pub fn mcnemar_exact(only_first: u64, only_second: u64) -> f64 {
    let n = only_first + only_second;
    let fewer = only_first.min(only_second);
    let mut term = ln_choose_start(n);
    let mut tail = 0.0;
    #[expect(clippy::cast_precision_loss, reason = "no sample has 2^52 items")]
    for taken in 0..=fewer {
        tail += term.exp();
        term += (((n - taken) as f64) / ((taken + 1) as f64)).ln();
    }
    (2.0 * tail).min(1.0)
}

/// ln(C(n, 0) / 2^n)
#[expect(clippy::cast_precision_loss, reason = "no sample has 2^52 items")]
fn ln_choose_start(n: u64) -> f64 {
    -(n as f64) * std::f64::consts::LN_2
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-9, "{found}, not {expected}");
    }

    #[test]
    fn hand_computed_values() {
        // 2 * (1 + 10) / 2^10
        close(mcnemar_exact(1, 9), 22.0 / 1024.0);
        // 2 * (1 + 6) / 2^6
        close(mcnemar_exact(5, 1), 14.0 / 64.0);
        close(mcnemar_exact(3, 3), 1.0);
        close(mcnemar_exact(0, 0), 1.0);
    }

    #[test]
    fn many_items_are_no_trouble() {
        let p = mcnemar_exact(40_000, 60_000);
        assert!((0.0..1e-100).contains(&p), "{p}");
    }
}
