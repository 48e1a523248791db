//! The rows of a scenario, and what is wrong with its constraints and its cover.

use super::conflict;
use super::cover::{self, MAX_COMBINATIONS};
use super::document::Coverage;
use super::draws::Draws;
use super::formula::Formula;
use super::sample;
use super::space::Space;
use crate::check::{Cover, Scenario};
use crate::diagnostic::{Code, Diagnostic};

/// Rows that one scenario may have.
pub const MAX_ROWS: u64 = 1_000_000;

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
    let (space, diagnostics) = space_of(scenario);
    let rows = space.map(|space| {
        let rows = chosen_rows(scenario, &space, seed);
        let (strength, feasible, covered) = match (&rows, scenario.cover.value) {
            (Chosen::Covering(covering), Cover::Wise(strength)) => {
                (strength, covering.combinations, covering.combinations)
            }
            _ => {
                let feasible = space.count().to_u64().unwrap_or(u64::MAX);
                (0, feasible, rows.len() as u64)
            }
        };
        Rows {
            rows: rows.into_rows(),
            coverage: Coverage {
                feasible_rows: space.count().to_string(),
                strength,
                feasible,
                covered,
            },
        }
    });
    (rows, diagnostics)
}

/// What is wrong with a scenario's constraints and its cover, without making the rows.
pub fn check(scenario: &Scenario) -> Vec<Diagnostic> {
    space_of(scenario).1
}

/// A lower bound of the rows that a scenario has, at most 3: enough to fill three parts of a split.
pub(super) fn few_rows(scenario: &Scenario) -> Option<u64> {
    let space = space_of(scenario).0?;
    let feasible = space.count().to_u64().unwrap_or(u64::MAX);
    Some(match scenario.cover.value {
        Cover::Sample(count) => count.min(feasible).min(3),
        Cover::All | Cover::Wise(_) => feasible.min(3),
    })
}

enum Chosen {
    Listed(Vec<Vec<u32>>),
    Covering(cover::Covering),
}

impl Chosen {
    fn len(&self) -> usize {
        match self {
            Self::Listed(rows) => rows.len(),
            Self::Covering(covering) => covering.rows.len(),
        }
    }

    fn into_rows(self) -> Vec<Vec<u32>> {
        match self {
            Self::Listed(rows) => rows,
            Self::Covering(covering) => covering.rows,
        }
    }
}

fn chosen_rows(scenario: &Scenario, space: &Space, seed: u64) -> Chosen {
    match scenario.cover.value {
        _ if scenario.axes.is_empty() => Chosen::Listed(vec![Vec::new()]),
        Cover::All => Chosen::Listed(space.rows()),
        Cover::Wise(strength) => Chosen::Covering(cover::cover(space, strength.max(1) as usize)),
        Cover::Sample(count) => {
            let mut draws = Draws::of(&["sample", &seed.to_string(), &scenario.name]);
            Chosen::Listed(sample::sample(space, &scenario.axes, count, &mut draws))
        }
    }
}

/// The allowed rows of a scenario that its cover can be made from.
fn space_of(scenario: &Scenario) -> (Option<Space>, Vec<Diagnostic>) {
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
        return (None, vec![too_tangled(scenario)]);
    };
    if space.is_empty() {
        return (None, vec![conflict::unsatisfiable(scenario, &formulas)]);
    }
    let mut diagnostics = conflict::unreachable_values(scenario, &formulas, &space);
    match cover_problem(scenario, &space) {
        Some(problem) => {
            diagnostics.push(problem);
            (None, diagnostics)
        }
        None => (Some(space), diagnostics),
    }
}

fn cover_problem(scenario: &Scenario, space: &Space) -> Option<Diagnostic> {
    let span = scenario.cover.span;
    let too_large = |message: String| {
        Diagnostic::new(Code::TooLarge, span, message)
            .label(format!("a scenario can have {MAX_ROWS} rows"))
    };
    match scenario.cover.value {
        Cover::All => {
            let count = space.count();
            let is_too_large = count.to_u64().is_none_or(|count| count > MAX_ROWS);
            is_too_large.then(|| {
                too_large(format!(
                    "`{}` has {count} rows, more than {MAX_ROWS}",
                    scenario.name
                ))
                .help(
                    "cover pairs of values with `cover = pairwise`, or draw rows with `sample(…)`",
                )
            })
        }
        Cover::Sample(count) => (count > MAX_ROWS).then(|| {
            too_large(format!("a sample of {count} rows is more than {MAX_ROWS}"))
                .help("draw fewer rows; `samples` gives several instructions for each")
        }),
        Cover::Wise(strength) => wise_problem(scenario, strength),
    }
}

fn wise_problem(scenario: &Scenario, strength: u32) -> Option<Diagnostic> {
    let span = scenario.cover.span;
    let axes = scenario.axes.len();
    if axes == 0 && strength <= 2 {
        return None;
    }
    if strength as usize > axes {
        let has = match axes {
            0 => "no axes".to_owned(),
            1 => "1 axis".to_owned(),
            _ => format!("{axes} axes"),
        };
        return Some(
            Diagnostic::new(
                Code::StrengthTooHigh,
                span,
                format!(
                    "combinations of {strength} axes are asked for, but `{}` has {has}",
                    scenario.name
                ),
            )
            .help(match axes {
                0 | 1 => "write `cover = all`".to_owned(),
                2 => "write `cover = pairwise`".to_owned(),
                _ => format!("write `wise({axes})` or less"),
            }),
        );
    }
    let sizes: Vec<usize> = scenario.axes.iter().map(|axis| axis.values.len()).collect();
    let combinations = cover::combinations_of(&sizes, strength as usize);
    let name = &scenario.name;
    let message = if combinations > MAX_COMBINATIONS {
        format!(
            "`{name}` has {combinations} combinations of {strength} axes, more than {MAX_COMBINATIONS}"
        )
    } else if cover::least_steps(&sizes, strength as usize) > cover::MAX_STEPS {
        format!("to cover the {combinations} combinations of `{name}` would take too long")
    } else {
        return None;
    };
    Some(
        Diagnostic::new(Code::TooLarge, span, message)
            .help("cover combinations of fewer axes, give the axes fewer values, or draw rows with `sample(…)`"),
    )
}

fn too_tangled(scenario: &Scenario) -> Diagnostic {
    let span = scenario
        .constraints
        .first()
        .map_or(scenario.span, |constraint| constraint.span);
    Diagnostic::new(
        Code::TooLarge,
        span,
        format!(
            "the constraints of `{}` tie too many axes together for their rows to be counted",
            scenario.name
        ),
    )
    .help("use fewer axes or values, or constraints that speak of fewer axes at once")
}
