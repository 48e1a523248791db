//! What the commands about runs share: the runtime, the stored plan, what errors mean.

use std::path::Path;

use super::exit::Failure;
use crate::plan::Plan;
use crate::run::{Progress, RunError, Silence, progress_on_standard_error};

/// The runtime that a run or a server lives in.
pub fn start_runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::usage(format!("cannot start the runtime: {error}")))
}

/// What shows how a run goes: nothing where it is to be quiet.
pub fn progress(quiet: bool) -> Box<dyn Progress> {
    match quiet {
        true => Box::new(Silence),
        false => progress_on_standard_error(),
    }
}

/// The plan that a run's folder holds.
pub fn stored_plan(run: &Path) -> Result<Plan, Failure> {
    let path = run.join("plan.json");
    let text = std::fs::read_to_string(&path).map_err(|error| {
        Failure::usage(format!(
            "`{}` is no run's folder: cannot read `{}`: {error}",
            run.display(),
            path.display()
        ))
    })?;
    Plan::read(&text)
        .map_err(|error| Failure::usage(format!("cannot use `{}`: {error}", path.display())))
}

/// What an error of the executor means on the command line.
pub fn failure_of(error: RunError) -> Failure {
    Failure::usage(error.to_string())
}
