//! Carries trials out: durable, resumable and within limits exactly as the items of a run are.
//!
//! A trial's calls are in the journal; what came of it is not, as running it again from the
//! journal tells it at no cost.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::{BoxFuture, FutureExt as _};
use tokio::sync::mpsc;

use crate::model::Gateway;
use crate::plan::{Items, Plan};

use super::context::RunContext;
use super::departure::{FailureKind, Halt};
use super::error::RunError;
use super::event_log::EventLog;
use super::execute::{Environment, Life, declared_concurrency, models_of};
use super::folder::Folder;
use super::journal::{Counts, Finished, Journal, JournalError, name};
use super::progress::Progress;
use super::selection::Unfinished;
use super::steps::run_trial;
use super::summary::RunSummary;
use super::trial::{Trial, TrialOutcome};
use super::workload::Workload;

/// How trials are carried out.
pub struct TrialsOptions {
    /// Made where there is none, gone on with where there is.
    pub folder: PathBuf,
    /// Calls in flight at most, all models together.
    pub concurrency: Option<usize>,
    /// Where keys and addresses come from.
    pub environment: Environment,
    /// Each message asks to stop: the first drains, the second stops at once.
    pub interrupts: Option<mpsc::UnboundedReceiver<()>>,
}

/// What trials came to.
pub struct TrialsOutcome {
    pub summary: RunSummary,
    /// One for each trial, in their order; `None` for those that were not reached.
    pub outcomes: Vec<Option<TrialOutcome>>,
}

/// Carries out `trials` with the models, roles and prompts of `plan`, which needs no scenarios.
///
/// The plan's id names the evaluation: a folder that holds another is refused.
pub async fn carry_out_trials(
    plan: Plan,
    trials: Vec<Trial>,
    options: TrialsOptions,
    progress: impl Progress + 'static,
) -> Result<TrialsOutcome, RunError> {
    let models = models_of(&plan);
    let gateway = Gateway::open(&models, &*options.environment, options.concurrency)?;
    carry_out_trials_with(gateway, plan, trials, options, progress).await
}

/// The same as [`carry_out_trials`], with models that are open already.
pub async fn carry_out_trials_with(
    gateway: Gateway,
    plan: Plan,
    trials: Vec<Trial>,
    options: TrialsOptions,
    progress: impl Progress + 'static,
) -> Result<TrialsOutcome, RunError> {
    let folder = Folder::at(&options.folder);
    let _claim = folder.claim()?;
    let total = trials.len() as u64;
    let journal =
        Journal::open(&folder.journal(), &plan.plan_id, total).map_err(|error| match error {
            JournalError::OtherPlan { there, here, .. } => RunError::OtherTrials {
                path: options.folder.clone(),
                there,
                here,
            },
            error => error.into(),
        })?;
    let calls = options
        .concurrency
        .unwrap_or_else(|| declared_concurrency(&plan));
    let plan = Arc::new(plan);
    let workload = Arc::new(Trials::new(trials));
    let life = Life {
        workload: Arc::clone(&workload) as Arc<dyn Workload>,
        unfinished: Unfinished::every(total),
        top_up: None,
        total,
        width: calls + calls / 12 + 1,
        earlier: without_items(journal.reading().counts()?),
        items: Items::shared(Arc::clone(&plan)),
        plan,
        journal,
        gateway,
        log: EventLog::open(&folder.events())?,
        interrupts: options.interrupts,
        recorder: None,
        retries_failed: false,
        calibration: None,
    };
    let summary = life.live(progress).await?;
    Ok(TrialsOutcome {
        summary,
        outcomes: workload.take(),
    })
}

/// Every trial is run again, so that none counts as done from the start.
fn without_items(mut counts: Counts) -> Counts {
    for name in [name::DONE, name::DROPPED, name::FAILED] {
        counts.of.remove(name);
    }
    counts
}

/// Trials, and what came of those that are done.
struct Trials {
    trials: Vec<Trial>,
    outcomes: Mutex<Vec<Option<TrialOutcome>>>,
}

impl Trials {
    fn new(trials: Vec<Trial>) -> Self {
        let outcomes = Mutex::new(vec![None; trials.len()]);
        Self { trials, outcomes }
    }

    fn take(&self) -> Vec<Option<TrialOutcome>> {
        let mut outcomes = self.outcomes.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *outcomes)
    }

    async fn carry_out(&self, run: &RunContext, unit: u64) -> Result<Finished, Halt> {
        let place = usize::try_from(unit).expect("trials are held in memory");
        let index = i64::try_from(unit).expect("trials are held in memory");
        let (outcome, may_pass) = run_trial(run, index, &self.trials[place]).await?;
        let finished = finished(&outcome, may_pass);
        let mut outcomes = self.outcomes.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(slot) = outcomes.get_mut(place) {
            *slot = Some(outcome);
        }
        Ok(finished)
    }
}

impl Workload for Trials {
    fn carry_out<'a>(
        &'a self,
        run: &'a RunContext,
        unit: u64,
    ) -> BoxFuture<'a, Result<Finished, Halt>> {
        self.carry_out(run, unit).boxed()
    }

    fn fail(&self, _: &RunContext, _: u64, _: &str) -> Finished {
        let mut counts = Counts::default();
        counts.increase(name::FAILED);
        counts.increase(format!(
            "{}{}",
            name::FAILURES,
            FailureKind::Internal.words()
        ));
        Finished {
            counts,
            again: true,
            ..Finished::default()
        }
    }
}

/// A trial counts as failed where anything in it is not known.
fn finished(outcome: &TrialOutcome, may_pass: bool) -> Finished {
    let mut counts = Counts::default();
    let attempts = outcome.attempts.iter().filter_map(|it| it.trouble.as_ref());
    let judgements = outcome.judgements.iter().filter_map(|it| it.trouble());
    let troubles: Vec<_> = attempts.chain(judgements).collect();
    for trouble in &troubles {
        counts.increase(format!("{}{}", name::FAILURES, trouble.kind));
    }
    counts.increase(if troubles.is_empty() {
        name::DONE
    } else {
        name::FAILED
    });
    Finished {
        endings: Vec::new(),
        counts,
        again: may_pass,
        took: None,
    }
}
