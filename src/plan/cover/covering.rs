//! The ways to few rows, put together.

use super::arrays::{self, Sketch};
use super::greedy;
use super::starters;
use super::tabu::{self, Allowance};
use super::targets::Targets;
use crate::plan::space::Space;

/// What a search may look at for each two targets, and in all: its way gets longer faster than the
/// problem gets larger.
const LOOKS_FOR_TWO: u64 = 20;
const MOST_LOOKS: u64 = 120_000_000;

/// With more targets a search would come to an end before it came to anything.
const MOST_SEARCHED: u64 = 2_000_000;

/// Sketches with more rows are not looked for.
const MOST_SKETCHED_ROWS: usize = 5_000;

/// Rows of `space` that cover every target, in order. The space has rows.
pub(in crate::plan) fn cover(space: &Space, targets: &Targets) -> Vec<Vec<u32>> {
    let mut rows = few_rows(space, targets);
    rows.sort_unstable();
    rows
}

fn few_rows(space: &Space, targets: &Targets) -> Vec<Vec<u32>> {
    let sizes = space.sizes();
    if is_of_two_values(space) && targets.strength() == Some(2) {
        return arrays::of_two_values(sizes.len());
    }
    let least = targets.least_rows();
    let mut best = greedy::rows(space, targets);
    if best.len() <= least || targets.count() > MOST_SEARCHED {
        return best;
    }
    let twos = targets.count().saturating_mul(targets.count());
    let looks = twos.saturating_mul(LOOKS_FOR_TWO).min(MOST_LOOKS);
    if let Some(sketch) = nearest_sketch(space, targets, least, best.len()) {
        let completed = tabu::completed(space, targets, &sketch, &mut Allowance(looks / 2));
        best = completed.map_or(best, |rows| targets.without_idle_rows(rows));
    }
    tabu::fewer(space, targets, best, least, &mut Allowance(looks))
}

fn is_of_two_values(space: &Space) -> bool {
    let sizes = space.sizes();
    let is_free = space.diagrams().is_empty();
    is_free && sizes.len() > 3 && sizes.iter().all(|&size| size == 2)
}

/// The sketch that leaves least open, if that is little; with as many rows as `least` and fewer
/// than `most`.
fn nearest_sketch(space: &Space, targets: &Targets, least: usize, most: usize) -> Option<Sketch> {
    let sizes = space.sizes();
    let strength = targets.strength()?;
    let most = most.min(MOST_SKETCHED_ROWS);
    let mut sketches = arrays::sketches(sizes, strength, most);
    let has_least = sketches.iter().any(|sketch| sketch.len() == least);
    if strength == 2 && !has_least {
        let still = |values| still_rows(values, sizes.len());
        sketches.extend(starters::sketch(sizes, most, still));
    }
    sketches
        .into_iter()
        .filter(|sketch| sketch.len() >= least)
        .map(|sketch| (tabu::left_open(space, targets, &sketch), sketch))
        .filter(|(open, _)| open * 10 < targets.allowed().len())
        .min_by_key(|(open, sketch)| (*open, sketch.len()))
        .map(|(_, sketch)| sketch)
}

/// Rows over `axes` axes that hold every pair of `values` values.
fn still_rows(values: usize, axes: usize) -> Vec<Vec<u32>> {
    match values {
        0 => Vec::new(),
        1 => vec![vec![0; axes]],
        2 if axes > 3 => arrays::of_two_values(axes),
        _ => arrays::of_one_size(values, axes),
    }
}
