//! What `run` and `export` make of a campaign's `calibrate`: the labels, the measurement, the trust.

use std::path::Path;
use std::sync::Arc;

use super::evaluating::{eval_failure, write_json};
use super::exit::{Exit, Failure};
use super::output::print_error;
use super::program::unreadable;
use crate::check::Calibrate;
use crate::dataset::Trust;
use crate::eval::{Calibrated, JudgeReport, Judging, calibration_file, calibration_of};
use crate::plan::Plan;
use crate::run::{Calibration, ExampleAgreement, RunSummary};
use crate::source::Project;

/// A calibration that a run is to carry out.
#[derive(Clone)]
pub struct Calibrating {
    demanded: Calibrate,
    judging: Arc<Judging>,
}

impl Calibrating {
    /// The calibration that `plan` demands, if any. The labels are found from the root of the project
    /// that `file`, a source or a plan, lies in.
    pub fn of(plan: &Plan, file: &Path) -> Result<Option<Self>, Failure> {
        let Some(demanded) = &plan.settings.calibrate else {
            return Ok(None);
        };
        let project = Project::containing(file)
            .map_err(|error| unreadable(file, &error))?
            .0;
        let judging = calibration_of(plan, demanded, &project).map_err(|error| Failure {
            message: format!("the evaluator cannot be calibrated: {error}"),
            exit: Exit::SourceErrors,
        })?;
        Ok(Some(Self {
            demanded: demanded.clone(),
            judging: Arc::new(judging),
        }))
    }

    /// The part of it that the run carries out.
    pub fn for_run(&self) -> Calibration {
        let it = self.clone();
        Calibration {
            trials: self.judging.trials.clone(),
            verdict: Arc::new(move |outcomes| {
                it.judging.calibrated(&it.demanded, outcomes).words()
            }),
        }
    }

    /// Takes away a measurement by other labels than these. The run makes a new one, and until it has,
    /// nothing is known.
    pub fn forget_others(&self, run: &Path) -> Result<(), Failure> {
        let path = calibration_file(run);
        let known = std::fs::read_to_string(&path).ok();
        let known = known.and_then(|text| serde_json::from_str::<JudgeReport>(&text).ok());
        if !path.exists() || known.is_some_and(|known| known.id == self.judging.plan.plan_id) {
            return Ok(());
        }
        std::fs::remove_file(&path).map_err(|error| {
            Failure::usage(format!("cannot take away `{}`: {error}", path.display()))
        })
    }

    /// Keeps what the run has found.
    pub fn keep(&self, summary: &RunSummary, run: &Path) -> Result<(), Failure> {
        let Some(outcomes) = &summary.calibration else {
            return Ok(());
        };
        let calibrated = self.judging.calibrated(&self.demanded, outcomes);
        let path = calibration_file(run);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|error| {
                Failure::usage(format!("cannot make `{}`: {error}", folder.display()))
            })?;
        }
        match &calibrated.measured {
            Some(report) => write_json(&path, report),
            None => Ok(()),
        }
    }
}

/// What is known of the evaluators of the run in `run`.
pub fn trust_in(
    plan: &Plan,
    run: &Path,
    examples: Option<ExampleAgreement>,
) -> Result<Trust, Failure> {
    Ok(Trust {
        examples,
        calibration: calibrated_in(plan, run)?.map(|it| it.note()),
    })
}

/// What the calibration of the run in `run` came to; nothing where none is demanded.
pub fn calibrated_in(plan: &Plan, run: &Path) -> Result<Option<Calibrated>, Failure> {
    let demanded = plan.settings.calibrate.as_ref();
    let found = demanded.map(|demanded| Calibrated::of_run(run, demanded));
    found.transpose().map_err(eval_failure)
}

/// Says on standard error that a recipe holds nothing that rests on an evaluator that is not trusted.
pub fn note_left_out(calibrated: &Calibrated) {
    if !calibrated.passes() {
        print_error(&format!(
            "{}\nwhat rests on its labels is in quarantine, and was left out of the recipe",
            calibrated.words()
        ));
    }
}

/// Says on standard error that labels are in quarantine, and what to do.
pub fn note_quarantine(calibrated: &Calibrated, target: &Path) {
    if calibrated.passes() {
        return;
    }
    let folder = target.join("quarantine");
    let advice = match calibrated.measured {
        Some(_) => {
            "`autosafe judge` shows where it is wrong; with another evaluator, prompt or file of labels the same command judges anew"
        }
        None => "the same command goes on",
    };
    print_error(&format!(
        "{}\nwhat rests on its labels is in {}, not in the dataset; {advice}",
        calibrated.words(),
        folder.display(),
    ));
}
