//! What is wrong with a source, and how it is said.
//!
//! The stages make [`Diagnostic`]s, which hold spans and words; the source text is attached when
//! they are rendered. Invariant: what a diagnostic says does not depend on how it is shown.

mod bound;
mod code;
mod github;
mod human;
mod json;
mod long_lines;
mod origin;
mod pages;
mod problem;
mod repeated;
mod sarif;
mod similar_names;

pub use bound::{MAX_ERRORS, keep_first_errors};
pub use code::{Code, Severity};
pub use github::render_github;
pub use human::render_human;
pub use json::render_json;
pub use origin::Origin;
pub use pages::page;
pub use problem::{Diagnostic, Edit, Fix, Label, sort};
pub use repeated::gather_missing_names;
pub use sarif::SarifLog;
pub use similar_names::nearest;
