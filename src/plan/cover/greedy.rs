//! Rows found one after the other, each taking in as much as it can.
//!
//! A row begins with a combination that no row holds yet, and the other axes take, in an order drawn
//! at random, the value that adds most combinations; of several such rows the best is kept. So does
//! AETG (Cohen, Dalal, Fredman and Patton, 1997), here with rows that never have to turn back.

use super::targets::{Group, Targets};
use crate::plan::draws::Draws;
use crate::plan::space::{PartialRow, Space};
use crate::plan::value_set::ValueSet;

/// Steps that may go into the candidates of one row.
const STEPS_FOR_ROW: usize = 300_000;

/// Rows that hold every target.
pub(super) fn rows(space: &Space, targets: &Targets) -> Vec<Vec<u32>> {
    let greedy = Greedy {
        space,
        targets,
        candidates: candidates(space, targets),
    };
    greedy.build(&mut Draws::of(&["cover", "0"]))
}

/// How many rows are tried for each that is kept. Of a small problem a few will do: what is left to
/// gain the search finds sooner.
fn candidates(space: &Space, targets: &Targets) -> usize {
    let most = (targets.count() / 10).clamp(8, 60) as usize;
    (STEPS_FOR_ROW / steps_of_row(space, targets)).clamp(4, most)
}

/// How many combinations are looked at for one row.
fn steps_of_row(space: &Space, targets: &Targets) -> usize {
    let sizes = targets.sizes().iter().enumerate();
    let looked_at: usize = sizes
        .map(|(axis, size)| targets.links(axis).len() * size)
        .sum();
    looked_at.max(1) + space.steps_of_row()
}

struct Greedy<'a> {
    space: &'a Space,
    targets: &'a Targets,
    /// Rows that are tried for each that is kept.
    candidates: usize,
}

impl Greedy<'_> {
    fn build(&self, draws: &mut Draws) -> Vec<Vec<u32>> {
        let mut progress = Progress::new(self.space, self.targets);
        let mut rows = Vec::new();
        while progress.left > 0 {
            let (_, row) = (0..self.candidates)
                .map(|_| progress.candidate(draws))
                .reduce(|best, next| if next.0 > best.0 { next } else { best })
                .expect("there is one candidate at least");
            progress.close(&row);
            rows.push(row);
        }
        self.targets.without_idle_rows(rows)
    }
}

/// What is still uncovered while rows are built.
struct Progress<'a> {
    space: &'a Space,
    targets: &'a Targets,
    open: ValueSet,
    /// Open combinations of each axis and value.
    counts: Vec<Vec<usize>>,
    left: usize,
}

impl<'a> Progress<'a> {
    fn new(space: &'a Space, targets: &'a Targets) -> Self {
        let sizes = targets.sizes();
        let open = targets.allowed().clone();
        let mut counts: Vec<Vec<usize>> = sizes.iter().map(|&size| vec![0; size]).collect();
        for group in targets.groups() {
            let tuples = group.offset..group.offset + group.width;
            for tuple in tuples.filter(|&tuple| open.contains(tuple)) {
                for (axis, value) in group.cells(tuple, sizes) {
                    counts[axis][value as usize] += 1;
                }
            }
        }
        Self {
            space,
            targets,
            counts,
            left: open.len(),
            open,
        }
    }

    /// A complete row, and how many open combinations it has.
    fn candidate(&self, draws: &mut Draws) -> (usize, Vec<u32>) {
        let mut row = self.begin(draws);
        let mut order: Vec<usize> = (0..self.targets.sizes().len())
            .filter(|&axis| row.value(axis).is_none())
            .collect();
        draws.shuffle(&mut order);
        let mut gain = 1;
        for axis in order {
            let (value, more) = self.best_value(&row, axis, draws);
            row.set(axis, value);
            gain += more;
        }
        (gain, row.into_values())
    }

    /// A row with one open combination, of the axis and value that have most of them.
    fn begin(&self, draws: &mut Draws) -> PartialRow<'a> {
        let (axis, value) = self.neediest(draws);
        let links = self.targets.links(axis);
        let first = draws.below(links.len());
        let mut row = self.space.start_row();
        for link in links.iter().cycle().skip(first).take(links.len()) {
            let group = &self.targets.groups()[link.group];
            if let Some(tuple) = self.open_tuple(group, link.stride, axis, value, draws) {
                for (axis, value) in group.cells(tuple, self.targets.sizes()) {
                    row.set(axis, value);
                }
                break;
            }
        }
        row
    }

    fn neediest(&self, draws: &mut Draws) -> (usize, usize) {
        let most = self.counts.iter().flatten().max().copied().unwrap_or(0);
        let ties: Vec<(usize, usize)> = self
            .counts
            .iter()
            .enumerate()
            .flat_map(|(axis, counts)| counts.iter().enumerate().map(move |(v, c)| (axis, v, *c)))
            .filter(|(_, _, count)| *count == most)
            .map(|(axis, value, _)| (axis, value))
            .collect();
        ties[draws.below(ties.len())]
    }

    /// An open combination of the group in which `axis`, of this stride, has `value`.
    fn open_tuple(
        &self,
        group: &Group,
        stride: usize,
        axis: usize,
        value: usize,
        draws: &mut Draws,
    ) -> Option<usize> {
        let size = self.targets.sizes()[axis];
        let start = draws.below(group.width);
        (0..group.width)
            .map(|step| (start + step) % group.width)
            .filter(|tuple| tuple / stride % size == value)
            .map(|tuple| group.offset + tuple)
            .find(|&tuple| self.open.contains(tuple))
    }

    /// The allowed value of `axis` that adds most open combinations, and how many.
    fn best_value(&self, row: &PartialRow<'_>, axis: usize, draws: &mut Draws) -> (u32, usize) {
        let size = self.targets.sizes()[axis];
        let mut gains = vec![0; size];
        for link in self.targets.links(axis) {
            let Some(base) = link.base(|other| row.value(other)) else {
                continue;
            };
            for (value, gain) in gains.iter_mut().enumerate() {
                if self.open.contains(base + value * link.stride) {
                    *gain += 1;
                }
            }
        }
        let allowed: Vec<usize> = (0..size).filter(|&value| row.allows(axis, value)).collect();
        let rank = |value: &usize| (gains[*value], self.counts[axis][*value]);
        let best = allowed.iter().map(rank).max().unwrap_or_default();
        let ties: Vec<usize> = allowed
            .into_iter()
            .filter(|value| rank(value) == best)
            .collect();
        match ties.as_slice() {
            [] => (0, 0),
            ties => (ties[draws.below(ties.len())] as u32, best.0),
        }
    }

    fn close(&mut self, row: &[u32]) {
        for group in self.targets.groups() {
            if self.open.remove(group.of_row(row)) {
                self.left -= 1;
                for &axis in &group.axes {
                    self.counts[axis][row[axis] as usize] -= 1;
                }
            }
        }
    }
}
