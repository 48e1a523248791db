//! The records that a page shows: a few of each scenario and kind, the same ones every time.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::run::{Kind, Record};

/// Records on a page, about.
const WANTED: usize = 300;

/// Bytes of records on a page at most.
const LARGEST: usize = 12_000_000;

/// Chooses records as they come by, and keeps no more than a page can show.
///
/// Of each scenario and kind those with the lowest ids are taken: ids are hashes, so they are a
/// fair sample, and do not depend on the order of arrival.
#[derive(Debug)]
pub struct Examples {
    each: usize,
    chosen: BTreeMap<(String, Kind), BTreeMap<String, Record>>,
}

impl Examples {
    /// Room for records of so many scenarios.
    pub fn for_scenarios(scenarios: usize) -> Self {
        Self {
            each: (WANTED / (3 * scenarios.max(1))).max(2),
            chosen: BTreeMap::new(),
        }
    }

    /// Takes the record in if it belongs to the sample as far as it is known.
    pub fn offer(&mut self, record: &Record) {
        let group = (record.scenario.clone(), record.kind);
        let group = self.chosen.entry(group).or_default();
        let is_better = group
            .last_key_value()
            .is_none_or(|(last, _)| record.id < *last);
        if group.len() < self.each || is_better {
            group.insert(record.id.clone(), record.clone());
            if group.len() > self.each {
                group.pop_last();
            }
        }
    }

    /// The sample, by scenario and kind, as much of it as fits on a page; without what a page does
    /// not show.
    pub fn into_shown(self) -> Vec<Json> {
        let mut room = LARGEST;
        self.chosen
            .into_values()
            .flat_map(BTreeMap::into_values)
            .map(|record| shown(&record))
            .take_while(|record| {
                let size = record.to_string().len();
                let fits = size <= room;
                room = room.saturating_sub(size);
                fits
            })
            .collect()
    }
}

/// The schemas of tools are most of a record, and nobody reads them here.
fn shown(record: &Record) -> Json {
    let mut shown = serde_json::to_value(record).expect("a record is plain data");
    if let Some(fields) = shown.as_object_mut() {
        fields.retain(|name, _| !matches!(name.as_str(), "format" | "plan_id" | "tools"));
    }
    shown
}
