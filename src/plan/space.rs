//! All rows that the constraints of a scenario allow, without listing them.
//!
//! Axes that no constraint ties together are independent, so the space is the product of one
//! diagram for each group of tied axes and of the free axes.

use std::collections::{BTreeMap, BTreeSet};

use super::diagram::{Diagram, TooTangled};
use super::formula::Formula;
use super::natural::Natural;
use super::value_set::ValueSet;
use crate::check::Axis;

/// The allowed rows.
#[derive(Debug)]
pub(super) struct Space {
    sizes: Vec<usize>,
    diagrams: Vec<Diagram>,
    /// For each axis its diagram and level; none for a free axis.
    places: Vec<Option<(usize, usize)>>,
}

impl Space {
    /// The rows over `axes` that fulfil every formula.
    pub(super) fn new(axes: &[Axis], formulas: &[Formula]) -> Result<Self, TooTangled> {
        let sizes: Vec<usize> = axes.iter().map(|axis| axis.values.len()).collect();
        let mut places = vec![None; axes.len()];
        let mut diagrams = Vec::new();
        for group in groups(formulas) {
            let diagram = Diagram::new(&group, &sizes)?;
            for (level, &axis) in diagram.axes().iter().enumerate() {
                places[axis] = Some((diagrams.len(), level));
            }
            diagrams.push(diagram);
        }
        Ok(Self {
            sizes,
            diagrams,
            places,
        })
    }

    /// The number of values of each axis.
    pub(super) fn sizes(&self) -> &[usize] {
        &self.sizes
    }

    /// Whether no row is allowed.
    pub(super) fn is_empty(&self) -> bool {
        self.diagrams.iter().any(Diagram::is_empty)
    }

    /// How many rows are allowed, exactly.
    pub(super) fn count(&self) -> Natural {
        let tied = self
            .diagrams
            .iter()
            .fold(Natural::one(), |product, diagram| {
                product.times(&diagram.count())
            });
        self.free_axes().fold(tied, |product, axis| {
            product.times(&self.sizes[axis].into())
        })
    }

    /// The values that `axis` has in allowed rows.
    pub(super) fn values(&self, axis: usize) -> ValueSet {
        match self.places[axis] {
            Some((diagram, level)) => self.diagrams[diagram].projection(&[level]),
            None => ValueSet::filled(self.sizes[axis], |_| true),
        }
    }

    /// Every allowed row, in the order of the axes' values.
    pub(super) fn rows(&self) -> Vec<Vec<u32>> {
        let mut rows = vec![vec![0_u32; self.sizes.len()]];
        for diagram in &self.diagrams {
            rows = spread(&rows, diagram.axes(), &diagram.rows());
        }
        for axis in self.free_axes() {
            let values: Vec<Vec<u32>> = (0..self.sizes[axis] as u32).map(|v| vec![v]).collect();
            rows = spread(&rows, &[axis], &values);
        }
        rows.sort_unstable();
        rows
    }

    /// Which tuples of values the axes `chosen` (ascending) can have together, the last counting
    /// fastest; `None` where all can, because none of them is tied.
    pub(super) fn projection(&self, chosen: &[usize], known: &mut Projections) -> Option<ValueSet> {
        let mut by_diagram: BTreeMap<usize, Vec<(usize, usize)>> = BTreeMap::new();
        for (position, &axis) in chosen.iter().enumerate() {
            if let Some((diagram, level)) = self.places[axis] {
                by_diagram
                    .entry(diagram)
                    .or_default()
                    .push((level, position));
            }
        }
        if by_diagram.is_empty() {
            return None;
        }
        let sizes: Vec<usize> = chosen.iter().map(|&axis| self.sizes[axis]).collect();
        let mut tuples = ValueSet::filled(sizes.iter().product(), |_| true);
        for (diagram, mut levels) in by_diagram {
            levels.sort_unstable();
            let key = levels.iter().map(|&(level, _)| level).collect::<Vec<_>>();
            let positions: Vec<usize> = levels.iter().map(|&(_, position)| position).collect();
            let table = known
                .entry((diagram, key))
                .or_insert_with_key(|(diagram, key)| self.diagrams[*diagram].projection(key));
            keep_those_in(&mut tuples, table, &positions, &sizes);
        }
        Some(tuples)
    }

