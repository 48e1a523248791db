//! Cohen's kappa: how far two raters agree beyond chance.
//!
//! J. Cohen, "A coefficient of agreement for nominal scales", Educational and Psychological
//! Measurement 20 (1960); its large-sample standard error from J. Fleiss, J. Cohen, B. Everitt,
//! "Large sample standard errors of kappa and weighted kappa", Psychological Bulletin 72 (1969).

use super::interval::{Estimate, Z95};

/// Kappa of two raters who said yes or no, with its 95 % interval; nothing where it has no value:
/// no cases, or both always said the same word.
///
/// `table[i][j]` are the cases of which the first said `i` and the second `j`.
pub fn cohens_kappa(table: [[u64; 2]; 2]) -> Option<Estimate> {
    let total: u64 = table.iter().flatten().sum();
    if total == 0 {
        return None;
    }
    #[expect(clippy::cast_precision_loss, reason = "no sample has 2^52 cases")]
    let share = table.map(|row| row.map(|cases| cases as f64 / total as f64));
    let rows = [share[0][0] + share[0][1], share[1][0] + share[1][1]];
    let columns = [share[0][0] + share[1][0], share[0][1] + share[1][1]];
    let observed = share[0][0] + share[1][1];
    let by_chance = rows[0] * columns[0] + rows[1] * columns[1];
    if by_chance >= 1.0 {
        return None;
    }
    let kappa = (observed - by_chance) / (1.0 - by_chance);
    let error = (variance(share, rows, columns, kappa, by_chance) / total as f64)
        .max(0.0)
        .sqrt();
    Some(Estimate {
        value: kappa,
        low: (kappa - Z95 * error).max(-1.0),
        high: (kappa + Z95 * error).min(1.0),
    })
}

/// Of one case: formula 13 of Fleiss, Cohen and Everitt.
fn variance(
    share: [[f64; 2]; 2],
    rows: [f64; 2],
    columns: [f64; 2],
    kappa: f64,
    by_chance: f64,
) -> f64 {
    let mut agreeing = 0.0;
    let mut differing = 0.0;
    for i in 0..2 {
        for j in 0..2 {
            // The second rater's margin of i, and the first one's of j.
            let margins = columns[i] + rows[j];
            if i == j {
                agreeing += share[i][i] * (1.0 - margins * (1.0 - kappa)).powi(2);
            } else {
                differing += share[i][j] * margins.powi(2);
            }
        }
    }
    let chance = (kappa - by_chance * (1.0 - kappa)).powi(2);
    (agreeing + (1.0 - kappa).powi(2) * differing - chance) / (1.0 - by_chance).powi(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Observed 0.7, by chance 0.5: kappa 0.4.
    #[test]
    fn a_hand_computed_value() {
        let kappa = cohens_kappa([[20, 5], [10, 15]]).expect("a value");
        assert!((kappa.value - 0.4).abs() < 1e-12);
        // rows .5 .5, columns .6 .4. Agreeing: .4(1 - 1.1*.6)^2 + .3(1 - .9*.6)^2 = .04624 + .06348.
        // Differing, .36 of: .1 (.6 + .5)^2 + .2 (.4 + .5)^2 = .121 + .162 = .283 -> .10188.
        // Chance: (.4 - .5*.6)^2 = .01. Variance (.10972 + .10188 - .01) / .25 / 50 = .016128.
        let error = 0.016_128_f64.sqrt();
        assert!(
            (kappa.high - (0.4 + 1.96 * error)).abs() < 1e-4,
            "{kappa:?}"
        );
        assert!((kappa.low - (0.4 - 1.96 * error)).abs() < 1e-4, "{kappa:?}");
    }

    #[test]
    fn agreement_that_chance_explains_has_no_kappa() {
        assert_eq!(cohens_kappa([[12, 0], [0, 0]]), None);
        assert_eq!(cohens_kappa([[0, 0], [0, 0]]), None);
        let whole = cohens_kappa([[6, 0], [0, 6]]).expect("a value");
        assert_eq!((whole.value, whole.low, whole.high), (1.0, 1.0, 1.0));
    }
}
