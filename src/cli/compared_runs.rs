//! The earlier runs that a campaign's quality gates compare with.

use std::path::{Path, PathBuf};

use super::exit::Failure;
use super::output::{counted, print_note};
use super::program::unreadable;
use crate::check::Quality;
use crate::dataset::{EarlierRuns, has_earlier_run, keep_earlier_run};
use crate::import::EarlierRun;
use crate::plan::Plan;
use crate::source::{Project, ReadError};

/// Reads the earlier runs that `plan` compares with, which lie in the project of `source`, and keeps
/// in `run` what is compared. Those that are kept already are not read again.
pub fn keep_earlier_runs(plan: &Plan, source: &Path, run: &Path) -> Result<(), Failure> {
    let folder = kept_in(run);
    for earlier in &plan.settings.quality.against {
        if earlier.plan_id == plan.plan_id {
            return Err(Failure::usage(format!(
                "`{}` is a run of this very plan, which cannot be compared with itself; leave it out of `against`, or change the seed",
                earlier.name()
            )));
        }
        if has_earlier_run(earlier, &folder) {
            continue;
        }
        let (project, _) =
            Project::containing(source).map_err(|error| unreadable(source, &error))?;
        let records = project
            .open(&earlier.records_path())
            .map_err(|error| unreachable_run(earlier, &project, &error))?;
        keep_earlier_run(earlier, records, &folder)
            .map_err(|error| Failure::usage(error.to_string()))?;
    }
    Ok(())
}

fn unreachable_run(earlier: &EarlierRun, project: &Project, error: &ReadError) -> Failure {
    Failure::usage(format!(
        "cannot read `{}` in {}: {error}; a compiled plan finds the runs of `against` in the project that it lies in",
        earlier.records_path(),
        project.root().display()
    ))
}

/// What was kept in `run` of the runs that `plan` compares with.
pub fn earlier_runs(plan: &Plan, run: &Path) -> Result<EarlierRuns, Failure> {
    EarlierRuns::load(&plan.settings.quality, &kept_in(run)).map_err(|error| {
        Failure::usage(format!(
            "cannot compare with the runs that `against` names: {error}"
        ))
    })
}

/// Says which files and runs are not any more what they were when the run in `run` was last planned.
pub fn tell_what_changed(plan: &Plan, run: &Path) {
    let stored = std::fs::read_to_string(run.join("plan.json"));
    let Some(before) = stored.ok().and_then(|text| Plan::read(&text).ok()) else {
        return;
    };
    for line in changes(&before.settings.quality, &plan.settings.quality) {
        print_note(format!("warning: {line}"));
    }
}

fn changes(before: &Quality, now: &Quality) -> Vec<String> {
    let files = now.leakage.iter().filter_map(|file| {
        let earlier = before.leakage.iter().find(|it| it.file == file.file)?;
        let (then, now) = (earlier.texts.len() as u64, file.texts.len() as u64);
        let is_changed = earlier.hash != file.hash;
        is_changed.then(|| change(&file.file, &counted(then, "text"), now))
    });
    let runs = now.against.iter().filter_map(|run| {
        let earlier = before.against.iter().find(|it| it.folder == run.folder)?;
        let is_changed = earlier.hash != run.hash;
        is_changed.then(|| change(run.name(), &counted(earlier.records, "record"), run.records))
    });
    files.chain(runs).collect()
}

fn change(name: &str, then: &str, now: u64) -> String {
    format!(
        "`{name}` has changed since this run was last started ({then} then, {now} now); quality gates go by it as it is now"
    )
}

fn kept_in(run: &Path) -> PathBuf {
    run.join("earlier")
}
