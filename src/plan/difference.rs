//! What changed between two plans: which items are kept, and why the others are not.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde::Serialize;
use serde_json::Value as Json;

use super::document::{Plan, ScenarioPlan, Work};
use super::items::Items;
use super::scene::ItemId;

/// Two plans beside each other.
pub(super) struct Difference<'a> {
    pub(super) old: &'a Plan,
    pub(super) new: &'a Plan,
    pub(super) items: Counts,
    /// What all items read and is not the same, in words.
    pub(super) shared: Vec<Change>,
    /// Those of the new plan in its order, then those that are gone.
    pub(super) scenarios: Vec<ScenarioDifference<'a>>,
}

/// Items by whether both plans have them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) kept: u64,
    pub(super) new: u64,
    pub(super) gone: u64,
}

/// A scenario in one plan or both.
pub(super) struct ScenarioDifference<'a> {
    pub(super) name: &'a str,
    pub(super) old: Option<&'a ScenarioPlan>,
    pub(super) new: Option<&'a ScenarioPlan>,
    pub(super) items: Counts,
    pub(super) rows_kept: usize,
    /// Rows as `axis value, axis value`.
    pub(super) rows_added: Vec<String>,
    pub(super) rows_dropped: Vec<String>,
    pub(super) changes: Vec<Change>,
}

/// Something that was one way and is another.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Change {
    pub(super) what: String,
    pub(super) before: String,
    pub(super) after: String,
}

impl<'a> Difference<'a> {
    pub(super) fn between(old: &'a Plan, new: &'a Plan) -> Self {
        let (before, after) = (ids_by_scenario(old), ids_by_scenario(new));
        let all = |ids: &BTreeMap<&str, Vec<ItemId>>| -> HashSet<ItemId> {
            ids.values().flatten().cloned().collect()
        };
        let (known, wanted) = (all(&before), all(&after));
        let names = new.work.scenarios.iter().chain(&old.work.scenarios);
        let mut seen = BTreeSet::new();
        let names = names.map(|scenario| scenario.name.as_str());
        let scenarios: Vec<_> = names
            .filter(|name| seen.insert(*name))
            .map(|name| {
                let mut scenario = ScenarioDifference::of(name, old, new);
                let before = before.get(name).map_or(&[][..], Vec::as_slice);
                let after = after.get(name).map_or(&[][..], Vec::as_slice);
                scenario.items = count(before, after, &known, &wanted);
                scenario
            })
            .collect();
        let items = scenarios.iter().map(|scenario| scenario.items);
        Self {
            old,
            new,
            items: items.fold(Counts::default(), Counts::plus),
            shared: shared_changes(&old.work, &new.work),
            scenarios,
        }
    }
}

impl Counts {
    fn plus(self, other: Self) -> Self {
        Self {
            kept: self.kept + other.kept,
            new: self.new + other.new,
            gone: self.gone + other.gone,
        }
    }
}

impl<'a> ScenarioDifference<'a> {
    fn of(name: &str, old: &'a Plan, new: &'a Plan) -> ScenarioDifference<'a> {
        let named = |plan: &'a Plan| {
            let mut scenarios = plan.work.scenarios.iter();
            scenarios.find(|scenario| scenario.name == name)
        };
        let (before, after) = (named(old), named(new));
        let rows = |scenario: Option<&'a ScenarioPlan>| scenario.map_or_else(Vec::new, row_texts);
        let (old_rows, new_rows) = (rows(before), rows(after));
        let missing_in = |from: &[String], other: &[String]| -> Vec<String> {
            let other: BTreeSet<&String> = other.iter().collect();
            let rows = from.iter().filter(|row| !other.contains(row));
            rows.cloned().collect()
        };
        let rows_added = missing_in(&new_rows, &old_rows);
        let one = after.or(before).expect("one of the plans has the scenario");
        Self {
            name: &one.name,
            old: before,
            new: after,
            items: Counts::default(),
            rows_kept: new_rows.len() - rows_added.len(),
            rows_dropped: missing_in(&old_rows, &new_rows),
            rows_added,
            changes: match (before, after) {
                (Some(before), Some(after)) => scenario_changes(before, after),
                _ => Vec::new(),
            },
        }
    }
}

fn ids_by_scenario(plan: &Plan) -> BTreeMap<&str, Vec<ItemId>> {
    let items = Items::new(plan);
    let mut found: BTreeMap<&str, Vec<ItemId>> = BTreeMap::new();
    for place in items.places() {
        let name = plan.work.scenarios[place.scenario].name.as_str();
        found.entry(name).or_default().push(items.id(&place));
    }
    found
}

