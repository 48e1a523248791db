//! Covers that cannot be made: more combinations than axes, or more rows than are handled.

use super::cover;
use super::space::Space;
use crate::check::{Cover, Scenario};
use crate::diagnostic::{Code, Diagnostic};

/// Rows that one scenario may have.
pub const MAX_ROWS: u64 = 1_000_000;

/// What is wrong with a scenario's cover.
pub(super) fn cover_problem(scenario: &Scenario, space: &Space) -> Option<Diagnostic> {
    let span = scenario.cover.span;
    let too_large = |message: String| {
        Diagnostic::new(Code::TooLarge, span, message)
            .label(format!("a scenario can have {MAX_ROWS} rows"))
    };
    match &scenario.cover.value {
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
        Cover::Sample(count) => (*count > MAX_ROWS).then(|| {
            too_large(format!("a sample of {count} rows is more than {MAX_ROWS}"))
                .help("draw fewer rows; `samples` gives several instructions for each")
        }),
        Cover::Wise(strength) => {
            let axes: Vec<usize> = (0..scenario.axes.len()).collect();
            let is_trivial = axes.is_empty() && *strength <= 2;
            let of_all = || strength_problem(scenario, *strength, &axes);
            match is_trivial {
                true => None,
                false => of_all().or_else(|| work_problem(scenario, &[(*strength, &axes)])),
            }
        }
        Cover::Over { strength, axes } => {
            let all: Vec<usize> = (0..scenario.axes.len()).collect();
            strength_problem(scenario, *strength, axes)
                .or_else(|| work_problem(scenario, &[(*strength, axes), (2, &all)]))
        }
    }
}

/// That combinations of more axes are asked for than there are.
fn strength_problem(scenario: &Scenario, strength: u32, axes: &[usize]) -> Option<Diagnostic> {
    if strength as usize <= axes.len() {
        return None;
    }
    let has = match axes.len() {
        0 => "no axes".to_owned(),
        1 => "1 axis".to_owned(),
        count => format!("{count} axes"),
    };
    let name = &scenario.name;
    let (message, help) = match &scenario.cover.value {
        Cover::Over { .. } => (
            format!("combinations of {strength} axes are asked for over {has}"),
            "name more axes behind `over`, or ask for combinations of fewer".to_owned(),
        ),
        _ => (
            format!("combinations of {strength} axes are asked for, but `{name}` has {has}"),
            match axes.len() {
                0 | 1 => "write `cover = all`".to_owned(),
                2 => "write `cover = pairwise`".to_owned(),
                count => format!("write `wise({count})` or less"),
            },
        ),
    };
    let span = scenario.cover.span;
    Some(Diagnostic::new(Code::StrengthTooHigh, span, message).help(help))
}

/// That there are more combinations than can be handled.
fn work_problem(scenario: &Scenario, goals: &[(u32, &[usize])]) -> Option<Diagnostic> {
    let (mut combinations, mut steps) = (0_u64, 0_u64);
    for (strength, axes) in goals {
        let sizes = axes.iter().map(|&axis| scenario.axes[axis].values.len());
        let sizes: Vec<usize> = sizes.collect();
        let strength = (*strength as usize).min(sizes.len());
        combinations = combinations.saturating_add(cover::combinations_of(&sizes, strength));
        steps = steps.saturating_add(cover::least_steps(&sizes, strength));
    }
    let name = &scenario.name;
    let message = if combinations > cover::MAX_COMBINATIONS {
        format!(
            "`{name}` has {combinations} combinations to cover, more than {}",
            cover::MAX_COMBINATIONS
        )
    } else if steps > cover::MAX_STEPS {
        format!("to cover the {combinations} combinations of `{name}` would take too long")
    } else {
        return None;
    };
    Some(
        Diagnostic::new(Code::TooLarge, scenario.cover.span, message)
            .help("cover combinations of fewer axes, give the axes fewer values, or draw rows with `sample(…)`"),
    )
}

/// That the constraints of a scenario leave rows that cannot be counted.
pub(super) fn too_tangled(scenario: &Scenario) -> Diagnostic {
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
