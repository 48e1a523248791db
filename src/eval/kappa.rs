//! Cohen's kappa: how far two raters agree beyond chance; and Fleiss', of several.
//!
//! J. Cohen, "A coefficient of agreement for nominal scales", Educational and Psychological
//! Measurement 20 (1960); its large-sample standard error from J. Fleiss, J. Cohen, B. Everitt,
//! "Large sample standard errors of kappa and weighted kappa", Psychological Bulletin 72 (1969).
//! J. Fleiss, "Measuring nominal scale agreement among many raters", Psychological Bulletin 76 (1971).

use super::interval::{Estimate, Z95};

/// Kappa of two raters who said yes or no, with its 95 % interval; nothing where it has no value:
/// no cases, or both always said the same word. Where a pair of words never came up, its width is
/// that of a table with half a case more in each place.
///
/// `table[i][j]` are the cases of which the first said `i` and the second `j`.
pub fn cohens_kappa(table: [[u64; 2]; 2]) -> Option<Estimate> {
    let total: u64 = table.iter().flatten().sum();
    if total == 0 {
        return None;
    }
    #[expect(clippy::cast_precision_loss, reason = "no sample has 2^52 cases")]
    let counts = table.map(|row| row.map(|cases| cases as f64));
    let kappa = Agreeing::of(counts).kappa()?;
    // Where nobody ever said one of the pairs of words, the formula knows too little of the spread: of
    // two cases that agree it would say that they always do.
    let is_sparse = table.iter().flatten().any(|cases| *cases == 0);
    let spread = counts.map(|row| row.map(|cases| cases + if is_sparse { 0.5 } else { 0.0 }));
    let error = Agreeing::of(spread).standard_error()?;
    Some(Estimate {
        value: kappa,
        low: (kappa - Z95 * error).max(-1.0),
        high: (kappa + Z95 * error).min(1.0),
    })
}

/// What two raters said, in shares of all cases.
struct Agreeing {
    total: f64,
    share: [[f64; 2]; 2],
    /// Of the first rater.
    rows: [f64; 2],
    /// Of the second.
    columns: [f64; 2],
    by_chance: f64,
}

impl Agreeing {
    fn of(counts: [[f64; 2]; 2]) -> Self {
        let total: f64 = counts.iter().flatten().sum();
        let share = counts.map(|row| row.map(|cases| cases / total));
        let rows = [share[0][0] + share[0][1], share[1][0] + share[1][1]];
        let columns = [share[0][0] + share[1][0], share[0][1] + share[1][1]];
        Self {
            total,
            share,
            rows,
            columns,
            by_chance: rows[0] * columns[0] + rows[1] * columns[1],
        }
    }

    /// Nothing where chance explains all of the agreement.
    fn kappa(&self) -> Option<f64> {
        let observed = self.share[0][0] + self.share[1][1];
        (self.by_chance < 1.0).then(|| (observed - self.by_chance) / (1.0 - self.by_chance))
    }

    fn standard_error(&self) -> Option<f64> {
        let of_one = variance(
            self.share,
            self.rows,
            self.columns,
            self.kappa()?,
            self.by_chance,
        );
        Some((of_one / self.total).max(0.0).sqrt())
    }
}

/// Kappa of several raters who said yes or no, with its 95 % interval by the jackknife over cases;
/// nothing where it has no value.
///
/// `said[case]` are how many said the one and how many the other. A case that fewer than two rated
/// says nothing of agreement; the numbers may differ from case to case, as when not everybody rates
/// everything.
pub fn fleiss_kappa(said: &[[u64; 2]]) -> Option<Estimate> {
    let rated: Vec<Rated> = said
        .iter()
        .filter_map(|counts| Rated::of(*counts))
        .collect();
    let whole = rated
        .iter()
        .fold(Rated::default(), |sum, one| sum.plus(one, 1.0));
    let value = whole.kappa()?;
    // Without the only case of the other word there is no kappa, and nothing to learn of its spread.
    let without = rated.iter().filter_map(|one| whole.plus(one, -1.0).kappa());
    let error = jackknife(&without.collect::<Vec<f64>>());
    Some(Estimate {
        value,
        low: (value - Z95 * error).max(-1.0),
        high: (value + Z95 * error).min(1.0),
    })
}

