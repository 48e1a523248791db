//! The command line: one file per command.
//!
//! Standard output is for results, standard error for everything else. Every command ends in an
//! [`Exit`], whose numbers are a contract.

mod arguments;
mod check;
mod compile;
mod completions;
mod dataset;
mod exit;
mod explain;
mod export;
mod init;
mod output;
mod plan;
mod program;
mod run;
mod runs;
mod sim;
mod status;
mod tallies;

pub use arguments::main;
pub use exit::Exit;
