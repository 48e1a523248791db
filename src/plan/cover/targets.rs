//! The combinations of values that rows have to cover, numbered.

use crate::plan::space::{Projections, Space};
use crate::plan::value_set::ValueSet;

/// Groups of axes, and of each group every combination of values that the space allows.
#[derive(Debug)]
pub(in crate::plan) struct Targets {
    strength: Option<usize>,
    sizes: Vec<usize>,
    groups: Vec<Group>,
    /// For each axis the groups that it is in.
    links: Vec<Vec<Link>>,
    allowed: ValueSet,
}

/// Some axes; their combinations are numbered from `offset`, the last axis counting fastest.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) axes: Vec<usize>,
    pub(super) strides: Vec<usize>,
    pub(super) offset: usize,
    /// How many combinations of values the axes have.
    pub(super) width: usize,
}

/// A group as one of its axes sees it.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) group: usize,
    /// Of the group.
    offset: usize,
    /// Of the axis.
    pub(super) stride: usize,
    /// The other axes, each with its stride.
    others: Vec<(usize, usize)>,
}

impl Targets {
    /// Every allowed combination of `strength` axes.
    pub(in crate::plan) fn of_strength(space: &Space, strength: usize) -> Self {
        let axes: Vec<usize> = (0..space.sizes().len()).collect();
        Self {
            strength: Some(strength),
            ..Self::new(space, subsets(&axes, strength))
        }
    }

    /// Every allowed combination of `strength` of the axes `over`, and every allowed pair.
    pub(in crate::plan) fn of_strength_over(
        space: &Space,
        strength: usize,
        over: &[usize],
    ) -> Self {
        let axes: Vec<usize> = (0..space.sizes().len()).collect();
        // A pair within `over` comes with the larger combinations that hold it.
        let is_within = |pair: &Vec<usize>| pair.iter().all(|axis| over.contains(axis));
        let mut groups = subsets(&axes, 2.min(axes.len()));
        groups.retain(|pair| strength < 2 || !is_within(pair));
        groups.extend(subsets(over, strength));
        Self::new(space, groups)
    }

    /// Every allowed combination of `strength` of the axes `over`, and nothing else.
    pub(in crate::plan) fn within(space: &Space, strength: usize, over: &[usize]) -> Self {
        Self::new(space, subsets(over, strength))
    }

    fn new(space: &Space, groups: Vec<Vec<usize>>) -> Self {
        let sizes = space.sizes().to_vec();
        let mut numbered = Vec::with_capacity(groups.len());
        let mut offset = 0;
        for axes in groups {
            let group = Group::new(axes, &sizes, offset);
            offset += group.width;
            numbered.push(group);
        }
        let allowed = allowed(space, &numbered, offset);
        Self {
            strength: None,
            links: links(&numbered, sizes.len()),
            sizes,
            groups: numbered,
            allowed,
        }
    }

    /// How many axes each group has, where that is the same for all and no group is left out.
    pub(super) fn strength(&self) -> Option<usize> {
        self.strength
    }

    /// The number of values of each axis.
    pub(super) fn sizes(&self) -> &[usize] {
        &self.sizes
    }

    pub(super) fn groups(&self) -> &[Group] {
        &self.groups
    }

    pub(super) fn links(&self, axis: usize) -> &[Link] {
        &self.links[axis]
    }

    /// The combinations that some allowed row has.
    pub(super) fn allowed(&self) -> &ValueSet {
        &self.allowed
    }

    /// How many combinations are to be covered.
    pub(in crate::plan) fn count(&self) -> u64 {
        self.allowed.len() as u64
    }

    /// The group that a combination belongs to.
    pub(super) fn group_of(&self, tuple: usize) -> &Group {
        let after = self.groups.partition_point(|group| group.offset <= tuple);
        &self.groups[after - 1]
    }

    /// No fewer rows can do: those that the group with most combinations needs.
    pub(super) fn least_rows(&self) -> usize {
        let needed = |group: &Group| {
            let tuples = group.offset..group.offset + group.width;
            tuples.filter(|&tuple| self.allowed.contains(tuple)).count()
        };
        self.groups.iter().map(needed).max().unwrap_or(0)
    }

