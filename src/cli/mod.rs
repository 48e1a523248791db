//! The command line: one file per command.
//!
//! `command_line` hands each command its `arguments`; what two commands share has a file of its own.
//!
//! Standard output is for results, standard error for everything else. Every command ends in an
//! [`Exit`], whose numbers are a contract.

mod arguments;
mod budget_override;
mod calibrating;
mod check;
mod command_line;
mod compared_runs;
mod compile;
mod completions;
mod dataset;
mod eval;
mod evaluating;
mod exit;
mod explain;
mod export;
mod export_name;
mod figures;
mod fmt;
mod import;
mod init;
mod judge;
mod label;
mod label_desk;
mod latency;
mod logging;
mod output;
mod plan;
mod program;
mod recipe_options;
mod report;
mod run;
mod runs;
mod shown_paths;
mod sim;
mod source_files;
mod status;
mod tallies;
mod top_up;
#[cfg(feature = "otel")]
mod traces;

pub use command_line::main;
pub use exit::Exit;
