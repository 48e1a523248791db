//! One item as a line of `plan --items`.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use super::items::Items;
use super::scene::{ItemId, ItemPlace};

/// What is shown of an item without setting its scene.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ItemLine {
    pub item: ItemId,
    pub scenario: String,
    /// `N-N` to `M-M`, instruction first.
    pub cell: String,
    /// Index of the scenario's row, and of the sample within it.
    pub row: u64,
    pub sample: u32,
    pub axes: Map<String, Json>,
}

impl Items {
    /// The line of the item at `place`.
    pub fn line(&self, place: &ItemPlace) -> ItemLine {
        let view = self.view(place);
        ItemLine {
            item: self.id(place),
            scenario: view.scenario.name.clone(),
            cell: view.cell().to_string(),
            row: place.row as u64,
            sample: place.sample,
            axes: view.axes(),
        }
    }
}