fn count(
    before: &[ItemId],
    after: &[ItemId],
    known: &HashSet<ItemId>,
    wanted: &HashSet<ItemId>,
) -> Counts {
    let kept = after.iter().filter(|id| known.contains(id)).count() as u64;
    let gone = before.iter().filter(|id| !wanted.contains(id)).count();
    Counts {
        kept,
        new: after.len() as u64 - kept,
        gone: gone as u64,
    }
}

/// Each row in words, its axes by name, so that rows are the same whatever the order of axes.
fn row_texts(scenario: &ScenarioPlan) -> Vec<String> {
    let mut axes: Vec<usize> = (0..scenario.axes.len()).collect();
    axes.sort_by_key(|&axis| &scenario.axes[axis].name);
    let texts = scenario.rows.iter().map(|row| {
        let cells = axes.iter().map(|&axis| {
            let planned = &scenario.axes[axis];
            let value = &planned.values[row[axis] as usize];
            format!("{} {}", planned.name, super::show_rows::value_words(value))
        });
        cells.collect::<Vec<_>>().join(", ")
    });
    texts.collect()
}

/// What the items of a scenario read, apart from their rows.
fn scenario_changes(old: &ScenarioPlan, new: &ScenarioPlan) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut add = |what: &str, before: String, after: String| {
        if before != after {
            changes.push(Change {
                what: what.to_owned(),
                before,
                after,
            });
        }
    };
    let instructions = |plan: &ScenarioPlan| {
        let all = plan.instructions.iter();
        let texts = all.map(|one| format!("{} {}", one.kind.word(), one.text));
        texts.collect::<Vec<_>>().join("\n")
    };
    let contexts = |plan: &ScenarioPlan| {
        let all = plan.contexts.iter();
        let texts = all.map(|one| format!("{} {}", one.kind.word(), one.text));
        texts.collect::<Vec<_>>().join("\n")
    };
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    add("samples", old.samples.to_string(), new.samples.to_string());
    add("outcomes", json(&old.outcomes), json(&new.outcomes));
    add("toolkits", json(&old.toolkits), json(&new.toolkits));
    add("persona", json(&old.persona), json(&new.persona));
    add("instruction", instructions(old), instructions(new));
    add("context", contexts(old), contexts(new));
    add("trigger", text(&old.trigger), text(&new.trigger));
    add("safe", text(&old.safe), text(&new.safe));
    add("benign", text(&old.benign), text(&new.benign));
    add("rules", lines(&old.rules), lines(&new.rules));
    add("evaluate", json(&old.evaluate), json(&new.evaluate));
    add("plants", lines(&old.plants), lines(&new.plants));
    add("examples", lines(&old.examples), lines(&new.examples));
    add("arguments", json(&old.parameters), json(&new.parameters));
    changes
}

/// What the items of all scenarios read.
fn shared_changes(old: &Work, new: &Work) -> Vec<Change> {
    let mut changes = Vec::new();
    let parts = [
        ("seed", json(&old.seed), json(&new.seed)),
        ("twins", json(&old.twins), json(&new.twins)),
        ("rollout", json(&old.rollout), json(&new.rollout)),
        ("rounds", json(&old.rounds), json(&new.rounds)),
        ("split", json(&old.split), json(&new.split)),
    ];
    for (what, before, after) in parts {
        if before != after {
            changes.push(Change {
                what: what.to_owned(),
                before,
                after,
            });
        }
    }
    changes.extend(changed_entries("role", &old.roles, &new.roles));
    changes.extend(changed_entries("model", &old.models, &new.models));
    changes.extend(changed_entries("prompt", &old.prompts, &new.prompts));
    changes.extend(changed_entries("toolkit", &old.toolkits, &new.toolkits));
    changes.extend(changed_entries("outcome", &old.outcomes, &new.outcomes));
    changes.extend(changed_entries("persona", &old.personas, &new.personas));
    changes
}

/// Entries that both have, each with another value. Those of one alone are told by who uses them.
fn changed_entries<K: Ord + Serialize, V: Serialize + PartialEq>(
    what: &str,
    old: &BTreeMap<K, V>,
    new: &BTreeMap<K, V>,
) -> Vec<Change> {
    let both = new.iter().filter_map(|(key, after)| {
        let before = old.get(key)?;
        (before != after).then_some((key, before, after))
    });
    both.map(|(key, before, after)| Change {
        what: format!("{what} {}", json(key)),
        before: json(before),
        after: json(after),
    })
    .collect()
}

/// A text as it is, and everything else as JSON.
fn json(value: &impl Serialize) -> String {
    match serde_json::to_value(value).unwrap_or(Json::Null) {
        Json::String(text) => text,
        other => other.to_string(),
    }
}

fn lines<T: Serialize>(values: &[T]) -> String {
    let lines: Vec<String> = values.iter().map(json).collect();
    lines.join("\n")
}
