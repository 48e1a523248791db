//! Covering arrays: few rows that together hold every allowed combination of values of `t` axes.
//!
//! Greedy, row by row: each row begins with a combination that no row holds yet, and the other axes
//! take, in an order drawn at random, the value that adds most combinations; of several such rows
//! the best is kept. The draws are always the same, so the rows are too.

use super::draws::Draws;
use super::space::{PartialRow, Projections, Space};
use super::value_set::ValueSet;

/// Combinations of values that are handled.
pub(super) const MAX_COMBINATIONS: u64 = 30_000_000;

/// Steps that a covering may cost: about the rows that it needs, times what is looked at for each.
pub(super) const MAX_STEPS: u64 = 300_000_000;

/// Steps that may go into the candidates of one row, and into trying again as a whole.
const STEPS_FOR_ROW: usize = 300_000;
const STEPS_IN_ALL: usize = 4_000_000;

/// Rows, and how many combinations there are for them to cover.
#[derive(Debug)]
pub(super) struct Covering {
    pub(super) rows: Vec<Vec<u32>>,
    pub(super) combinations: u64,
}

/// How many combinations of `strength` axes there could be, constraints aside.
pub(super) fn combinations_of(sizes: &[usize], strength: usize) -> u64 {
    // sums[k]: combinations of k of the axes seen so far.
    let mut sums = vec![0_u64; strength + 1];
    sums[0] = 1;
    for &size in sizes {
        for chosen in (1..=strength).rev() {
            let more = sums[chosen - 1].saturating_mul(size as u64);
            sums[chosen] = sums[chosen].saturating_add(more);
        }
    }
    sums[strength]
}

/// How many steps a covering of `strength` axes costs at the least, constraints aside.
pub(super) fn least_steps(sizes: &[usize], strength: usize) -> u64 {
    let mut largest: Vec<u64> = sizes.iter().map(|&size| size as u64).collect();
    largest.sort_unstable_by(|one, other| other.cmp(one));
    let rows = largest.iter().take(strength);
    let rows = rows.fold(1_u64, |rows, &size| rows.saturating_mul(size));
    // Each value of an axis is looked at in each group of axes that it is in.
    let others = sizes.len().saturating_sub(1) as u64;
    let groups = (1..strength as u64).fold(1_u64, |groups, place| {
        groups.saturating_mul(others + 1 - place) / place
    });
    let values: u64 = largest.iter().sum();
    rows.saturating_mul(values.saturating_mul(groups))
}

/// Rows of `space` that cover every allowed combination of `strength` axes.
///
/// The space has rows, and `strength` is from 1 to the number of axes.
pub(super) fn cover(space: &Space, strength: usize) -> Covering {
    let table = Table::new(space, strength);
    let mut best = build(&table, &mut Draws::of(&["cover", "0"]));
    let cost = table.steps_of_row() * table.candidates() * best.len();
    let tries = (STEPS_IN_ALL / cost.max(1)).min(20);
    let least = table.least_rows();
    for again in 1..=tries {
        if best.len() <= least {
            break;
        }
        let rows = build(&table, &mut Draws::of(&["cover", &again.to_string()]));
        if rows.len() < best.len() {
            best = rows;
        }
    }
    best.sort_unstable();
    Covering {
        rows: best,
        combinations: table.open.len() as u64,
    }
}

/// Every combination of values of `strength` axes, numbered.
struct Table<'a> {
    space: &'a Space,
    groups: Vec<Group>,
    /// For each axis the groups that it is in, with its position there.
    groups_of: Vec<Vec<(usize, usize)>>,
    /// The allowed combinations.
    open: ValueSet,
}

/// Some axes; their combinations are numbered from `offset`, the last axis counting fastest.
struct Group {
    axes: Vec<usize>,
    strides: Vec<usize>,
    offset: usize,
}

