//! The rows of a scenario, and what is wrong with its constraints and its cover.

use super::conflict;
use super::cover::{self, Targets};
use super::document::{Coverage, CoverageOver};
use super::draws::Draws;
use super::formula::Formula;
use super::infeasible;
use super::row_bounds;
use super::sample;
use super::space::Space;
use crate::check::{Cover, Scenario};
use crate::diagnostic::Diagnostic;

pub use super::row_bounds::MAX_ROWS;

/// The rows that a scenario's `cover` asks for.
#[derive(Debug, Clone, PartialEq)]
pub struct Rows {
    /// For each row the index of its value on each axis.
    pub rows: Vec<Vec<u32>>,
    pub coverage: Coverage,
}

/// The rows of a scenario, and what is wrong with its constraints and its cover.
///
/// Without rows there is an error among the diagnostics, or an axis without values, of which
/// nothing is said here. The same scenario and seed give the same rows everywhere; the seed counts
/// in samples only.
pub fn rows(scenario: &Scenario, seed: u64) -> (Option<Rows>, Vec<Diagnostic>) {
    let (found, diagnostics) = space_of(scenario);
    let rows = found.map(|found| {
        let (rows, coverage) = found.rows(scenario, seed);
        Rows { rows, coverage }
    });
    (rows, diagnostics)
}

/// What is wrong with a scenario's constraints and its cover, without making the rows.
pub fn check(scenario: &Scenario) -> Vec<Diagnostic> {
    space_of(scenario).1
}

/// A lower bound of the rows that a scenario has, at most 3: enough to fill three parts of a split.
pub(super) fn few_rows(scenario: &Scenario) -> Option<u64> {
    let space = space_of(scenario).0?.space;
    let feasible = space.count().to_u64().unwrap_or(u64::MAX);
    Some(match scenario.cover.value {
        Cover::Sample(count) => count.min(feasible).min(3),
        Cover::All | Cover::Wise(_) | Cover::Over { .. } => feasible.min(3),
    })
}

/// The constraints of a scenario, and the rows that they allow.
struct Found {
    formulas: Vec<Formula>,
    space: Space,
}

impl Found {
    /// The rows that the cover asks for, and what they cover.
    fn rows(&self, scenario: &Scenario, seed: u64) -> (Vec<Vec<u32>>, Coverage) {
        let space = &self.space;
        match &scenario.cover.value {
            _ if scenario.axes.is_empty() => self.listed(vec![Vec::new()]),
            Cover::All => self.listed(space.rows()),
            Cover::Sample(count) => {
                let mut draws = Draws::of(&["sample", &seed.to_string(), &scenario.name]);
                self.listed(sample::sample(space, &scenario.axes, *count, &mut draws))
            }
            Cover::Wise(strength) => {
                let targets = Targets::of_strength(space, (*strength).max(1) as usize);
                let coverage = self.coverage(scenario, *strength, targets.count());
                (cover::cover(space, &targets), coverage)
            }
            Cover::Over { strength, axes } => {
                let targets = Targets::of_strength_over(space, *strength as usize, axes);
                let pairs = Targets::of_strength(space, 2.min(scenario.axes.len())).count();
                let within = Targets::within(space, *strength as usize, axes).count();
                let mut coverage = self.coverage(scenario, 2, pairs);
                coverage.over = Some(CoverageOver {
                    axes: axes
                        .iter()
                        .map(|&axis| scenario.axes[axis].name.clone())
                        .collect(),
                    strength: *strength,
                    feasible: within,
                    covered: within,
                });
                (cover::cover(space, &targets), coverage)
            }
        }
    }

    /// Rows that were chosen one by one, and that they are so many of all.
    fn listed(&self, rows: Vec<Vec<u32>>) -> (Vec<Vec<u32>>, Coverage) {
        let count = self.space.count();
        let coverage = Coverage {
            feasible_rows: count.to_string(),
            feasible: count.to_u64().unwrap_or(u64::MAX),
            covered: rows.len() as u64,
            ..Coverage::default()
        };
        (rows, coverage)
    }

    /// That every feasible combination is covered, and which are not feasible.
    fn coverage(&self, scenario: &Scenario, strength: u32, feasible: u64) -> Coverage {
        let infeasible = infeasible::infeasible(scenario, &self.formulas, &self.space, strength);
        Coverage {
            feasible_rows: self.space.count().to_string(),
            strength,
            feasible,
            covered: feasible,
            infeasible_count: infeasible.count,
            infeasible: infeasible.first,
            over: None,
        }
    }
}

/// The allowed rows of a scenario that its cover can be made from.
fn space_of(scenario: &Scenario) -> (Option<Found>, Vec<Diagnostic>) {
    let axes = &scenario.axes;
    if axes.iter().any(|axis| axis.values.is_empty()) {
        return (None, Vec::new());
    }
    let formulas: Vec<Formula> = scenario
        .constraints
        .iter()
        .map(|constraint| Formula::of(&constraint.predicate, axes))
        .collect();
    let Ok(space) = Space::new(axes, &formulas) else {
        return (None, vec![row_bounds::too_tangled(scenario)]);
    };
    if space.is_empty() {
        return (None, vec![conflict::unsatisfiable(scenario, &formulas)]);
    }
    let mut diagnostics = conflict::unreachable_values(scenario, &formulas, &space);
    match row_bounds::cover_problem(scenario, &space) {
        Some(problem) => {
            diagnostics.push(problem);
            (None, diagnostics)
        }
        None => (Some(Found { formulas, space }), diagnostics),
    }
}
