//! What changed between two plans, as a person reads it.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::{self, Write};

use super::document::{Plan, Settings};
use super::items::Items;
use super::scene::ItemId;

/// What changed from `old` to `new`, in words and figures.
pub fn render_difference(old: &Plan, new: &Plan) -> String {
    let mut text = String::new();
    write_difference(&mut text, old, new).expect("writing to a string never fails");
    text
}

fn write_difference(out: &mut String, old: &Plan, new: &Plan) -> fmt::Result {
    let campaign = &new.work.campaign;
    if old.plan_id == new.plan_id {
        writeln!(
            out,
            "{campaign}  plan {}, the same work as before",
            short(new)
        )?;
    } else {
        writeln!(out, "{campaign}  plan {}, was {}", short(new), short(old))?;
        write_items(out, old, new)?;
    }
    let settings = changed_settings(&old.settings, &new.settings);
    if !settings.is_empty() {
        writeln!(
            out,
            "  settings that changed, not part of the work: {}",
            settings.join(", ")
        )?;
    }
    Ok(())
}

fn write_items(out: &mut String, old: &Plan, new: &Plan) -> fmt::Result {
    let before = ids_by_scenario(old);
    let after = ids_by_scenario(new);
    let known: HashSet<&ItemId> = before.values().flatten().collect();
    let kept: HashSet<&ItemId> = after.values().flatten().collect();
    for (scenario, ids) in &after {
        let was = before.get(scenario).map_or(&[][..], Vec::as_slice);
        let same = ids.iter().filter(|id| known.contains(id)).count();
        let gone = was.iter().filter(|id| !kept.contains(id)).count();
        writeln!(
            out,
            "  {scenario:<24} {} items: {same} as before, {} new, {gone} gone",
            ids.len(),
            ids.len() - same,
        )?;
    }
    for (scenario, ids) in &before {
        if !after.contains_key(scenario) {
            writeln!(
                out,
                "  {scenario:<24} no longer there; it had {} items",
                ids.len()
            )?;
        }
    }
    Ok(())
}

fn ids_by_scenario(plan: &Plan) -> BTreeMap<&str, Vec<ItemId>> {
    let items = Items::new(plan);
    let mut found: HashMap<usize, Vec<ItemId>> = HashMap::new();
    for place in items.places() {
        found
            .entry(place.scenario)
            .or_default()
            .push(items.id(&place));
    }
    let named = |(index, ids)| {
        let scenario: usize = index;
        (plan.work.scenarios[scenario].name.as_str(), ids)
    };
    found.into_iter().map(named).collect()
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
