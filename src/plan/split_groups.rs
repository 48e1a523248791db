//! Whether a split has groups enough for its parts.

use std::collections::BTreeSet;

use super::rows;
use crate::check::{Campaign, Choice, Key, Scenario, Source, SplitBy, Value};
use crate::diagnostic::{Code, Diagnostic};

/// A warning where there are fewer groups than parts.
pub(super) fn check(campaign: &Campaign, scenarios: &[&Scenario]) -> Option<Diagnostic> {
    let split = campaign.split;
    let shares = [split.train, split.validation, split.test];
    let parts = shares.iter().filter(|share| **share > 0.0).count() as u64;
    if parts < 2 || scenarios.is_empty() {
        return None;
    }
    let (groups, word) = match split.by {
        SplitBy::Scenario => (scenarios.len() as u64, "scenario"),
        SplitBy::Row => (row_count(scenarios)?, "row"),
        SplitBy::Toolkit => (first_keys(scenarios, |one| &one.toolkits), "toolkit"),
        SplitBy::Outcome => (first_keys(scenarios, |one| &one.outcomes), "outcome"),
    };
    (groups < parts).then(|| {
        let plural = if groups == 1 { "" } else { "s" };
        Diagnostic::new(
            Code::FewGroups,
            campaign.span,
            format!(
                "`{}` splits {groups} {word}{plural} into {parts} parts, so some stay empty",
                campaign.name
            ),
        )
        .help("split by something that there is more of, or into fewer parts")
    })
}

/// Nothing where a scenario has an error, because then there is enough to say already.
fn row_count(scenarios: &[&Scenario]) -> Option<u64> {
    scenarios
        .iter()
        .map(|scenario| rows::few_rows(scenario))
        .sum()
}

/// How many different entities stand first.
fn first_keys(scenarios: &[&Scenario], choice: fn(&Scenario) -> &Choice) -> u64 {
    let mut keys: BTreeSet<&Key> = BTreeSet::new();
    for scenario in scenarios {
        match choice(scenario).parts.first() {
            Some(Source::Fixed(key)) => {
                keys.insert(key);
            }
            Some(Source::Axis(name)) => {
                let axes = scenario.axes.iter().filter(|axis| axis.name == *name);
                let values = axes.flat_map(|axis| &axis.values);
                keys.extend(values.filter_map(|value| first_key(&value.value)));
            }
            None => {}
        }
    }
    keys.len() as u64
}

fn first_key(value: &Value) -> Option<&Key> {
    match value {
        Value::Toolkit(key) | Value::Outcome(key) => Some(key),
        Value::List(values) => values.first().and_then(first_key),
        _ => None,
    }
}
