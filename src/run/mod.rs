//! A plan to records.
//!
//! An item is straight-line code (`steps`) whose every model call is durable (`ask`, `journal`);
//! the dispatcher starts items, counts them, and decides when to stop.

mod adoption;
mod ask;
mod brake;
mod calibration;
mod call_path;
mod call_span;
mod context;
mod departure;
mod dispatcher;
mod error;
mod event_log;
mod execute;
mod expectations;
mod folder;
mod interrupts;
mod journal;
mod ledger;
mod looking;
mod money;
mod newcomers;
mod pace_meter;
mod past;
mod progress;
mod react;
mod recall;
mod record;
mod row_memory;
mod selection;
mod short_count;
#[cfg(feature = "otel")]
mod span_content;
mod spending;
mod split;
mod stages;
mod standouts;
mod steps;
mod summary;
mod tally;
mod told;
mod top_up;
mod totals;
mod trial;
mod trials;
mod under_way;
mod workload;

pub use adoption::Adopted;
pub use calibration::{Calibration, Verdict};
pub use error::RunError;
pub use execute::{Environment, RunOptions, execute, execute_with};
pub use folder::{FolderClaim, claim_folder, folder_name};
pub use interrupts::interrupts_from_outside;
pub use journal::JournalError;
pub use looking::{Endings, endings, spending, status};
pub(crate) use money::{in_billionths, total_usd};
pub use progress::{
    Progress, ProgressState, Silence, progress_on_standard_error, write_beside_progress,
};
pub use record::{
    Action, DropReason, Ending, JudgedAction, Judgement, Kind, RECORD_FORMAT, Record, RecordTool,
    Reflection, SplitPart, Step,
};
pub use short_count::short_count;
#[cfg(feature = "otel")]
pub use span_content::trace_words;
pub use spending::RoleSpending;
pub use stages::Stage;
pub use standouts::ItemSpending;
pub use summary::{ExampleAgreement, ItemCounts, RunSummary, Status, StopReason};
pub use top_up::{ShortBecause, ShortRow, TopUp, TopUpOutcome};
pub use trial::{Attempt, Defence, Judged, Moment, Opinion, Task, Trial, TrialOutcome, Trouble};
pub use trials::{TrialsOptions, TrialsOutcome, carry_out_trials, carry_out_trials_with};
pub use under_way::WaitingFor;
