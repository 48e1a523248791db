//! What changed since an earlier plan, as a person reads it before a run is repeated.

use std::fmt::{self, Write};

use super::difference::{Change, Counts, Difference, ScenarioDifference};
use super::document::{Plan, Settings};
use super::show_line::{counted, grouped, line};

/// Rows of one kind, lines of one text and letters of one line that are shown.
const MOST_ROWS: usize = 5;
const MOST_LINES: usize = 4;
const MOST_LETTERS: usize = 100;

/// What changed from `old` to `new`, in words and figures.
pub fn render_difference(old: &Plan, new: &Plan) -> String {
    let mut text = String::new();
    write_difference(&mut text, old, new).expect("writing to a string never fails");
    text
}

fn write_difference(out: &mut String, old: &Plan, new: &Plan) -> fmt::Result {
    let campaign = &new.work.campaign;
    if old.plan_id == new.plan_id {
        let id = short(new);
        writeln!(out, "{campaign}  plan {id}, the same work as before")?;
    } else {
        let difference = Difference::between(old, new);
        write_head(out, &difference)?;
        for scenario in &difference.scenarios {
            write_scenario(out, scenario)?;
        }
        write_expectations(out, &difference)?;
    }
    let settings = changed_settings(&old.settings, &new.settings);
    if settings.is_empty() {
        return Ok(());
    }
    let settings = settings.join(", ");
    writeln!(
        out,
        "\nSettings that changed, not part of the work: {settings}"
    )
}

fn write_head(out: &mut String, difference: &Difference<'_>) -> fmt::Result {
    let (old, new) = (difference.old, difference.new);
    let campaign = &new.work.campaign;
    writeln!(out, "{campaign}  plan {}, was {}", short(new), short(old))?;
    line(out, "items", &items_words(difference.items))?;
    difference
        .shared
        .iter()
        .try_for_each(|change| write_change(out, change))
}

fn items_words(items: Counts) -> String {
    format!(
        "{}: {} as before, {} new, {} gone",
        counted(items.kept + items.new, "item"),
        grouped(items.kept),
        grouped(items.new),
        grouped(items.gone),
    )
}

fn write_scenario(out: &mut String, scenario: &ScenarioDifference<'_>) -> fmt::Result {
    let name = scenario.name;
    match (scenario.old, scenario.new) {
        (None, _) => {
            let items = counted(scenario.items.kept + scenario.items.new, "item");
            return writeln!(out, "\n{name}  is new, with {items}");
        }
        (_, None) => {
            let items = counted(scenario.items.gone, "item");
            return writeln!(out, "\n{name}  is no longer there; {items} gone");
        }
        (Some(_), Some(_)) => {}
    }
    let has_rows = !scenario.rows_added.is_empty() || !scenario.rows_dropped.is_empty();
    if scenario.items.new + scenario.items.gone == 0 && scenario.changes.is_empty() && !has_rows {
        return writeln!(
            out,
            "\n{name}  as before, {}",
            counted(scenario.items.kept, "item")
        );
    }
    writeln!(out, "\n{name}")?;
    line(out, "items", &items_words(scenario.items))?;
    if has_rows {
        write_rows(out, scenario)?;
    }
    scenario
        .changes
        .iter()
        .try_for_each(|change| write_change(out, change))
}

fn write_rows(out: &mut String, scenario: &ScenarioDifference<'_>) -> fmt::Result {
    let (added, dropped) = (&scenario.rows_added, &scenario.rows_dropped);
    let words = format!(
        "{} as before, {} added, {} dropped",
        scenario.rows_kept,
        added.len(),
        dropped.len()
    );
    line(out, "rows", &words)?;
    write_some(out, '+', added, MOST_ROWS)?;
    write_some(out, '-', dropped, MOST_ROWS)
}

/// Something short on one line; a text by the lines that differ.
fn write_change(out: &mut String, change: &Change) -> fmt::Result {
    let is_short = |text: &str| !text.contains('\n') && text.chars().count() <= 30;
    let (what, before, after) = (&change.what, &change.before, &change.after);
    if is_short(before) && is_short(after) && !before.is_empty() && !after.is_empty() {
        return line(out, what, &format!("{before} → {after}"));
    }
    writeln!(out, "  {what}")?;
    let (before, after): (Vec<&str>, Vec<&str>) =
        (before.lines().collect(), after.lines().collect());
    let only_in = |lines: &[&str], other: &[&str]| -> Vec<String> {
        let lines = lines.iter().filter(|line| !other.contains(line));
        lines.map(|line| line.trim().to_owned()).collect()
    };
    write_some(out, '-', &only_in(&before, &after), MOST_LINES)?;
    write_some(out, '+', &only_in(&after, &before), MOST_LINES)
}

fn write_some(out: &mut String, sign: char, lines: &[String], most: usize) -> fmt::Result {
    for line in lines.iter().take(most) {
        let mut shown: String = line.chars().take(MOST_LETTERS).collect();
        if shown.len() < line.len() {
            shown.push('…');
        }
        writeln!(out, "    {sign} {shown}")?;
    }
    match lines.len().saturating_sub(most) {
        0 => Ok(()),
        more => writeln!(out, "    {sign} … {} more", grouped(more as u64)),
    }
}

fn write_expectations(out: &mut String, difference: &Difference<'_>) -> fmt::Result {
    let before = &difference.old.settings.estimate;
    let after = &difference.new.settings.estimate;
    let items = difference.items;
    let all = (items.kept + items.new).max(1);
    let share = items.new as f64 / all as f64;
    writeln!(out, "\nExpected")?;
    let (was, is) = (before.calls.likely, after.calls.likely);
    let new = (is as f64 * share).round() as u64;
    line(
        out,
        "calls",
        &format!(
            "{} → {}, about {} of them new",
            grouped(was),
            grouped(is),
            grouped(new)
        ),
    )?;
    let (was, is) = (before.usd.likely, after.usd.likely);
    let new = is * share;
    line(
        out,
        "cost",
        &format!("${was:.2} → ${is:.2}, about ${new:.2} of it new"),
    )?;
    if items.kept == 0 {
        return Ok(());
    }
    writeln!(
        out,
        "\n`autosafe run EDITED --adopt RUN` takes what is as before from an earlier run."
    )
}

/// What a person may have changed without changing the work.
fn changed_settings(old: &Settings, new: &Settings) -> Vec<&'static str> {
    [
        ("budget", old.budget != new.budget),
        ("exports", old.exports != new.exports),
        ("access to models", old.models != new.models),
    ]
    .into_iter()
    .filter_map(|(word, is_changed)| is_changed.then_some(word))
    .collect()
}

fn short(plan: &Plan) -> String {
    plan.plan_id.chars().take(8).collect()
}
