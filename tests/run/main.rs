//! Plans to records: what is written, what is paid for, and what a second life of a run does.

mod failures;
mod lives;
mod models;
mod plans;
mod records;
mod spending;
mod top_up;

use std::path::Path;
use std::sync::Arc;

use autosafe::model::{Answer, CallError, Model};
use autosafe::plan::Plan;
use autosafe::run::{self, Ending, Record, RunError, RunOptions, RunSummary, Silence};
use tempfile::TempDir;

use models::{Asked, gateway, scripted};

fn folder() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

fn runtime() -> tokio::runtime::Runtime {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    let runtime = builder.worker_threads(2).enable_all().build();
    runtime.expect("a runtime")
}

fn run_with(
    models: Vec<(&str, Arc<dyn Model>)>,
    plan: &Plan,
    folder: &Path,
) -> Result<RunSummary, RunError> {
    let options = RunOptions::in_folder(folder);
    let run = run::execute_with(gateway(models), plan.clone(), options, Silence);
    runtime().block_on(run)
}

/// Runs a plan with the simulated model to its end.
fn run_simulated(plan: &Plan, folder: &Path) -> RunSummary {
    let options = RunOptions::in_folder(folder);
    let summary = runtime().block_on(run::execute(plan.clone(), options, Silence));
    summary.expect("the run goes on to its end")
}

/// Runs a plan of one item with one scripted model, and gives what came of it.
fn endings_of(
    plan: &Plan,
    script: impl Fn(&Asked<'_>) -> Result<Answer, CallError> + Send + Sync + 'static,
) -> Vec<Ending> {
    let folder = folder();
    run_with(vec![("M", scripted(script))], plan, folder.path()).expect("the run ends");
    endings(folder.path())
}

fn endings(folder: &Path) -> Vec<Ending> {
    let items = run::endings(folder).expect("there is a run");
    items
        .flat_map(|item| item.expect("the journal is whole").1)
        .collect()
}

/// Everything that the run in `folder` wrote, as text.
fn written(folder: &Path) -> String {
    serde_json::to_string_pretty(&endings(folder)).expect("endings are JSON")
}

fn only_record(endings: &[Ending]) -> &Record {
    match endings {
        [Ending::Kept { record }] => record,
        other => panic!("not one record: {other:#?}"),
    }
}