impl<'a> Table<'a> {
    fn new(space: &'a Space, strength: usize) -> Self {
        let sizes = space.sizes();
        let mut groups = Vec::new();
        let mut groups_of = vec![Vec::new(); sizes.len()];
        let mut offset = 0;
        for axes in subsets(sizes.len(), strength) {
            let strides: Vec<usize> = (0..strength)
                .map(|position| {
                    axes[position + 1..]
                        .iter()
                        .map(|&axis| sizes[axis])
                        .product()
                })
                .collect();
            for (position, &axis) in axes.iter().enumerate() {
                groups_of[axis].push((groups.len(), position));
            }
            let width: usize = axes.iter().map(|&axis| sizes[axis]).product();
            groups.push(Group {
                axes,
                strides,
                offset,
            });
            offset += width;
        }
        let mut table = Self {
            space,
            groups,
            groups_of,
            open: ValueSet::filled(offset, |_| true),
        };
        table.close_what_is_not_allowed();
        table
    }

    fn close_what_is_not_allowed(&mut self) {
        let mut known = Projections::new();
        for group in &self.groups {
            if let Some(allowed) = self.space.projection(&group.axes, &mut known) {
                (0..allowed.size())
                    .filter(|&tuple| !allowed.contains(tuple))
                    .for_each(|tuple| {
                        self.open.remove(group.offset + tuple);
                    });
            }
        }
    }

    /// How many combinations are looked at for one row.
    fn steps_of_row(&self) -> usize {
        let sizes = self.space.sizes();
        (0..sizes.len())
            .map(|axis| self.groups_of[axis].len() * sizes[axis])
            .sum::<usize>()
            .max(1)
            + self.space.steps_of_row()
    }

    /// No fewer rows can do: those that the group with most combinations needs.
    fn least_rows(&self) -> usize {
        let width = |group: &Group| group.strides[0] * self.space.sizes()[group.axes[0]];
        self.groups
            .iter()
            .map(|group| {
                (0..width(group))
                    .filter(|tuple| self.open.contains(group.offset + tuple))
                    .count()
            })
            .max()
            .unwrap_or(0)
    }

    fn candidates(&self) -> usize {
        (STEPS_FOR_ROW / self.steps_of_row()).clamp(4, 60)
    }
}

impl Group {
    /// The number of the combination that a complete row has.
    fn of_row(&self, row: &[u32]) -> usize {
        self.number(|axis| row[axis] as usize)
    }

    fn number(&self, value: impl Fn(usize) -> usize) -> usize {
        self.axes
            .iter()
            .zip(&self.strides)
            .fold(self.offset, |number, (&axis, stride)| {
                number + value(axis) * stride
            })
    }
}

/// What is still uncovered while rows are built.
struct Progress<'a> {
    table: &'a Table<'a>,
    open: ValueSet,
    /// Open combinations of each axis and value.
    counts: Vec<Vec<usize>>,
    left: usize,
}

fn build(table: &Table<'_>, draws: &mut Draws) -> Vec<Vec<u32>> {
    let mut progress = Progress::new(table);
    let mut rows = Vec::new();
    while progress.left > 0 {
        let (_, row) = (0..table.candidates())
            .map(|_| progress.candidate(draws))
            .reduce(|best, next| if next.0 > best.0 { next } else { best })
            .expect("there is one candidate at least");
        progress.close(&row);
        rows.push(row);
    }
    without_idle_rows(table, rows)
}

impl<'a> Progress<'a> {
    fn new(table: &'a Table<'a>) -> Self {
        let sizes = table.space.sizes();
        let mut progress = Self {
            table,
            open: table.open.clone(),
            counts: sizes.iter().map(|&size| vec![0; size]).collect(),
            left: table.open.len(),
        };
        for group in &table.groups {
            let width = group.strides[0] * sizes[group.axes[0]];
            for tuple in (0..width).filter(|tuple| table.open.contains(group.offset + tuple)) {
                for (&axis, stride) in group.axes.iter().zip(&group.strides) {
                    progress.counts[axis][tuple / stride % sizes[axis]] += 1;
                }
            }
        }
        progress
    }