    /// Calls `visit` with each combination of `size` values that no row has although every smaller
    /// part of it is in some row; each value with its axis, ascending.
    pub(super) fn each_infeasible(&self, size: usize, visit: &mut dyn FnMut(&[Cell])) {
        // Values of axes that are not tied together are always feasible together.
        for diagram in &self.diagrams {
            let mut axes = diagram.axes().to_vec();
            axes.sort_unstable();
            let mut known = Projections::new();
            each_subset(&axes, size, &mut Vec::new(), &mut |chosen| {
                self.each_infeasible_of(chosen, &mut known, visit);
            });
        }
    }

    fn each_infeasible_of(
        &self,
        axes: &[usize],
        known: &mut Projections,
        visit: &mut dyn FnMut(&[Cell]),
    ) {
        let Some(allowed) = self.projection(axes, known) else {
            return;
        };
        let parts: Vec<Option<ValueSet>> = (0..axes.len())
            .map(|left_out| self.projection(&without(axes, left_out), known))
            .collect();
        for tuple in (0..allowed.size()).filter(|&tuple| !allowed.contains(tuple)) {
            let cells = self.cells(axes, tuple);
            let mut parts = parts.iter().enumerate();
            let is_smallest = parts.all(|(left_out, part)| {
                let tuple = self.tuple(&without(&cells, left_out));
                part.as_ref().is_none_or(|part| part.contains(tuple))
            });
            if is_smallest {
                visit(&cells);
            }
        }
    }

    /// The axes of a numbered tuple, each with its value.
    fn cells(&self, axes: &[usize], tuple: usize) -> Vec<Cell> {
        let mut rest = tuple;
        let mut cells = Vec::with_capacity(axes.len());
        for &axis in axes.iter().rev() {
            cells.push((axis, (rest % self.sizes[axis]) as u32));
            rest /= self.sizes[axis];
        }
        cells.reverse();
        cells
    }

    /// The number of a tuple of values, the last counting fastest.
    fn tuple(&self, cells: &[Cell]) -> usize {
        cells.iter().fold(0, |tuple, &(axis, value)| {
            tuple * self.sizes[axis] + value as usize
        })
    }

    /// An empty row to be filled without ever having to turn back.
    pub(super) fn start_row(&self) -> PartialRow<'_> {
        PartialRow {
            space: self,
            row: vec![None; self.sizes.len()],
            allowed: self
                .diagrams
                .iter()
                .map(|diagram| diagram.allowed(&vec![None; diagram.axes().len()]))
                .collect(),
        }
    }

    /// About how many steps the diagrams take while one row is filled.
    pub(super) fn steps_of_row(&self) -> usize {
        self.diagrams
            .iter()
            .map(|diagram| 2 * diagram.ways() * diagram.axes().len())
            .sum()
    }

    /// Whether a complete row is allowed.
    pub(super) fn allows(&self, row: &[u32]) -> bool {
        let mut diagrams = self.diagrams.iter();
        diagrams.all(|diagram| diagram.holds(|axis| row[axis]))
    }

    /// Whether a row that is allowed still is with another value on one axis.
    pub(super) fn allows_change(&self, row: &[u32], changed: usize, value: u32) -> bool {
        self.places[changed].is_none_or(|(diagram, _)| {
            let with_change = |axis: usize| if axis == changed { value } else { row[axis] };
            self.diagrams[diagram].holds(with_change)
        })
    }

    pub(super) fn diagrams(&self) -> &[Diagram] {
        &self.diagrams
    }

    pub(super) fn free_axes(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.sizes.len()).filter(|&axis| self.places[axis].is_none())
    }
}

/// An axis, and the index of one of its values.
pub(super) type Cell = (usize, u32);

/// Projections that were computed already, by diagram and levels.
pub(super) type Projections = BTreeMap<(usize, Vec<usize>), ValueSet>;

