//! The run's evaluators against labelled actions: asked beside the items, through the same journal
//! and out of the same budget.

use std::sync::Arc;

use futures_util::future::{BoxFuture, FutureExt as _};
use futures_util::stream::{self, StreamExt as _};

use super::context::RunContext;
use super::departure::Halt;
use super::steps::run_trial;
use super::trial::{Trial, TrialOutcome};

/// Labelled actions that a run puts to its evaluators, once.
pub struct Calibration {
    /// Judgements. The id of each tells all that is asked, so that a later life of the run finds in
    /// the journal what was answered already, and asks anew what has changed.
    pub trials: Vec<Trial>,
    /// What a person is told of the outcomes, which are in the order of the trials.
    pub verdict: Verdict,
}

/// Gives the words on outcomes.
pub type Verdict = Arc<dyn Fn(&[TrialOutcome]) -> String + Send + Sync>;

impl std::fmt::Debug for Calibration {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Calibration of {} trials", self.trials.len())
    }
}

/// What came of each trial, `at_once` of them at a time.
pub(super) async fn calibrate(
    run: &RunContext,
    trials: &[Trial],
    at_once: usize,
) -> Result<Vec<TrialOutcome>, Halt> {
    let asked = stream::iter(0..trials.len()).map(|index| ask(run, &trials[index]));
    // Each is waited for, also when the run stops: what was answered is kept.
    let ended: Vec<_> = asked.buffered(at_once.max(1)).collect().await;
    ended.into_iter().collect()
}

/// What the evaluators say of one labelled action.
fn ask<'a>(run: &'a RunContext, trial: &'a Trial) -> BoxFuture<'a, Result<TrialOutcome, Halt>> {
    async move {
        let (outcome, _) = run_trial(run, place_of(trial), trial).await?;
        Ok(outcome)
    }
    .boxed()
}

/// Where the journal keeps what is asked of a trial: below the places of items and of what belongs
/// to the run as a whole, by the trial's id.
fn place_of(trial: &Trial) -> i64 {
    let hash = blake3::hash(trial.id.as_bytes());
    let first = hash.as_bytes()[..8].try_into();
    let number = i64::from_le_bytes(first.expect("a hash has 32 bytes"));
    -2 - (number & (i64::MAX >> 1))
}
