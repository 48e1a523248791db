//! The figures of a run in tables, within 80 columns: records by cell and outcome, what was not kept
//! and why, cost by role and model, and the items that took most.

use std::collections::BTreeMap;

use super::output::counted;
use crate::eval::Table;
use crate::plan::grouped;
use crate::run::{ItemSpending, RoleSpending, Status, short_count};

/// Rows of a table at most; the others are added up in one.
const ROWS: usize = 12;

/// Of the items that took most, how many are shown of each sort.
const ITEMS: usize = 3;

/// Digits of an item's id: enough to find it in records and events.
const DIGITS: usize = 12;

/// Characters of a name at most, where there is room for many and for few figures beside it.
const LONG: usize = 40;
const SHORT: usize = 22;

/// Every table for which there is something to tell, with an empty line before each.
pub fn describe_figures(status: &Status) -> String {
    let tables = [
        records(status),
        losses(status),
        spending(&status.spending),
        items("dearest items", &status.dearest, status.usd > 0.0),
        items("slowest items", &status.slowest, status.usd > 0.0),
    ];
    let tables = tables.into_iter().flatten();
    tables
        .map(|table| format!("\n{}", table.render()))
        .collect()
}

/// An outcome a row, a cell a column. A record with several outcomes is in several rows, and once in
/// the last.
fn records(status: &Status) -> Option<Table> {
    if status.cells.is_empty() {
        return None;
    }
    let cells: Vec<&str> = status.cells.keys().map(String::as_str).collect();
    let heads = ["records by outcome"].iter().chain(&cells).chain(&["all"]);
    let mut table = Table::with_heads(heads.map(|head| (*head).to_owned()).collect());
    let mut row = |name: String, counts: &BTreeMap<String, u64>| {
        let each = cells.iter().map(|cell| counts.get(*cell).copied());
        let each = each.map(|count| short_count(count.unwrap_or(0)));
        let all = short_count(counts.values().sum());
        table.row([vec![name], each.collect(), vec![all]].concat());
    };
    let mut outcomes: Vec<_> = status.outcomes.iter().collect();
    outcomes.sort_by_key(|(_, counts)| std::cmp::Reverse(counts.values().sum::<u64>()));
    for (name, counts) in outcomes.iter().take(shown(outcomes.len())) {
        row(clipped(name, SHORT), counts);
    }
    if let Some(rest) = outcomes.get(shown(outcomes.len())..)
        && !rest.is_empty()
    {
        let mut counts = BTreeMap::new();
        for (cell, count) in rest.iter().flat_map(|(_, counts)| counts.iter()) {
            *counts.entry(cell.clone()).or_insert(0) += count;
        }
        row(counted(rest.len() as u64, "further outcome"), &counts);
    }
    row("all".to_owned(), &status.cells);
    Some(table)
}

/// So many of `all` rows are shown before the others are added up.
fn shown(all: usize) -> usize {
    if all <= ROWS { all } else { ROWS - 1 }
}

/// Trajectories that gave no record, by reason.
fn losses(status: &Status) -> Option<Table> {
    let dropped = status
        .drops
        .iter()
        .map(|(why, count)| ("dropped", why, count));
    let failed = status
        .failures
        .iter()
        .map(|(why, count)| ("failed", why, count));
    let mut rows = dropped.chain(failed).peekable();
    rows.peek()?;
    let mut table = Table::new(["not kept", "why", "trajectories"]).with_texts(2);
    for (word, why, count) in rows {
        table.row([word.to_owned(), clipped(why, LONG), grouped(*count)]);
    }
    Some(table)
}

/// A role and model a row. Money is a column only where any was spent.
fn spending(spending: &[RoleSpending]) -> Option<Table> {
    if spending.is_empty() {
        return None;
    }
    let is_paid = spending.iter().any(|it| it.usd > 0.0);
    let mut heads = vec![
        "cost by role",
        "model",
        "calls",
        "input",
        "cached",
        "output",
    ];
    heads.extend(is_paid.then_some("usd"));
    let heads = heads.into_iter().map(str::to_owned).collect();
    let mut table = Table::with_heads(heads).with_texts(2);
    let mut row = |names: [String; 2], it: &RoleSpending| {
        let usage = it.usage;
        let tokens = [usage.input, usage.cached, usage.output].map(short_count);
        let usd = is_paid.then(|| money(it.usd));
        let figures = std::iter::once(grouped(it.calls)).chain(tokens).chain(usd);
        table.row(names.into_iter().chain(figures));
    };
    for it in spending {
        row(
            [it.role.word().to_owned(), clipped(it.model.as_str(), SHORT)],
            it,
        );
    }
    let mut all = spending[0].clone();
    for it in &spending[1..] {
        all.calls += it.calls;
        all.usage += it.usage;
        all.usd += it.usd;
    }
    row(["all".to_owned(), String::new()], &all);
    Some(table)
}

fn items(head: &str, items: &[ItemSpending], is_paid: bool) -> Option<Table> {
    if items.is_empty() {
        return None;
    }
    let mut heads = vec![head, "scenario", "calls", "tokens"];
    heads.extend(is_paid.then_some("usd"));
    heads.push("seconds");
    let heads = heads.into_iter().map(str::to_owned).collect();
    let mut table = Table::with_heads(heads).with_texts(2);
    for it in items.iter().take(ITEMS) {
        let id = it.item.get(..DIGITS).unwrap_or(&it.item).to_owned();
        let figures = [grouped(it.calls), short_count(it.tokens)];
        let usd = is_paid.then(|| money(it.usd));
        let seconds = [format!("{:.1}", it.seconds)];
        let names = [id, clipped(&it.scenario, SHORT)];
        table.row(names.into_iter().chain(figures).chain(usd).chain(seconds));
    }
    Some(table)
}

