//! Quality gates: what a campaign's `quality { … }` looks for in the records as they pass by.
//!
//! A gate flags; nothing is changed or lost. Only signatures and hashes of records are kept, so memory
//! grows by some hundred bytes a record, whatever its length.

mod frames;
mod gates;
mod markers;
mod near_duplicates;
mod personal_data;
mod report;
mod results;
mod sketch;
mod texts;
mod unused_tools;

pub(super) use gates::Gates;
pub use report::{FlagExample, Flagged, QUALITY_FORMAT, QualityReport};
