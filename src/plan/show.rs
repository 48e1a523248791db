//! A plan as a person reads it before any money is spent.

use std::collections::BTreeMap;
use std::fmt::{self, Write};

use super::document::{Coverage, Plan, Range, ScenarioPlan, Work};
use super::items::worst;
use super::row_view::RowView;
use super::show_hints::write_hints;
use super::show_line::{counted, grouped, line};
use super::show_rows::{axis_values, row_words, write_infeasible};
use crate::check::{Calibrate, ModelAccess, Setting, Severity};

/// The plan in words and figures; `is_set` tells whether an environment variable is set.
pub fn render_plan(plan: &Plan, is_set: &dyn Fn(&str) -> bool) -> String {
    let mut text = String::new();
    write_plan(&mut text, plan, is_set).expect("writing to a string never fails");
    text
}

fn write_plan(out: &mut String, plan: &Plan, is_set: &dyn Fn(&str) -> bool) -> fmt::Result {
    let work = &plan.work;
    let id: String = plan.plan_id.chars().take(8).collect();
    let items = plan.settings.estimate.items;
    writeln!(
        out,
        "{}  plan {id}, {}, seed {}",
        work.campaign,
        counted(items, "item"),
        work.seed
    )?;
    for (index, scenario) in work.scenarios.iter().enumerate() {
        let coverage = plan.settings.coverage.get(index);
        write_scenario(out, scenario, coverage)?;
    }
    write_coverage(out, work)?;
    write_hints(out, work)?;
    write_estimate(out, plan)?;
    write_environment(out, &plan.settings.models, is_set)
}

fn write_scenario(
    out: &mut String,
    scenario: &ScenarioPlan,
    coverage: Option<&Coverage>,
) -> fmt::Result {
    writeln!(out, "\n{}", scenario.name)?;
    if let Some(first) = scenario.describe.lines().next() {
        writeln!(out, "  {first}")?;
    }
    for axis in &scenario.axes {
        line(out, &axis.name, &axis_values(axis))?;
    }
    if let Some(coverage) = coverage {
        line(
            out,
            "rows",
            &row_words(scenario.rows.len() as u64, coverage),
        )?;
        write_infeasible(out, coverage)?;
    }
    let items = scenario.rows.len() as u64 * u64::from(scenario.samples);
    let samples = match scenario.samples {
        1 => String::new(),
        samples => format!(", {samples} for each row"),
    };
    line(out, "items", &format!("{}{samples}", grouped(items)))
}

/// Items by what they are about.
#[derive(Default)]
struct Tally {
    cells: BTreeMap<String, u64>,
    outcomes: BTreeMap<String, u64>,
    severities: BTreeMap<Severity, u64>,
    toolkits: BTreeMap<String, u64>,
}

fn write_coverage(out: &mut String, work: &Work) -> fmt::Result {
    let mut tally = Tally::default();
    for scenario in &work.scenarios {
        for row in &scenario.rows {
            let view = RowView {
                work,
                scenario,
                row,
            };
            tally.add(view, u64::from(scenario.samples));
        }
    }
    let severities = tally.severities.iter().rev();
    let severities = severities.map(|(severity, items)| (severity.word(), *items));
    writeln!(out, "\nItems by")?;
    line(out, "cell", &shares(owned(&tally.cells)))?;
    line(out, "outcome", &shares(owned(&tally.outcomes)))?;
    line(out, "severity", &shares(severities))?;
    line(out, "toolkit", &shares(owned(&tally.toolkits)))
}

impl Tally {
    fn add(&mut self, view: RowView<'_>, items: u64) {
        let outcomes = view.outcomes();
        *self.cells.entry(view.cell().to_string()).or_default() += items;
        let severity = worst(outcomes.iter().map(|outcome| outcome.severity));
        *self.severities.entry(severity).or_default() += items;
        for outcome in outcomes {
            *self.outcomes.entry(outcome.name.clone()).or_default() += items;
        }
        for toolkit in view.toolkits() {
            *self.toolkits.entry(toolkit.name.clone()).or_default() += items;
        }
    }
}

fn owned(counts: &BTreeMap<String, u64>) -> impl Iterator<Item = (&str, u64)> {
    counts.iter().map(|(name, items)| (name.as_str(), *items))
}

fn shares<'a>(counts: impl Iterator<Item = (&'a str, u64)>) -> String {
    let counts: Vec<String> = counts
        .map(|(name, items)| format!("{name} {}", grouped(items)))
        .collect();
    if counts.is_empty() {
        "none".to_owned()
    } else {
        counts.join(", ")
    }
}

fn write_estimate(out: &mut String, plan: &Plan) -> fmt::Result {
    let estimate = &plan.settings.estimate;
    writeln!(out, "\nExpected")?;
    line(out, "calls", &spread(estimate.calls))?;
    let roles: Vec<String> = estimate
        .calls_by_role
        .iter()
        .filter(|(_, calls)| **calls > 0)
        .map(|(role, calls)| format!("{} {}", role.word(), grouped(*calls)))
        .collect();
    if !roles.is_empty() {
        line(out, "by role", &roles.join(", "))?;
    }
    if let Some(Calibrate { labels, rows, .. }) = &plan.settings.calibrate {
        let rows = counted(u64::from(*rows), "row");
        let words = format!("{rows} of `{labels}`, put to the evaluator once, are among these");
        line(out, "calibration", &words)?;
    }
    line(out, "tokens in", &spread(estimate.input_tokens))?;
    line(out, "tokens out", &spread(estimate.output_tokens))?;
    line(out, "cost", &cost(plan))
}

fn spread(range: Range) -> String {
    format!(
        "{} ({} to {})",
        grouped(range.likely),
        grouped(range.least),
        grouped(range.most)
    )
}

fn cost(plan: &Plan) -> String {
    let usd = &plan.settings.estimate.usd;
    let unpriced: Vec<&str> = plan
        .settings
        .models
        .iter()
        .filter(|(key, access)| access.price.is_none() && key.as_str() != "sim")
        .map(|(key, _)| key.as_str())
        .collect();
    let shown = format!("${:.2} (${:.2} to ${:.2})", usd.likely, usd.least, usd.most);
    if unpriced.is_empty() {
        shown
    } else {
        format!(
            "{shown}, without {}: no price is given",
            unpriced.join(", ")
        )
    }
}

/// The environment variables that models need, and whether they are set. Never their values.
fn write_environment(
    out: &mut String,
    models: &BTreeMap<crate::check::Key, ModelAccess>,
    is_set: &dyn Fn(&str) -> bool,
) -> fmt::Result {
    let mut needed: BTreeMap<&str, &str> = BTreeMap::new();
    for access in models.values() {
        if let Some(key) = &access.api_key {
            needed.insert(key, "not set");
        }
        if let Some(Setting::Env { name, default }) = &access.base_url {
            let unset = match default {
                Some(_) => "not set, its default holds",
                None => "not set",
            };
            needed.entry(name).or_insert(unset);
        }
    }
    if needed.is_empty() {
        return Ok(());
    }
    writeln!(out, "\nEnvironment")?;
    for (name, unset) in needed {
        line(out, name, if is_set(name) { "set" } else { unset })?;
    }
    Ok(())
}