    /// How often rows hold each combination.
    pub(super) fn times(&self, rows: &[Vec<u32>]) -> Vec<u32> {
        let mut times = vec![0; self.allowed.size()];
        for row in rows {
            for group in &self.groups {
                times[group.of_row(row)] += 1;
            }
        }
        times
    }

    /// Takes out the rows that hold nothing which the others do not.
    pub(super) fn without_idle_rows(&self, rows: Vec<Vec<u32>>) -> Vec<Vec<u32>> {
        let mut times = self.times(&rows);
        let mut kept = Vec::with_capacity(rows.len());
        for row in rows {
            let is_idle = self
                .groups
                .iter()
                .all(|group| times[group.of_row(&row)] > 1);
            if is_idle {
                for group in &self.groups {
                    times[group.of_row(&row)] -= 1;
                }
            } else {
                kept.push(row);
            }
        }
        kept
    }
}

impl Group {
    fn new(axes: Vec<usize>, sizes: &[usize], offset: usize) -> Self {
        let mut strides = vec![1; axes.len()];
        for position in (1..axes.len()).rev() {
            strides[position - 1] = strides[position] * sizes[axes[position]];
        }
        Self {
            strides,
            offset,
            width: axes.iter().map(|&axis| sizes[axis]).product(),
            axes,
        }
    }

    /// The number of the combination that a complete row has.
    pub(super) fn of_row(&self, row: &[u32]) -> usize {
        let positions = self.axes.iter().zip(&self.strides);
        positions.fold(self.offset, |number, (&axis, stride)| {
            number + row[axis] as usize * stride
        })
    }

    /// The axes of a combination of this group, each with its value.
    pub(super) fn cells<'a>(
        &'a self,
        tuple: usize,
        sizes: &'a [usize],
    ) -> impl Iterator<Item = (usize, u32)> + 'a {
        let within = tuple - self.offset;
        let positions = self.axes.iter().zip(&self.strides);
        positions.map(move |(&axis, stride)| (axis, (within / stride % sizes[axis]) as u32))
    }
}

impl Link {
    /// The number of the combination that a row has, this axis counting 0; nothing where another
    /// axis has no value yet.
    pub(super) fn base(&self, value: impl Fn(usize) -> Option<u32>) -> Option<usize> {
        let mut base = self.offset;
        for &(axis, stride) in &self.others {
            base += value(axis)? as usize * stride;
        }
        Some(base)
    }

    /// The same of a complete row.
    pub(super) fn base_of_row(&self, row: &[u32]) -> usize {
        let others = self.others.iter();
        others.fold(self.offset, |base, &(axis, stride)| {
            base + row[axis] as usize * stride
        })
    }
}

fn allowed(space: &Space, groups: &[Group], width: usize) -> ValueSet {
    let mut allowed = ValueSet::filled(width, |_| true);
    let mut known = Projections::new();
    for group in groups {
        if let Some(own) = space.projection(&group.axes, &mut known) {
            (0..own.size())
                .filter(|&tuple| !own.contains(tuple))
                .for_each(|tuple| {
                    allowed.remove(group.offset + tuple);
                });
        }
    }
    allowed
}

fn links(groups: &[Group], axes: usize) -> Vec<Vec<Link>> {
    let mut links: Vec<Vec<Link>> = (0..axes).map(|_| Vec::new()).collect();
    for (index, group) in groups.iter().enumerate() {
        let cells: Vec<(usize, usize)> = group
            .axes
            .iter()
            .copied()
            .zip(group.strides.iter().copied())
            .collect();
        for &(axis, stride) in &cells {
            let others = cells.iter().filter(|(other, _)| *other != axis);
            links[axis].push(Link {
                group: index,
                offset: group.offset,
                stride,
                others: others.copied().collect(),
            });
        }
    }
    links
}

/// Every subset of `elements` with `size` of them, in order; `size` is not more than there are.
fn subsets(elements: &[usize], size: usize) -> Vec<Vec<usize>> {
    let count = elements.len();
    let mut subsets = Vec::new();
    let mut places: Vec<usize> = (0..size).collect();
    loop {
        subsets.push(places.iter().map(|&place| elements[place]).collect());
        let Some(last) = (0..size)
            .rev()
            .find(|&position| places[position] < count - size + position)
        else {
            return subsets;
        };
        places[last] += 1;
        for next in last + 1..size {
            places[next] = places[next - 1] + 1;
        }
    }
}
