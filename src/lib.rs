//! AutoSafe: from a description of how agents come to harm to data about it.
//!
//! ```text
//! .ots ── syntax ── resolve ── check ── plan ─┬─ run ── dataset
//!            │         │         │            │   │
//!         diagnostics: every problem of       │  model: openai, sim
//!         every file, in one go               └─ plan.json, the only thing between the halves
//! ```

pub mod check;
pub mod cli;
pub mod dataset;
pub mod diagnostic;
pub mod import;
pub mod model;
pub mod plan;
pub mod prompt;
pub mod resolve;
pub mod run;
pub mod source;
pub mod syntax;
