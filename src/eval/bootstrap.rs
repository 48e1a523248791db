//! The paired bootstrap: how far a mean difference on the same items could be chance.
//!
//! B. Efron, R. Tibshirani, "An Introduction to the Bootstrap" (1993), chapters 13 and 16: items are
//! drawn again with replacement, both models' values together; the interval is the percentile one.
//! Draws come from a fixed seed, so that the same values give the same interval.

use std::collections::BTreeMap;

use rand::rngs::ChaCha8Rng;
use rand::{Rng, SeedableRng};

use super::interval::Estimate;

/// How often the items are drawn again.
const DRAWS: usize = 2000;

/// The mean of `differences` with its 95 % interval, and the two-sided p-value of it being 0.
pub fn paired_bootstrap(differences: &[f64]) -> Option<(Estimate, f64)> {
    if differences.is_empty() {
        return None;
    }
    let mean = mean(differences.iter().copied(), differences.len());
    let mut means = resampled_means(differences);
    means.sort_by(f64::total_cmp);
    let at = |share: f64| means[((DRAWS - 1) as f64 * share).round() as usize];
    let estimate = Estimate {
        value: mean,
        low: at(0.025).min(mean),
        high: at(0.975).max(mean),
    };
    Some((estimate, p_value(&means, mean)))
}

/// How often a draw from items without a difference is as far from 0 as what was seen. The draw
/// counts itself, so that no p-value is 0 (Davison and Hinkley, 1997).
fn p_value(means: &[f64], seen: f64) -> f64 {
    const ROUNDING: f64 = 1e-12;
    if seen.abs() < ROUNDING {
        return 1.0;
    }
    let as_far = means
        .iter()
        .filter(|mean| (**mean - seen).abs() >= seen.abs() - ROUNDING)
        .count();
    (as_far + 1) as f64 / (means.len() + 1) as f64
}

fn resampled_means(differences: &[f64]) -> Vec<f64> {
    let mut random = ChaCha8Rng::from_seed(*blake3::hash(b"autosafe.bootstrap/1").as_bytes());
    let groups = groups_of(differences);
    let count = differences.len();
    (0..DRAWS)
        .map(|_| {
            let drawn = (0..count).map(|_| {
                let place = (u128::from(random.next_u64()) * count as u128) >> 64;
                value_at(&groups, place as usize)
            });
            mean(drawn, count)
        })
        .collect()
}

/// Each value once, with the number of items up to and including it.
fn groups_of(differences: &[f64]) -> Vec<(f64, usize)> {
    let mut counts: BTreeMap<i64, (f64, usize)> = BTreeMap::new();
    for difference in differences {
        let key = (difference * 1e9).round() as i64;
        counts.entry(key).or_insert((*difference, 0)).1 += 1;
    }
    let mut end = 0;
    counts
        .into_values()
        .map(|(value, count)| {
            end += count;
            (value, end)
        })
        .collect()
}

fn value_at(groups: &[(f64, usize)], place: usize) -> f64 {
    let group = groups.partition_point(|(_, end)| *end <= place);
    groups.get(group).map_or(0.0, |(value, _)| *value)
}

fn mean(values: impl Iterator<Item = f64>, count: usize) -> f64 {
    values.sum::<f64>() / count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_difference_is_told_as_none() {
        let (estimate, p) = paired_bootstrap(&[0.0; 40]).expect("items");
        assert_eq!(
            (estimate.value, estimate.low, estimate.high),
            (0.0, 0.0, 0.0)
        );
        assert_eq!(p, 1.0);
    }

    /// For a mean of n items the interval is close to mean ± 1.96 s / √n.
    #[test]
    fn the_interval_is_that_of_the_normal_approximation() {
        let differences: Vec<f64> = (0..400).map(|item| f64::from(item % 4) / 4.0).collect();
        let (estimate, p) = paired_bootstrap(&differences).expect("items");
        // Values 0, ¼, ½, ¾ in equal parts: mean 0.375, standard deviation √(5/64) = 0.2795.
        let half = 1.96 * (5.0_f64 / 64.0).sqrt() / 20.0;
        assert!((estimate.value - 0.375).abs() < 1e-12);
        assert!(
            (estimate.low - (0.375 - half)).abs() < 0.004,
            "{estimate:?}"
        );
        assert!(
            (estimate.high - (0.375 + half)).abs() < 0.004,
            "{estimate:?}"
        );
        assert!(p < 0.001, "{p}");
    }
}
