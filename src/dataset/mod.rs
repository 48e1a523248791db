//! Records to files.
//!
//! In come records, one after the other in the plan's order, and what the run has to say about
//! itself; out goes a folder: `records.jsonl`, the exports, a card and a manifest. Every export is
//! a pure function of one record, and all are made from one `history` of its turns, so that they
//! cannot disagree. The same records give the same bytes.

mod alpaca;
mod card;
mod card_head;
mod dpo;
mod error;
mod form;
mod history;
mod judge;
mod llama_factory;
mod manifest;
mod messages;
mod place;
mod react;
mod sft;
mod staging;
mod tally;
mod tools;
mod trajectories;
mod write;
mod yaml;

pub use error::DatasetError;
pub use manifest::{DATASET_FORMAT, WrittenFile};
pub use write::{DatasetInput, Written, write};
