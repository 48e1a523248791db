//! Which constraints are to blame when rows are missing.

use std::collections::BTreeSet;

use super::formula::Formula;
use super::space::Space;
use super::value_set::ValueSet;
use crate::check::{Axis, Scenario};
use crate::diagnostic::{Code, Diagnostic};

/// Sets of constraints that are tried in search of the smallest that conflicts.
const MAX_TRIES: usize = 3000;

/// The error that no row is left, with a smallest set of constraints that conflict.
pub(super) fn unsatisfiable(scenario: &Scenario, formulas: &[Formula]) -> Diagnostic {
    let set = smallest_conflict(&scenario.axes, formulas, &[]);
    let mut spans = set.iter().map(|&index| scenario.constraints[index].span);
    let span = spans.next().unwrap_or(scenario.span);
    let message = match set.len() {
        1 => format!("no row of `{}` fulfils this constraint", scenario.name),
        count => format!(
            "no row of `{}` fulfils these {count} constraints together",
            scenario.name
        ),
    };
    let label = match set.len() {
        1 => "leaves no row",
        _ => "conflicts with the others",
    };
    spans.fold(
        Diagnostic::new(Code::Unsatisfiable, span, message)
            .label(label)
            .help("loosen one of them, or add values to the axes they speak of"),
        |diagnostic, span| diagnostic.other(span, "conflicts with it"),
    )
}

/// A warning for each value of an axis that no allowed row has.
pub(super) fn unreachable_values(
    scenario: &Scenario,
    formulas: &[Formula],
    space: &Space,
) -> Vec<Diagnostic> {
    let mut warnings = Vec::new();
    for (index, axis) in scenario.axes.iter().enumerate() {
        let reached = space.values(index);
        for (value, written) in axis.values.iter().enumerate() {
            if reached.contains(value) {
                continue;
            }
            let only = ValueSet::filled(axis.values.len(), |other| other == value);
            let fixed = Formula::among(index, only);
            let culprits = smallest_conflict(&scenario.axes, formulas, &[fixed]);
            let warning = Diagnostic::new(
                Code::UnreachableValue,
                written.span,
                format!("no allowed row has `{} == {}`", axis.name, written.shown),
            )
            .label("ruled out by the constraints")
            .help("take the value out, or loosen a constraint");
            warnings.push(culprits.into_iter().fold(warning, |warning, culprit| {
                warning.other(scenario.constraints[culprit].span, "takes part in it")
            }));
        }
    }
    warnings
}

/// Indices of formulas that, together with `given`, no row fulfils, and of which none can be left
/// out; one alone where one is enough.
pub(super) fn irreducible_conflict(
    axes: &[Axis],
    formulas: &[Formula],
    given: &[Formula],
) -> Vec<usize> {
    let conflicts = |set: &[usize]| conflicts(axes, formulas, given, set);
    let alone = (0..formulas.len()).find(|&index| conflicts(&[index]));
    alone.map_or_else(
        || irreducible((0..formulas.len()).collect(), &conflicts),
        |index| vec![index],
    )
}

/// Whether no row fulfils the formulas of a set together with `given`.
fn conflicts(axes: &[Axis], formulas: &[Formula], given: &[Formula], set: &[usize]) -> bool {
    let chosen = set.iter().map(|&index| formulas[index].clone());
    let chosen: Vec<Formula> = chosen.chain(given.iter().cloned()).collect();
    Space::new(axes, &chosen).is_ok_and(|space| space.is_empty())
}

/// Indices of formulas that, together with `given`, no row fulfils; as few as are found, ascending.
///
/// Formulas of different axes do not conflict with each other, so that each group of those that axes
/// tie together is searched for itself.
fn smallest_conflict(axes: &[Axis], formulas: &[Formula], given: &[Formula]) -> Vec<usize> {
    let conflicts = |set: &[usize]| conflicts(axes, formulas, given, set);
    let mut tries = 0;
    let groups = tied_together(formulas).into_iter();
    let conflicting = groups.filter(|group| conflicts(group));
    let smallest = conflicting
        .map(|group| smallest_within(&group, &conflicts, &mut tries))
        .min_by_key(Vec::len);
    // Spaces that are too large to tell have no group that conflicts.
    smallest.unwrap_or_else(|| (0..formulas.len()).collect())
}

/// The smallest conflict in a group that conflicts, as far as `tries` allow.
fn smallest_within(
    group: &[usize],
    conflicts: &dyn Fn(&[usize]) -> bool,
    tries: &mut usize,
) -> Vec<usize> {
    let core = irreducible(group.to_vec(), conflicts);
    for size in 1..core.len() {
        let mut found = None;
        each_subset(group, size, &mut Vec::new(), &mut |set| {
            *tries += 1;
            if *tries <= MAX_TRIES && conflicts(set) {
                found = Some(set.to_vec());
            }
            found.is_none() && *tries <= MAX_TRIES
        });
        if let Some(set) = found {
            return set;
        }
    }
    core
}

/// A part of `set` of which no element can be left out: each is tried in turn, from the last.
fn irreducible(mut set: Vec<usize>, conflicts: &dyn Fn(&[usize]) -> bool) -> Vec<usize> {
    for index in set.clone().into_iter().rev() {
        let without: Vec<usize> = set.iter().copied().filter(|&one| one != index).collect();
        if conflicts(&without) {
            set = without;
        }
    }
    set
}

/// The formulas in groups: those of one group are tied by axes, directly or through others.
fn tied_together(formulas: &[Formula]) -> Vec<Vec<usize>> {
    let mut groups: Vec<(BTreeSet<usize>, Vec<usize>)> = Vec::new();
    for (index, formula) in formulas.iter().enumerate() {
        let mut axes = BTreeSet::new();
        formula.add_axes(&mut axes);
        let mut members = vec![index];
        groups.retain_mut(|(theirs, others)| {
            let is_apart = theirs.is_disjoint(&axes);
            if !is_apart {
                axes.append(theirs);
                members.append(others);
            }
            is_apart
        });
        members.sort_unstable();
        groups.push((axes, members));
    }
    groups.into_iter().map(|(_, members)| members).collect()
}

/// Calls `visit` with each subset of `size`, in order, until it says no.
fn each_subset(
    elements: &[usize],
    size: usize,
    chosen: &mut Vec<usize>,
    visit: &mut dyn FnMut(&[usize]) -> bool,
) -> bool {
    if size == 0 {
        return visit(chosen);
    }
    for (place, &element) in elements.iter().enumerate() {
        chosen.push(element);
        let goes_on = each_subset(&elements[place + 1..], size - 1, chosen, visit);
        chosen.pop();
        if !goes_on {
            return false;
        }
    }
    true
}
