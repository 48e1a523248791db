//! What an item is about, told without rendering any of its prose.

use super::items::{Items, worst};
use super::scene::ItemPlace;
use crate::check::Severity;

/// Where in the plan's coverage an item counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject<'p> {
    pub scenario: &'p str,
    /// `N-N` to `M-M`, instruction first.
    pub cell: String,
    pub outcomes: Vec<&'p str>,
    /// The first is primary.
    pub toolkits: Vec<&'p str>,
    /// That of the worst outcome.
    pub severity: Severity,
}

impl Items {
    /// What the item at `place` is about. All samples of a row are about the same.
    pub fn subject(&self, place: &ItemPlace) -> Subject<'_> {
        let view = self.view(place);
        let outcomes = view.outcomes();
        Subject {
            scenario: &view.scenario.name,
            cell: view.cell().to_string(),
            severity: worst(outcomes.iter().map(|outcome| outcome.severity)),
            outcomes: outcomes
                .into_iter()
                .map(|outcome| outcome.name.as_str())
                .collect(),
            toolkits: view
                .toolkits()
                .into_iter()
                .map(|toolkit| toolkit.name.as_str())
                .collect(),
        }
    }
}