/// Small amounts with more places.
fn money(usd: f64) -> String {
    match usd {
        0.0 => "0".to_owned(),
        ..1.0 => format!("{usd:.4}"),
        _ => format!("{usd:.2}"),
    }
}

/// The beginning of a name that is too long.
fn clipped(name: &str, most: usize) -> String {
    if name.chars().count() <= most {
        return name.to_owned();
    }
    let start: String = name.chars().take(most - 1).collect();
    start + "…"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::{Key, Role};
    use crate::model::Usage;
    use crate::run::ItemCounts;

    fn counts<const N: usize>(counts: [(&str, u64); N]) -> BTreeMap<String, u64> {
        counts.map(|(name, count)| (name.to_owned(), count)).into()
    }

    fn spent(role: Role, model: &str, calls: u64, usd: f64) -> RoleSpending {
        RoleSpending {
            role,
            model: Key(model.to_owned()),
            calls,
            usage: Usage {
                input: calls * 1000,
                output: calls * 100,
                cached: calls * 200,
                ..Usage::default()
            },
            usd,
        }
    }

    fn item(digit: char, usd: f64, seconds: f64) -> ItemSpending {
        ItemSpending {
            item: digit.to_string().repeat(32),
            scenario: "AScenarioWhoseNameGoesOnAndOn".to_owned(),
            calls: 38,
            tokens: 41_234,
            usd,
            seconds,
        }
    }

    fn status() -> Status {
        Status {
            plan_id: "p".to_owned(),
            items: ItemCounts::default(),
            calls: 0,
            tokens: 0,
            usage: Usage::default(),
            usd: 12.5,
            seconds: 1.0,
            records: BTreeMap::new(),
            drops: counts([("no safe action found", 1), ("refused by a role", 1200)]),
            failures: counts([("no answer", 2)]),
            cells: counts([("N-N", 3), ("N-M", 2000), ("U-M", 12)]),
            outcomes: BTreeMap::from([
                (
                    "PrivacyLeakage".to_owned(),
                    counts([("N-M", 1990), ("U-M", 12)]),
                ),
                ("DataLoss".to_owned(), counts([("N-M", 20), ("N-N", 3)])),
            ]),
            spending: vec![
                spent(
                    Role::Agent,
                    "models.ots#AVeryLongNameOfAModel",
                    123_456,
                    12.3,
                ),
                spent(Role::Evaluator, "Judge", 900, 0.2),
            ],
            dearest: vec![item('a', 0.91, 12.0), item('b', 0.5, 1000.0)],
            slowest: vec![item('b', 0.5, 1000.0)],
            examples: None,
            top_up: None,
        }
    }

    #[test]
    fn the_tables_stand_in_80_columns() {
        let shown = describe_figures(&status());
        let expected = "
  records by outcome   N-M  N-N  U-M   all
  PrivacyLeakage      1990    0   12  2002
  DataLoss              20    3    0    23
  all                 2000    3   12  2015

  not kept  why                   trajectories
  dropped   no safe action found             1
  dropped   refused by a role            1,200
  failed    no answer                        2

  cost by role  model                     calls   input  cached  output     usd
  agent         models.ots#AVeryLongN…  123,456  123.4M   24.6M   12.3M   12.30
  evaluator     Judge                       900  900.0k  180.0k   90.0k  0.2000
  all                                   124,356  124.3M   24.8M   12.4M   12.50

  dearest items  scenario                calls  tokens     usd  seconds
  aaaaaaaaaaaa   AScenarioWhoseNameGoe…     38   41.2k  0.9100     12.0
  bbbbbbbbbbbb   AScenarioWhoseNameGoe…     38   41.2k  0.5000   1000.0

  slowest items  scenario                calls  tokens     usd  seconds
  bbbbbbbbbbbb   AScenarioWhoseNameGoe…     38   41.2k  0.5000   1000.0
";
        assert_eq!(shown, expected);
        assert!(shown.lines().all(|line| line.chars().count() <= 80));
    }

    #[test]
    fn many_outcomes_and_six_cells_still_fit_and_all_are_counted() {
        let cells = ["M-M", "M-N", "N-M", "N-N", "U-M", "U-N"];
        let cells = cells.map(|cell| (cell, 99_999));
        let outcomes = (0..40).map(|n| (format!("ALongNameOfAnOutcome{n:010}"), counts(cells)));
        let status = Status {
            cells: counts(cells),
            outcomes: outcomes.collect(),
            ..status()
        };
        let table = records(&status).expect("there are records").render();
        assert!(
            table.lines().all(|line| line.chars().count() <= 80),
            "{table}"
        );
        assert!(table.contains("29 further outcomes"), "{table}");
        assert_eq!(table.lines().count(), 1 + ROWS + 1);
    }

    #[test]
    fn a_run_without_prices_says_nothing_of_money() {
        let mut status = status();
        status.usd = 0.0;
        for it in &mut status.spending {
            it.usd = 0.0;
        }
        assert!(!describe_figures(&status).contains("usd"));
    }
}
