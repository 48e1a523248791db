//! What a model learns beside the safe actions: which rows are drawn, and how many.

use std::collections::BTreeMap;

use super::lesson::{Ingredient, Lesson};
use crate::run::SplitPart;

/// How many rows of each kind come to one safe action of a risk scenario.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mix {
    /// Steps of harmless twins that did their task.
    pub twins: f64,
    /// Ordinary safe steps: those before a trigger, and of trajectories that had none.
    pub safe: f64,
}

impl Default for Mix {
    /// Half as many ordinary steps as safe actions, as in the paper (about 300 to 600), and as many
    /// steps of twins, which the paper lacks.
    fn default() -> Self {
        Self {
            twins: 0.5,
            safe: 0.5,
        }
    }
}

/// What there is to draw from, by part and kind: the draw of each row, 8 bytes.
#[derive(Debug, Default)]
pub(super) struct Stock {
    draws: BTreeMap<(SplitPart, Ingredient), Vec<u64>>,
}

/// Which rows are taken: those whose draw is below a bound.
#[derive(Debug)]
pub(super) struct Selection {
    bounds: BTreeMap<(SplitPart, Ingredient), Bound>,
}

#[derive(Debug, Clone, Copy)]
struct Bound {
    /// Rows with a draw up to this one are taken; `None` takes none.
    highest: Option<u64>,
    wanted: u64,
    taken: u64,
}

impl Stock {
    /// Counts one more.
    pub(super) fn add(&mut self, split: SplitPart, lesson: &Lesson<'_>) {
        let draws = self.draws.entry((split, lesson.ingredient)).or_default();
        draws.push(draw(&lesson.id));
    }

    /// What `mix` takes of it.
    pub(super) fn select(mut self, mix: Mix) -> Selection {
        let mut bounds = BTreeMap::new();
        for split in SplitPart::ALL {
            let risks = self.draws.get(&(split, Ingredient::Risk));
            let risks = risks.map_or(0, Vec::len);
            for ingredient in Ingredient::ALL {
                let wanted = match ingredient {
                    Ingredient::Risk => risks,
                    Ingredient::Twin => share(mix.twins, risks),
                    Ingredient::Safe => share(mix.safe, risks),
                };
                let draws = self.draws.remove(&(split, ingredient));
                let bound = Bound::of(draws.unwrap_or_default(), wanted);
                bounds.insert((split, ingredient), bound);
            }
        }
        Selection { bounds }
    }
}

/// `ratio` of `count`, to the nearest.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "a ratio is not negative, and a cast of a larger float stops at the largest integer"
)]
fn share(ratio: f64, count: usize) -> usize {
    (ratio * count as f64).round() as usize
}

impl Bound {
    fn of(mut draws: Vec<u64>, wanted: usize) -> Self {
        draws.sort_unstable();
        let taken = wanted.min(draws.len());
        let highest = taken.checked_sub(1).map(|last| draws[last]);
        Self {
            highest,
            wanted: wanted as u64,
            taken: taken as u64,
        }
    }
}

impl Selection {
    /// Whether the row is taken.
    pub(super) fn takes(&self, split: SplitPart, lesson: &Lesson<'_>) -> bool {
        let bound = self.bounds.get(&(split, lesson.ingredient));
        let highest = bound.and_then(|bound| bound.highest);
        highest.is_some_and(|highest| draw(&lesson.id) <= highest)
    }

    /// How many rows of a kind are taken in a part, and how many the ratio asks for.
    pub(super) fn counts(&self, split: SplitPart, ingredient: Ingredient) -> (u64, u64) {
        let bound = self.bounds.get(&(split, ingredient));
        bound.map_or((0, 0), |bound| (bound.taken, bound.wanted))
    }
}

/// A number that is the row's own in every run.
fn draw(id: &str) -> u64 {
    let hash = blake3::derive_key("autosafe recipe draw 1", id.as_bytes());
    let mut first = [0; 8];
    first.copy_from_slice(&hash[..8]);
    u64::from_le_bytes(first)
}
