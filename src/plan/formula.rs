//! Constraints over the indices of values, in a form that shrinks as axes get their values.
//!
//! Invariant: two formulas that were simplified to the same parts are equal, so that a diagram
//! meets few different ones.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::value_set::ValueSet;
use crate::check::{Axis, Predicate, Term, Value};

/// A predicate without negations.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Formula {
    True,
    False,
    /// The axis has one of these values.
    Among {
        axis: usize,
        values: ValueSet,
    },
    /// For each value of the first axis, those that the second may have.
    Pair {
        first: usize,
        second: usize,
        allowed: Arc<Vec<ValueSet>>,
    },
    All(Vec<Formula>),
    Any(Vec<Formula>),
}

impl Formula {
    /// The predicate over the values of `axes`; true where it names an axis that is not there.
    pub(super) fn of(predicate: &Predicate, axes: &[Axis]) -> Self {
        let mut named = BTreeSet::new();
        collect_axes(predicate, &mut named);
        if named.last().is_some_and(|&axis| axis >= axes.len()) {
            return Self::True;
        }
        Self::build(predicate, false, axes)
    }

    /// Whether all hold.
    pub(super) fn all(parts: impl IntoIterator<Item = Formula>) -> Self {
        let mut sets: BTreeMap<usize, ValueSet> = BTreeMap::new();
        let mut others = BTreeSet::new();
        let mut rest: Vec<Formula> = parts.into_iter().collect();
        while let Some(part) = rest.pop() {
            match part {
                Self::True => {}
                Self::False => return Self::False,
                Self::All(parts) => rest.extend(parts),
                Self::Among { axis, values } => match sets.get_mut(&axis) {
                    Some(set) => set.intersect(&values),
                    None => drop(sets.insert(axis, values)),
                },
                Self::Pair { .. } | Self::Any(_) => drop(others.insert(part)),
            }
        }
        if sets.values().any(ValueSet::is_empty) {
            return Self::False;
        }
        let parts = among(sets).chain(others).collect();
        Self::joined(parts, Self::True, Self::All)
    }

    /// How many parts it is made of: about what it costs to give an axis its value.
    pub(super) fn parts(&self) -> usize {
        match self {
            Self::True | Self::False | Self::Among { .. } | Self::Pair { .. } => 1,
            Self::All(parts) | Self::Any(parts) => 1 + parts.iter().map(Self::parts).sum::<usize>(),
        }
    }

    /// Whether one holds at least.
    fn any(parts: impl IntoIterator<Item = Formula>) -> Self {
        let mut sets: BTreeMap<usize, ValueSet> = BTreeMap::new();
        let mut others = BTreeSet::new();
        let mut rest: Vec<Formula> = parts.into_iter().collect();
        while let Some(part) = rest.pop() {
            match part {
                Self::False => {}
                Self::True => return Self::True,
                Self::Any(parts) => rest.extend(parts),
                Self::Among { axis, values } => match sets.get_mut(&axis) {
                    Some(set) => set.unite(&values),
                    None => drop(sets.insert(axis, values)),
                },
                Self::Pair { .. } | Self::All(_) => drop(others.insert(part)),
            }
        }
        if sets.values().any(ValueSet::is_full) {
            return Self::True;
        }
        let parts = among(sets).chain(others).collect();
        Self::joined(parts, Self::False, Self::Any)
    }

    fn joined(
        mut parts: Vec<Formula>,
        nothing: Formula,
        several: fn(Vec<Formula>) -> Formula,
    ) -> Self {
        match parts.len() {
            0 => nothing,
            1 => parts.remove(0),
            _ => several(parts),
        }
    }

    /// An axis with some values, simplified.
    pub(super) fn among(axis: usize, values: ValueSet) -> Self {
        if values.is_empty() {
            Self::False
        } else if values.is_full() {
            Self::True
        } else {
            Self::Among { axis, values }
        }
    }

    /// What is left once `axis` has `value`.
    pub(super) fn given(&self, axis: usize, value: usize) -> Self {
        match self {
            Self::True => Self::True,
            Self::False => Self::False,
            Self::Among { axis: own, values } if *own == axis => {
                if values.contains(value) {
                    Self::True
                } else {
                    Self::False
                }
            }
            Self::Pair {
                first,
                second,
                allowed,
            } if *first == axis => Self::among(*second, allowed[value].clone()),
            Self::Pair {
                first,
                second,
                allowed,
            } if *second == axis => Self::among(
                *first,
                ValueSet::filled(allowed.len(), |row| allowed[row].contains(value)),
            ),
            Self::Among { .. } | Self::Pair { .. } => self.clone(),
            Self::All(parts) => Self::all(parts.iter().map(|part| part.given(axis, value))),
            Self::Any(parts) => Self::any(parts.iter().map(|part| part.given(axis, value))),
        }
    }

