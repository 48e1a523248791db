//! Combinations of values that no allowed row has, and the constraints that rule them out.

use super::conflict;
use super::document::{Infeasible, PlannedValue};
use super::formula::Formula;
use super::space::{Cell, Space};
use super::value_set::ValueSet;
use crate::check::Scenario;

/// Combinations that are told one by one; the others are counted.
const MOST_TOLD: usize = 100;

/// Ways through diagrams that may be looked at in search of the constraints to blame.
const MOST_STEPS: usize = 20_000_000;

/// What is not feasible.
#[derive(Debug, Default)]
pub(super) struct InfeasibleCombinations {
    pub(super) count: u64,
    pub(super) first: Vec<Infeasible>,
}

/// The combinations of at most `strength` values that no row has, each as small as it can be: a
/// pair is not told where one of its values is ruled out by itself.
pub(super) fn infeasible(
    scenario: &Scenario,
    formulas: &[Formula],
    space: &Space,
    strength: u32,
) -> InfeasibleCombinations {
    let mut found = InfeasibleCombinations::default();
    let mut cells = Vec::new();
    for size in 1..=strength as usize {
        space.each_infeasible(size, &mut |combination: &[Cell]| {
            found.count += 1;
            if cells.len() < MOST_TOLD {
                cells.push(combination.to_vec());
            }
        });
    }
    let most_blamed = MOST_STEPS / (space.steps_of_row() * formulas.len()).max(1);
    for (index, combination) in cells.iter().enumerate() {
        let because = match index < most_blamed {
            true => culprits(scenario, formulas, combination),
            false => Vec::new(),
        };
        found.first.push(told(scenario, combination, because));
    }
    found
}

fn culprits(scenario: &Scenario, formulas: &[Formula], cells: &[Cell]) -> Vec<String> {
    let fixed: Vec<Formula> = cells
        .iter()
        .map(|&(axis, value)| {
            let size = scenario.axes[axis].values.len();
            Formula::among(
                axis,
                ValueSet::filled(size, |other| other == value as usize),
            )
        })
        .collect();
    let indices = conflict::irreducible_conflict(&scenario.axes, formulas, &fixed);
    let texts = indices.into_iter();
    texts
        .map(|index| scenario.constraints[index].text.clone())
        .collect()
}

fn told(scenario: &Scenario, cells: &[Cell], because: Vec<String>) -> Infeasible {
    let values = cells.iter().map(|&(axis, value)| {
        let axis = &scenario.axes[axis];
        PlannedValue {
            axis: axis.name.clone(),
            value: axis.values[value as usize].value.clone(),
        }
    });
    Infeasible {
        values: values.collect(),
        because,
    }
}
