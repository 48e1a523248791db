//! Axes, rows and what no row has, as a person reads them.

use std::fmt::{self, Write};

use super::document::{Coverage, Infeasible, PlannedAxis};
use super::show_line::{counted, grouped, line};
use crate::check::Value;

/// Values of an axis, reasons, and combinations of one reason that are shown.
const MOST_VALUES: usize = 8;
const MOST_REASONS: usize = 8;
const MOST_COMBINATIONS: usize = 4;

/// The values of an axis, as many as fit.
pub(super) fn axis_values(axis: &PlannedAxis) -> String {
    let shown: Vec<String> = axis
        .values
        .iter()
        .take(MOST_VALUES)
        .map(value_words)
        .collect();
    match axis.values.len().checked_sub(MOST_VALUES) {
        None | Some(0) => shown.join(", "),
        Some(more) => format!("{}, … {more} more", shown.join(", ")),
    }
}

/// A value as it is written.
pub(super) fn value_words(value: &Value) -> String {
    match value {
        Value::Text(text) => format!("{text:?}"),
        Value::Int(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        Value::Bool(flag) => flag.to_string(),
        Value::Persona(key) | Value::Outcome(key) | Value::Toolkit(key) | Value::Model(key) => {
            short_name(key.as_str()).to_owned()
        }
        Value::Tool(tool) => format!("{}.{}", short_name(tool.toolkit.as_str()), tool.tool),
        Value::List(values) => {
            let values: Vec<String> = values.iter().map(value_words).collect();
            format!("[{}]", values.join(", "))
        }
    }
}

fn short_name(key: &str) -> &str {
    key.rsplit(['.', '#']).next().unwrap_or(key)
}

/// "132 of 132 feasible pairs in 24 rows"
pub(super) fn row_words(rows: u64, coverage: &Coverage) -> String {
    let feasible = &coverage.feasible_rows;
    if coverage.strength == 0 {
        return format!("{} of {feasible} feasible", grouped(rows));
    }
    let mut covered = combination_words(coverage.strength, coverage.covered, coverage.feasible);
    if let Some(over) = &coverage.over {
        let more = combination_words(over.strength, over.covered, over.feasible);
        covered = format!("{covered} and {more} of {}", over.axes.join(", "));
    }
    format!(
        "{covered} in {} ({feasible} feasible)",
        counted(rows, "row")
    )
}

fn combination_words(strength: u32, covered: u64, feasible: u64) -> String {
    let combinations = match strength {
        1 => "values".to_owned(),
        2 => "pairs".to_owned(),
        3 => "triples".to_owned(),
        strength => format!("combinations of {strength} axes"),
    };
    format!(
        "{} of {} feasible {combinations}",
        grouped(covered),
        grouped(feasible)
    )
}

/// What no row has, by the constraints that rule it out.
pub(super) fn write_infeasible(out: &mut String, coverage: &Coverage) -> fmt::Result {
    let count = coverage.infeasible_count;
    if count == 0 {
        return Ok(());
    }
    let are = if count == 1 { "is" } else { "are" };
    let combinations = counted(count, "combination");
    line(
        out,
        "infeasible",
        &format!("{combinations} of values {are} ruled out"),
    )?;
    let mut shown = 0;
    for (because, group) in by_reason(&coverage.infeasible).iter().take(MOST_REASONS) {
        writeln!(out, "    by {}", reason_words(because))?;
        for infeasible in group.iter().take(MOST_COMBINATIONS) {
            writeln!(out, "      {}", values_words(infeasible))?;
            shown += 1;
        }
    }
    match count - shown {
        0 => Ok(()),
        more => writeln!(
            out,
            "    … {} more; `--format json` has the first hundred",
            grouped(more)
        ),
    }
}

type Reason<'a> = (&'a [String], Vec<&'a Infeasible>);

/// The combinations that the same constraints rule out, together.
fn by_reason(infeasible: &[Infeasible]) -> Vec<Reason<'_>> {
    let mut reasons: Vec<Reason<'_>> = Vec::new();
    for one in infeasible {
        match reasons
            .iter_mut()
            .find(|(because, _)| *because == one.because)
        {
            Some((_, group)) => group.push(one),
            None => reasons.push((&one.because, vec![one])),
        }
    }
    reasons
}

fn reason_words(because: &[String]) -> String {
    match because {
        [] => "the constraints together".to_owned(),
        texts => texts.join("; "),
    }
}

fn values_words(infeasible: &Infeasible) -> String {
    let values = infeasible.values.iter();
    let words: Vec<String> = values
        .map(|value| format!("{} == {}", value.axis, value_words(&value.value)))
        .collect();
    words.join(" and ")
}