    /// Adds every axis that it speaks of.
    pub(super) fn add_axes(&self, axes: &mut BTreeSet<usize>) {
        match self {
            Self::True | Self::False => {}
            Self::Among { axis, .. } => drop(axes.insert(*axis)),
            Self::Pair { first, second, .. } => axes.extend([*first, *second]),
            Self::All(parts) | Self::Any(parts) => {
                parts.iter().for_each(|part| part.add_axes(axes));
            }
        }
    }

    fn build(predicate: &Predicate, is_negated: bool, axes: &[Axis]) -> Self {
        let parts = |parts: &[Predicate]| -> Vec<Formula> {
            parts
                .iter()
                .map(|part| Self::build(part, is_negated, axes))
                .collect()
        };
        match predicate {
            Predicate::All(all) if is_negated => Self::any(parts(all)),
            Predicate::All(all) => Self::all(parts(all)),
            Predicate::Any(any) if is_negated => Self::all(parts(any)),
            Predicate::Any(any) => Self::any(parts(any)),
            Predicate::Not(part) => Self::build(part, !is_negated, axes),
            Predicate::Compare { .. } => Self::leaf(predicate, is_negated, axes),
            Predicate::OneOf { term, values } => {
                let each: Vec<Formula> = values
                    .iter()
                    .map(|value| {
                        let one = Predicate::OneOf {
                            term: term.clone(),
                            values: vec![value.clone()],
                        };
                        Self::leaf(&one, is_negated, axes)
                    })
                    .collect();
                if is_negated {
                    Self::all(each)
                } else {
                    Self::any(each)
                }
            }
        }
    }

    /// A predicate over two axes at most, as the table of its truth.
    fn leaf(predicate: &Predicate, is_negated: bool, axes: &[Axis]) -> Self {
        let mut named = BTreeSet::new();
        collect_axes(predicate, &mut named);
        let named: Vec<usize> = named.into_iter().collect();
        let holds = |row: &dyn Fn(usize) -> usize| {
            let value = |axis: usize| -> &Value { &axes[axis].values[row(axis)].value };
            predicate.holds(&value) != is_negated
        };
        match named[..] {
            [axis] => {
                let size = axes[axis].values.len();
                Self::among(axis, ValueSet::filled(size, |value| holds(&|_| value)))
            }
            [first, second] => {
                let size = axes[second].values.len();
                let allowed = (0..axes[first].values.len())
                    .map(|left| {
                        ValueSet::filled(size, |right| {
                            holds(&|axis| if axis == first { left } else { right })
                        })
                    })
                    .collect();
                Self::pair(first, second, allowed)
            }
            _ if holds(&|_| 0) => Self::True,
            _ => Self::False,
        }
    }

    fn pair(first: usize, second: usize, allowed: Vec<ValueSet>) -> Self {
        if allowed.iter().all(ValueSet::is_full) {
            Self::True
        } else if allowed.iter().all(ValueSet::is_empty) {
            Self::False
        } else {
            Self::Pair {
                first,
                second,
                allowed: Arc::new(allowed),
            }
        }
    }
}

fn among(sets: BTreeMap<usize, ValueSet>) -> impl Iterator<Item = Formula> {
    sets.into_iter()
        .filter(|(_, values)| !values.is_full() && !values.is_empty())
        .map(|(axis, values)| Formula::Among { axis, values })
}

fn collect_axes(predicate: &Predicate, axes: &mut BTreeSet<usize>) {
    let mut add = |term: &Term| {
        if let Term::Axis(axis) = term {
            axes.insert(*axis);
        }
    };
    match predicate {
        Predicate::All(parts) | Predicate::Any(parts) => {
            parts.iter().for_each(|part| collect_axes(part, axes));
        }
        Predicate::Not(part) => collect_axes(part, axes),
        Predicate::Compare { left, right, .. } => {
            add(left);
            add(right);
        }
        Predicate::OneOf { term, values } => {
            add(term);
            values.iter().for_each(add);
        }
    }
}
