//! `autosafe run`

use std::path::Path;
use std::sync::Arc;

use super::arguments::{RunArguments, YesNo};
use super::calibrating::{Calibrating, calibrated_in, note_quarantine};
use super::compared_runs::{keep_earlier_runs, tell_what_changed};
use super::dataset::{Wanted, describe_files, write_dataset};
use super::evaluating::write_json;
use super::exit::{Exit, Failure, Outcome};
use super::output::{print_error, print_result};
use super::program;
use super::report::write_report;
use super::runs::{failure_of, progress, start_runtime};
use super::tallies::{SummaryFile, describe_summary};
use super::top_up::describe_top_up;
use crate::eval::Calibrated;
use crate::plan::Plan;
use crate::run::{
    Calibration, Ending, FolderClaim, RunOptions, RunSummary, StopReason, TopUp, claim_folder,
    endings, execute, folder_name, interrupts_from_outside, status,
};

/// Carries a plan out, writes its dataset, and says where it is.
pub fn run(arguments: &RunArguments) -> Outcome {
    let mut plan = program::plan_of(&arguments.file, arguments.campaign.as_deref())?;
    for limit in &arguments.budget {
        limit.apply(&mut plan.settings.budget);
    }
    let folder = match &arguments.out {
        Some(folder) => folder.clone(),
        None => Path::new("runs").join(folder_name(&plan)),
    };
    let calibrating = Calibrating::of(&plan, &arguments.file)?;
    // Held until the dataset is written as well.
    let claim = claim_folder(&folder).map_err(failure_of)?;
    tell_what_changed(&plan, &folder);
    keep_earlier_runs(&plan, &arguments.file, &folder)?;
    let calibration = calibrating.as_ref().map(Calibrating::for_run);
    if let Some(calibrating) = &calibrating {
        calibrating.forget_others(&folder)?;
    }
    let carried_out = carry_out(&plan, &folder, &claim, arguments, calibration);
    let summary = start_runtime()?.block_on(carried_out)?;
    if let Some(calibrating) = &calibrating {
        calibrating.keep(&summary, &folder)?;
    }
    conclude(&plan, &summary, &folder, arguments)
}

async fn carry_out(
    plan: &Plan,
    folder: &Path,
    claim: &FolderClaim,
    arguments: &RunArguments,
    calibration: Option<Calibration>,
) -> Result<RunSummary, Failure> {
    let options = RunOptions {
        folder: folder.to_path_buf(),
        limit: arguments.limit,
        concurrency: arguments.concurrency.map(|calls| calls as usize),
        environment: Arc::new(|name| std::env::var(name).ok()),
        interrupts: Some(interrupts_from_outside()),
        record: arguments.record.clone(),
        replay: arguments.replay.clone(),
        retry_failed: arguments.retry_failed,
        adopt: arguments.adopt.clone(),
        top_up: arguments.top_up.map(|kept| TopUp {
            kept,
            attempts: arguments.give_up_after,
        }),
        keep_calls: arguments.keep_calls == YesNo::Yes,
        calibration,
        claim: Some(claim.clone()),
    };
    execute(plan.clone(), options, progress(arguments.quiet))
        .await
        .map_err(failure_of)
}

/// Writes what there is and tells of it, however the run ended.
fn conclude(plan: &Plan, summary: &RunSummary, folder: &Path, arguments: &RunArguments) -> Outcome {
    let target = folder.join("dataset");
    let wanted = Wanted {
        exports: &plan.settings.exports,
        parquet: false,
    };
    let written = write_dataset(plan, folder, &target, wanted)?;
    let calibrated = calibrated_in(plan, folder)?;
    let (page, report) = write_report(plan, folder, &written)?;
    let status = status(folder).map_err(failure_of)?;
    let file = SummaryFile::of(&plan.work.campaign, summary, &status, &report.evaluators);
    write_json(&folder.join("summary.json"), &file)?;
    if !arguments.quiet {
        let campaign = &plan.work.campaign;
        let words = describe_summary(campaign, summary, &status, &report.evaluators);
        print_result(words)?;
        if let Some(top_up) = &summary.top_up {
            print_result(describe_top_up(top_up))?;
        }
        print_result("\n".to_owned() + &describe_files(&written, &target, Some(&page)))?;
    }
    if summary.items.failed > 0
        && let Some(words) = failure_words(folder)
    {
        print_error(&words);
    }
    if let Some(calibrated) = &calibrated {
        note_quarantine(calibrated, &target);
    }
    if let Some(words) = stop_words(&summary.stop, arguments.replay.is_some()) {
        print_error(&words);
    }
    Ok(exit_of(summary, calibrated.as_ref()))
}

fn exit_of(summary: &RunSummary, calibrated: Option<&Calibrated>) -> Exit {
    let misses = calibrated.is_some_and(|it| !it.passes());
    match &summary.stop {
        StopReason::Finished if summary.items.failed > 0 => Exit::ItemsFailed,
        StopReason::Finished if misses => Exit::ThresholdMissed,
        StopReason::Finished => Exit::Done,
        StopReason::Budget => Exit::Budget,
        StopReason::ModelCannotWork(_) => Exit::ModelCannotWork,
        StopReason::Interrupted => Exit::Interrupted,
    }
}

/// One failure in full, as most runs fail of one thing, and where the others are.
fn failure_words(folder: &Path) -> Option<String> {
    let mut all = endings(folder).ok()?.map_while(Result::ok);
    let (id, error) = all.find_map(|(_, endings)| {
        endings.into_iter().find_map(|ending| match ending {
            Ending::Failed { id, error } => Some((id, error)),
            Ending::Kept { .. } | Ending::Dropped { .. } => None,
        })
    })?;
    let events = folder.join("events.jsonl");
    Some(format!(
        "the first that failed is {id}: {error}\nall of them are in {}; the same command tries again those that got no answer, and `--retry-failed` all of them",
        events.display()
    ))
}

/// What a person should know and do about a run that stopped before its end.
fn stop_words(stop: &StopReason, is_replayed: bool) -> Option<String> {
    match stop {
        StopReason::Finished => None,
        StopReason::Budget => Some(
            "the budget is spent; the same command with a larger `--budget` goes on where it stopped"
                .to_owned(),
        ),
        StopReason::ModelCannotWork(words) if is_replayed => Some(format!(
            "{words}\nreplay the plan that was recorded, or record again what has changed"
        )),
        StopReason::ModelCannotWork(words) => Some(format!(
            "{words}\nmend the model's declaration or its key; the same command goes on where it stopped"
        )),
        StopReason::Interrupted => {
            Some("interrupted; the same command goes on where it stopped".to_owned())
        }
    }
}
