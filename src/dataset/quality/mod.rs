//! Quality gates: what a campaign's `quality { … }` looks for in the records as they pass by.
//!
//! A gate flags; nothing is changed or lost. Only signatures and hashes of records are kept, so memory
//! grows by some hundred bytes a record, whatever its length.

mod alike;
mod earlier_runs;
mod frames;
mod gates;
mod leakage;
mod markers;
mod markup;
mod near_duplicates;
mod personal_data;
mod report;
mod results;
mod shared_runs;
mod sketch;
mod texts;
mod unused_tools;
mod words;

pub use earlier_runs::{EarlierRuns, has_earlier_run, keep_earlier_run};
pub(super) use gates::Gates;
pub use report::{Compared, FlagExample, Flagged, QUALITY_FORMAT, QualityReport};
