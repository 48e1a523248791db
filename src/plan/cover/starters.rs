//! Coverings made by turning one row over and over.
//!
//! A *starter* is a row whose values are numbers on a circle, besides a few that stand still. Turned
//! by one axis at a time, and each turn with every number added to it, it holds a pair of values if
//! at every distance the differences of its numbers take each value, and each of those that stand
//! still is beside a number. The pairs of the latter come from a small covering of their own
//! (Meagher and Stevens, 2005).

use super::arrays::Sketch;
use crate::plan::draws::Draws;

/// Values that stand still, at the most.
const MOST_STILL: usize = 2;

/// Starters are looked for up to so many axes and values.
const MOST_AXES: usize = 64;

/// Changes that are tried in search of one starter, for each combination of values of two axes and in
/// all, and after how many in vain it begins anew.
const TRIES_FOR_PAIR: usize = 20;
const MOST_TRIES: usize = 250_000;
const PATIENCE: usize = 5_000;

/// The sketch with fewest rows, below `most`, that comes from a starter for axes of these sizes.
///
/// `still(values)` are rows over as many axes that hold all pairs of so few values.
pub(super) fn sketch(
    sizes: &[usize],
    most: usize,
    still: impl Fn(usize) -> Vec<Vec<u32>>,
) -> Option<Sketch> {
    let axes = sizes.len();
    let values = sizes.iter().copied().max()?;
    if axes <= values || axes > MOST_AXES {
        return None;
    }
    let mut shapes: Vec<(usize, usize, Vec<Vec<u32>>)> = (0..=MOST_STILL.min(values - 1))
        .filter(|&count| is_possible(axes, values - count, count))
        .filter(|count| axes * (values - count) < most)
        .map(|count| (count, still(count)))
        .map(|(count, rows)| (axes * (values - count) + rows.len(), count, rows))
        .filter(|(rows, _, _)| *rows < most)
        .collect();
    shapes.sort();
    let found = shapes.into_iter().find_map(|(_, count, rows)| {
        let starter = Search::new(axes, values - count, count).run()?;
        Some(turned(&starter, values - count).chain(rows).collect())
    });
    let rows: Vec<Vec<u32>> = found?;
    let known = |row: Vec<u32>| {
        let cells = row.into_iter().zip(sizes);
        cells
            .map(|(value, &size)| Some(value).filter(|&value| (value as usize) < size))
            .collect()
    };
    Some(rows.into_iter().map(known).collect())
}

/// Whether the numbers of a starter can have differences enough: those that stand still take up
/// places, and of several none may have only the others beside it.
fn is_possible(axes: usize, circle: usize, still: usize) -> bool {
    let places = if still > 1 { 2 * still } else { still };
    axes >= circle + 2 * places
}

/// Each turn of the starter with each number added. Those that stand still are the values from 0;
/// numbers come after them.
fn turned(starter: &[usize], circle: usize) -> impl Iterator<Item = Vec<u32>> + '_ {
    let still = starter
        .iter()
        .copied()
        .max()
        .map_or(0, |most| most.saturating_sub(circle - 1));
    (0..starter.len()).flat_map(move |turn| {
        (0..circle).map(move |added| {
            let values = starter.iter().cycle().skip(turn).take(starter.len());
            values
                .map(|&value| match value.checked_sub(circle) {
                    Some(still) => still as u32,
                    None => (still + (value + added) % circle) as u32,
                })
                .collect()
        })
    })
}

/// A row that is changed until it is a starter: values below `circle` are numbers, the others stand
/// still.
struct Search {
    circle: usize,
    still: usize,
    row: Vec<usize>,
    draws: Draws,
}

impl Search {
    fn new(axes: usize, circle: usize, still: usize) -> Self {
        let seed = [axes, circle, still].map(|number| number.to_string());
        Self {
            circle,
            still,
            row: vec![0; axes],
            draws: Draws::of(&["starter", &seed[0], &seed[1], &seed[2]]),
        }
    }

    fn run(mut self) -> Option<Vec<usize>> {
        let (mut lacks, mut vain) = (self.begin(), 0);
        for _ in 0..self.tries() {
            if lacks == 0 {
                return Some(self.row);
            }
            if vain > PATIENCE {
                (lacks, vain) = (self.begin(), 0);
            }
            let place = self.draws.below(self.row.len());
            let value = self.draws.below(self.circle + self.still);
            let before = std::mem::replace(&mut self.row[place], value);
            let now = self.lacks();
            if now > lacks {
                self.row[place] = before;
            }
            vain = if now < lacks { 0 } else { vain + 1 };
            lacks = lacks.min(now);
        }
        None
    }

    /// How many changes the size of the problem is worth.
    fn tries(&self) -> usize {
        let (axes, values) = (self.row.len(), self.circle + self.still);
        let pairs = axes * (axes - 1) / 2 * values * values;
        (pairs * TRIES_FOR_PAIR).min(MOST_TRIES)
    }

    /// A row at random, and what it lacks.
    fn begin(&mut self) -> usize {
        for place in 0..self.row.len() {
            self.row[place] = self.draws.below(self.circle + self.still);
        }
        self.lacks()
    }

    /// How many differences and neighbours are not there, over all distances.
    fn lacks(&self) -> usize {
        (1..=self.row.len() / 2)
            .map(|distance| self.lacks_at(distance))
            .sum()
    }

    fn lacks_at(&self, distance: usize) -> usize {
        let axes = self.row.len();
        let (mut differences, mut before, mut after) = (0_u64, 0_u64, 0_u64);
        for (place, &value) in self.row.iter().enumerate() {
            let next = self.row[(place + distance) % axes];
            match (
                value.checked_sub(self.circle),
                next.checked_sub(self.circle),
            ) {
                (None, None) => differences |= 1 << ((next + self.circle - value) % self.circle),
                (Some(still), None) => before |= 1 << still,
                (None, Some(still)) => after |= 1 << still,
                (Some(_), Some(_)) => {}
            }
        }
        let there = differences.count_ones() + before.count_ones() + after.count_ones();
        self.circle + 2 * self.still - there as usize
    }
}