    /// A complete row, and how many open combinations it has.
    fn candidate(&self, draws: &mut Draws) -> (usize, Vec<u32>) {
        let mut row = self.begin(draws);
        let axes = self.table.space.sizes().len();
        let mut order: Vec<usize> = (0..axes)
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
        let groups = &self.table.groups_of[axis];
        let first = draws.below(groups.len());
        let mut row = self.table.space.start_row();
        for (group, position) in groups.iter().cycle().skip(first).take(groups.len()) {
            let group = &self.table.groups[*group];
            if let Some(tuple) = self.open_tuple(group, *position, value, draws) {
                for (&axis, stride) in group.axes.iter().zip(&group.strides) {
                    let size = self.table.space.sizes()[axis];
                    row.set(axis, (tuple / stride % size) as u32);
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

    /// An open combination of the group in which the axis at `position` has `value`.
    fn open_tuple(
        &self,
        group: &Group,
        position: usize,
        value: usize,
        draws: &mut Draws,
    ) -> Option<usize> {
        let sizes = self.table.space.sizes();
        let width = group.strides[0] * sizes[group.axes[0]];
        let (size, stride) = (sizes[group.axes[position]], group.strides[position]);
        let start = draws.below(width);
        (0..width)
            .map(|step| (start + step) % width)
            .find(|&tuple| {
                tuple / stride % size == value && self.open.contains(group.offset + tuple)
            })
    }

    /// The allowed value of `axis` that adds most open combinations, and how many.
    fn best_value(&self, row: &PartialRow<'_>, axis: usize, draws: &mut Draws) -> (u32, usize) {
        let size = self.table.space.sizes()[axis];
        let mut gains = vec![0; size];
        for &(group, position) in &self.table.groups_of[axis] {
            let group = &self.table.groups[group];
            let Some(base) = base_of(group, position, row) else {
                continue;
            };
            for (value, gain) in gains.iter_mut().enumerate() {
                if self.open.contains(base + value * group.strides[position]) {
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
        for group in &self.table.groups {
            if self.open.remove(group.of_row(row)) {
                self.left -= 1;
                for &axis in &group.axes {
                    self.counts[axis][row[axis] as usize] -= 1;
                }
            }
        }
    }
}

/// The number of the group's combination that the row has, the axis at `position` counting 0;
/// nothing where another axis has no value yet.
fn base_of(group: &Group, position: usize, row: &PartialRow<'_>) -> Option<usize> {
    let mut base = group.offset;
    for (other, &axis) in group.axes.iter().enumerate() {
        if other != position {
            base += row.value(axis)? as usize * group.strides[other];
        }
    }
    Some(base)
}

/// Takes out rows that cover nothing which the others do not.
fn without_idle_rows(table: &Table<'_>, rows: Vec<Vec<u32>>) -> Vec<Vec<u32>> {
    let mut times = vec![0_u32; table.open.size()];
    for row in &rows {
        for group in &table.groups {
            times[group.of_row(row)] += 1;
        }
    }
    let mut kept = Vec::with_capacity(rows.len());
    for row in rows {
        let is_idle = table
            .groups
            .iter()
            .all(|group| times[group.of_row(&row)] > 1);
        if is_idle {
            for group in &table.groups {
                times[group.of_row(&row)] -= 1;
            }
        } else {
            kept.push(row);
        }
    }
    kept
}

/// Every subset of `0..count` with `size` elements, in order.
fn subsets(count: usize, size: usize) -> Vec<Vec<usize>> {
    let mut subsets = Vec::new();
    let mut subset: Vec<usize> = (0..size).collect();
    loop {
        subsets.push(subset.clone());
        let Some(place) = (0..size)
            .rev()
            .find(|&place| subset[place] < count - size + place)
        else {
            return subsets;
        };
        subset[place] += 1;
        for next in place + 1..size {
            subset[next] = subset[next - 1] + 1;
        }
    }
}
