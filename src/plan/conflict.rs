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
    alone.map_or_else(|| irreducible(formulas, &conflicts), |index| vec![index])
}

/// Whether no row fulfils the formulas of a set together with `given`.
fn conflicts(axes: &[Axis], formulas: &[Formula], given: &[Formula], set: &[usize]) -> bool {
    let chosen = set.iter().map(|&index| formulas[index].clone());
    let chosen: Vec<Formula> = chosen.chain(given.iter().cloned()).collect();
    Space::new(axes, &chosen).is_ok_and(|space| space.is_empty())
}

/// Indices of formulas that, together with `given`, no row fulfils; as few as are found, ascending.
fn smallest_conflict(axes: &[Axis], formulas: &[Formula], given: &[Formula]) -> Vec<usize> {
    let conflicts = |set: &[usize]| conflicts(axes, formulas, given, set);
    let core = irreducible(formulas, &conflicts);
    let candidates = neighbours(formulas, &core, given);
    let mut tries = 0;
    for size in 1..core.len() {
        let mut found = None;
        each_subset(&candidates, size, &mut Vec::new(), &mut |set| {
            tries += 1;
            if found.is_none() && tries <= MAX_TRIES && conflicts(set) {
                found = Some(set.to_vec());
            }
            found.is_none() && tries <= MAX_TRIES
        });
        if let Some(set) = found {
            return set;
        }
        if tries > MAX_TRIES {
            break;
        }
    }
    core
}

/// A set of which no element can be left out: each is tried in turn, from the last.
fn irreducible(formulas: &[Formula], conflicts: &dyn Fn(&[usize]) -> bool) -> Vec<usize> {
    let mut set: Vec<usize> = (0..formulas.len()).collect();
    for index in (0..formulas.len()).rev() {
        let without: Vec<usize> = set.iter().copied().filter(|&one| one != index).collect();
        if conflicts(&without) {
            set = without;
        }
    }
    set
}

/// The formulas that axes tie to those of `core`, directly or through others.
fn neighbours(formulas: &[Formula], core: &[usize], given: &[Formula]) -> Vec<usize> {
    let mut axes = BTreeSet::new();
    core.iter()
        .for_each(|&index| formulas[index].add_axes(&mut axes));
    given.iter().for_each(|formula| formula.add_axes(&mut axes));
    let mut tied: BTreeSet<usize> = core.iter().copied().collect();
    loop {
        let before = tied.len();
        for (index, formula) in formulas.iter().enumerate() {
            let mut own = BTreeSet::new();
            formula.add_axes(&mut own);
            if !own.is_disjoint(&axes) {
                axes.extend(own);
                tied.insert(index);
            }
        }
        if tied.len() == before {
            return tied.into_iter().collect();
        }
    }
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