/// A row of which some axes have a value, and that can always be completed.
#[derive(Debug, Clone)]
pub(super) struct PartialRow<'a> {
    space: &'a Space,
    row: Vec<Option<u32>>,
    /// By diagram and level.
    allowed: Vec<Vec<ValueSet>>,
}

impl PartialRow<'_> {
    pub(super) fn value(&self, axis: usize) -> Option<u32> {
        self.row[axis]
    }

    /// Whether `axis` can have `value` beside what the row has.
    pub(super) fn allows(&self, axis: usize, value: usize) -> bool {
        match self.space.places[axis] {
            Some((diagram, level)) => self.allowed[diagram][level].contains(value),
            None => true,
        }
    }

    /// Gives `axis` a value that the row allows.
    pub(super) fn set(&mut self, axis: usize, value: u32) {
        self.row[axis] = Some(value);
        if let Some((index, _)) = self.space.places[axis] {
            let diagram = &self.space.diagrams[index];
            let fixed: Vec<Option<u32>> =
                diagram.axes().iter().map(|&axis| self.row[axis]).collect();
            self.allowed[index] = diagram.allowed(&fixed);
        }
    }

    /// The values; those of axes without one are 0.
    pub(super) fn into_values(self) -> Vec<u32> {
        self.row
            .into_iter()
            .map(|value| value.unwrap_or_default())
            .collect()
    }
}

/// Formulas that share axes, directly or through others, together.
fn groups(formulas: &[Formula]) -> Vec<Vec<Formula>> {
    let mut groups: Vec<(BTreeSet<usize>, Vec<Formula>)> = Vec::new();
    for formula in formulas.iter().filter(|formula| **formula != Formula::True) {
        let mut axes = BTreeSet::new();
        formula.add_axes(&mut axes);
        let mut own = (axes, vec![formula.clone()]);
        let (touching, apart) = groups
            .into_iter()
            .partition(|(axes, _)| !axes.is_disjoint(&own.0));
        groups = apart;
        let touching: Vec<(BTreeSet<usize>, Vec<Formula>)> = touching;
        for (axes, formulas) in touching {
            own.0.extend(axes);
            own.1.extend(formulas);
        }
        groups.push(own);
    }
    groups.into_iter().map(|(_, formulas)| formulas).collect()
}

/// Calls `visit` with each subset of `size` elements, in order.
fn each_subset(
    elements: &[usize],
    size: usize,
    chosen: &mut Vec<usize>,
    visit: &mut dyn FnMut(&[usize]),
) {
    if size == 0 {
        return visit(chosen);
    }
    for (place, &element) in elements.iter().enumerate() {
        chosen.push(element);
        each_subset(&elements[place + 1..], size - 1, chosen, visit);
        chosen.pop();
    }
}

fn without<T: Clone>(elements: &[T], left_out: usize) -> Vec<T> {
    let mut rest = elements.to_vec();
    rest.remove(left_out);
    rest
}

/// Each row with each of the values on these axes.
fn spread(rows: &[Vec<u32>], axes: &[usize], values: &[Vec<u32>]) -> Vec<Vec<u32>> {
    let mut spread = Vec::with_capacity(rows.len() * values.len());
    for row in rows {
        for values in values {
            let mut row = row.clone();
            for (&axis, &value) in axes.iter().zip(values) {
                row[axis] = value;
            }
            spread.push(row);
        }
    }
    spread
}

/// Takes out the tuples whose values at `positions` are not in `table`.
fn keep_those_in(tuples: &mut ValueSet, table: &ValueSet, positions: &[usize], sizes: &[usize]) {
    let strides: Vec<usize> = (0..sizes.len())
        .map(|position| sizes[position + 1..].iter().product())
        .collect();
    for tuple in 0..tuples.size() {
        let index = positions.iter().fold(0, |index, &position| {
            index * sizes[position] + tuple / strides[position] % sizes[position]
        });
        if !table.contains(index) {
            tuples.remove(tuple);
        }
    }
}
