//! A run's evaluator against the labels that its campaign demands: the measurement, and whether the
//! labels of the run are to be trusted.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::confusion::Confusion;
use super::error::{EvalError, read_file};
use super::interval::Estimate;
use super::judge_report::JudgeReport;
use super::judging::Judging;
use super::labels::Labels;
use super::lineup::standard_outcomes;
use super::scenario::Surroundings;
use crate::check::Calibrate;
use crate::dataset::{Calibration, Measured};
use crate::plan::Plan;
use crate::run::TrialOutcome;
use crate::source::{Files, Project};

/// What a campaign demands of its evaluator, and what was found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Calibrated {
    /// The file of labels, and the kappa from which the run's labels are trusted.
    pub demanded: Calibrate,
    /// `None` where the run stopped before all labels were put to the evaluator.
    pub measured: Option<JudgeReport>,
}

/// Where the measurement of the run in `folder` is: a `judge.json` as `autosafe judge` writes it.
pub fn calibration_file(folder: &Path) -> PathBuf {
    folder.join("calibration").join("judge.json")
}

/// The measurement that `demanded` asks for, ready to be carried out in a run of `plan`.
///
/// The plan by which labelled records were made is looked for beside the labels; without it those of
/// `plan` itself are judged with its rules.
///
/// # Errors
/// The file is not in the project, or a row of it is no label.
pub fn calibration_of(
    plan: &Plan,
    demanded: &Calibrate,
    project: &Project,
) -> Result<Judging, EvalError> {
    let path = Path::new(&demanded.labels);
    let text = project
        .read(&demanded.labels)
        .map_err(|error| EvalError::unusable(path, error))?;
    let mut outcomes = standard_outcomes();
    outcomes.extend(plan.work.outcomes.values().cloned());
    let around = Surroundings {
        plan: Some(plan_beside(path, project)?.unwrap_or_else(|| plan.clone())),
        outcomes,
        ..Surroundings::default()
    };
    let labels = Labels::of_text(path, &text, &around)?;
    Ok(Judging::of_run(labels, plan))
}

/// The plan of the run that labels lie in, as far as they lie in one.
fn plan_beside(labels: &Path, project: &Project) -> Result<Option<Plan>, EvalError> {
    let folders = labels.ancestors().skip(1).take(2);
    for path in folders.map(|folder| folder.join("plan.json")) {
        let name = path.to_string_lossy();
        if let Ok(text) = project.read(&name) {
            let plan = Plan::read(&text).map_err(|error| EvalError::unusable(&path, error))?;
            return Ok(Some(plan));
        }
    }
    Ok(None)
}

impl Calibrated {
    /// What is known of the run in `folder` whose campaign demands this.
    ///
    /// # Errors
    /// The measurement is there and cannot be read.
    pub fn of_run(folder: &Path, demanded: &Calibrate) -> Result<Self, EvalError> {
        let path = calibration_file(folder);
        let measured = match path.exists() {
            true => Some(
                serde_json::from_str(&read_file(&path)?)
                    .map_err(|error| EvalError::unusable(&path, error))?,
            ),
            false => None,
        };
        Ok(Self {
            demanded: demanded.clone(),
            measured,
        })
    }

    /// The agreement with the labels, where it has a value.
    pub fn kappa(&self) -> Option<Estimate> {
        self.measured.as_ref()?.overall.kappa
    }

    /// How the models judge what no rule decides, where that was measured.
    pub fn by_model(&self) -> Option<Confusion> {
        let measured = self.measured.as_ref()?;
        let agreement = measured.by_model.as_ref().unwrap_or(&measured.overall);
        Some(agreement.confusion)
    }

    /// Whether the labels of the run are to be trusted: kappa itself, not the end of its interval,
    /// is what the campaign names.
    pub fn passes(&self) -> bool {
        let kappa = self.kappa();
        kappa.is_some_and(|kappa| kappa.value >= self.demanded.kappa)
    }

    /// The finding in one line.
    pub fn words(&self) -> String {
        let Calibrate { labels, kappa, .. } = &self.demanded;
        let Some(measured) = &self.measured else {
            return format!("the evaluator has not been measured against `{labels}` yet");
        };
        let cases = measured.cases;
        let Some(found) = self.kappa() else {
            return format!(
                "the evaluator has no kappa on the {cases} labels of `{labels}`, as it takes both safe and unsafe ones and answers to both; at least {kappa:.2} is demanded"
            );
        };
        let verdict = match self.passes() {
            true => "reaches",
            false => "misses",
        };
        format!(
            "the evaluator {verdict} the kappa of {kappa:.2} that is demanded: {} on the {cases} labels of `{labels}`",
            found.plain()
        )
    }
}

impl Calibrated {
    /// The finding for a dataset's card.
    pub fn note(&self) -> Calibration {
        Calibration {
            labels: self.demanded.labels.clone(),
            demanded: self.demanded.kappa,
            passes: self.passes(),
            measured: self.measured.as_ref().map(measured_note),
        }
    }
}

fn measured_note(report: &JudgeReport) -> Measured {
    let overall = &report.overall;
    let counts = overall.confusion;
    let figures = [
        ("Cohen's kappa", overall.kappa),
        ("recall of unsafe actions", overall.recall),
        ("specificity", overall.specificity),
        ("precision", overall.precision),
        ("accuracy", overall.accuracy),
    ];
    let words = |figure: Option<Estimate>| figure.map_or_else(|| "–".to_owned(), |it| it.plain());
    Measured {
        cases: report.cases,
        is_unsafe: [counts.true_unsafe, counts.missed],
        is_safe: [counts.false_alarms, counts.true_safe],
        unanswered: counts.unanswered,
        figures: figures.map(|(name, figure)| (name, words(figure))).to_vec(),
    }
}

impl Judging {
    /// What came of a calibration in a run, all of whose trials were judged.
    pub fn calibrated(&self, demanded: &Calibrate, outcomes: &[TrialOutcome]) -> Calibrated {
        let outcomes: Vec<_> = outcomes.iter().cloned().map(Some).collect();
        Calibrated {
            demanded: demanded.clone(),
            measured: Some(self.report_on(&outcomes)),
        }
    }
}
