//! A run to one HTML page that opens without a network.
//!
//! `RunReport` is what there is to tell, as data; the page draws it. Whatever models wrote goes into
//! the page as data and is shown as text, so nothing in a record can run as script.

mod coverage;
mod evaluators;
mod examples;
mod losses;
mod page;
mod reflection;
mod run_report;

pub use coverage::{Fate, OutcomeCell, PlaceFate, ScenarioFate};
pub use evaluators::{Evaluators, Finding};
pub use examples::Examples;
pub use losses::{Loss, LostTrajectory};
pub use page::render_page;
pub use reflection::ReflectionRound;
pub use run_report::{Cast, KindCounts, RunReport, Settings};