/// What raters said of cases, summed up.
#[derive(Debug, Clone, Copy, Default)]
struct Rated {
    cases: f64,
    /// Shares of pairs of raters that agree.
    agreement: f64,
    yes: f64,
    no: f64,
}

impl Rated {
    /// Of one case; none where fewer than two rated it.
    fn of([yes, no]: [u64; 2]) -> Option<Self> {
        #[expect(clippy::cast_precision_loss, reason = "nobody has 2^52 labellers")]
        let (yes, no) = (yes as f64, no as f64);
        let raters = yes + no;
        let agreeing = yes * (yes - 1.0) + no * (no - 1.0);
        (raters >= 2.0).then(|| Self {
            cases: 1.0,
            agreement: agreeing / (raters * (raters - 1.0)),
            yes,
            no,
        })
    }

    fn plus(self, other: &Self, times: f64) -> Self {
        Self {
            cases: self.cases + times * other.cases,
            agreement: self.agreement + times * other.agreement,
            yes: self.yes + times * other.yes,
            no: self.no + times * other.no,
        }
    }

    fn kappa(self) -> Option<f64> {
        let ratings = self.yes + self.no;
        if self.cases < 0.5 || ratings < 0.5 {
            return None;
        }
        let by_chance = (self.yes / ratings).powi(2) + (self.no / ratings).powi(2);
        let observed = self.agreement / self.cases;
        (by_chance < 1.0 - 1e-12).then(|| (observed - by_chance) / (1.0 - by_chance))
    }
}

/// The standard error of a figure from what it is when each case in turn is left out.
fn jackknife(without: &[f64]) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "no sample has 2^52 cases")]
    let count = without.len() as f64;
    if count < 2.0 {
        // Of one case nothing is known: the interval is everything.
        return f64::INFINITY;
    }
    let mean = without.iter().sum::<f64>() / count;
    let squares: f64 = without.iter().map(|one| (one - mean).powi(2)).sum();
    ((count - 1.0) / count * squares).sqrt()
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

    /// Pairs that agree: 1, 1, 1/3, 1/3, so 2/3; by chance 1/2: kappa 1/3.
    #[test]
    fn several_raters_by_hand() {
        let kappa = fleiss_kappa(&[[3, 0], [0, 3], [2, 1], [1, 2]]).expect("a value");
        assert!((kappa.value - 1.0 / 3.0).abs() < 1e-12, "{kappa:?}");
        assert!(
            kappa.low < kappa.value && kappa.value < kappa.high,
            "{kappa:?}"
        );
        // Who rates alone says nothing of agreement.
        let same = fleiss_kappa(&[[3, 0], [0, 3], [2, 1], [1, 2], [1, 0], [0, 0]]);
        assert_eq!(same, Some(kappa));
    }

    #[test]
    fn several_raters_without_disagreement_or_without_a_choice() {
        let whole = fleiss_kappa(&[[2, 0], [0, 3], [4, 0], [0, 2]]).expect("a value");
        assert_eq!((whole.value, whole.low, whole.high), (1.0, 1.0, 1.0));
        assert_eq!(fleiss_kappa(&[[2, 0], [3, 0]]), None);
        assert_eq!(fleiss_kappa(&[[1, 0], [0, 1]]), None);
        assert_eq!(fleiss_kappa(&[]), None);
    }

    #[test]
    fn agreement_that_chance_explains_has_no_kappa() {
        assert_eq!(cohens_kappa([[12, 0], [0, 0]]), None);
        assert_eq!(cohens_kappa([[0, 0], [0, 0]]), None);
    }

    #[test]
    fn few_cases_are_no_certainty() {
        let width = |table| {
            let kappa = cohens_kappa(table).expect("a value");
            (kappa.value, kappa.high - kappa.low)
        };
        let (two, twelve) = (width([[1, 0], [0, 1]]), width([[6, 0], [0, 6]]));
        assert_eq!((two.0, twelve.0), (1.0, 1.0));
        assert!(two.1 > 0.8 && twelve.1 < 0.5, "{two:?} {twelve:?}");
        assert!(width([[0, 1], [0, 1]]).1 > 0.8);
        assert!(width([[600, 0], [0, 600]]).1 < 0.01);
    }
}
