//! Records to files.
//!
//! In come records, one after the other in the plan's order, and what the run has to say about
//! itself; out goes a folder: `records.jsonl`, the exports, a card and a manifest. Every export is
//! a pure function of one record, and all walk one `tree` made of it, so that they cannot disagree. The same records give the same bytes.

mod agentdog;
mod alpaca;
mod atif;
mod card;
mod card_head;
#[cfg(feature = "parquet")]
mod columnar;
#[cfg(not(feature = "parquet"))]
#[path = "columnar_absent.rs"]
mod columnar;
mod columns;
mod croissant;
mod dpo;
mod error;
mod form;
mod input;
mod inspect;
mod judge;
mod kto;
mod llama_factory;
mod manifest;
mod messages;
mod open_file;
mod panel;
mod place;
mod quality;
mod react;
mod recipe;
mod sft;
mod sharegpt;
mod staging;
mod stepwise;
mod table;
mod tally;
mod tools;
mod trajectories;
mod tree;
mod trust;
mod write;
mod yaml;

pub use error::DatasetError;
pub use input::DatasetInput;
pub use manifest::{DATASET_FORMAT, WrittenFile};
pub use panel::PanelAgreement;
pub use quality::{
    Compared, EarlierRuns, FlagExample, Flagged, QUALITY_FORMAT, QualityReport, has_earlier_run,
    keep_earlier_run,
};
pub use recipe::{Mix, RecipeInput, Trainer, WrittenRecipe, write_recipe, write_recipe_beside};
pub use trust::{Calibration, Measured, Trust};
pub use write::{Written, write, write_beside};
