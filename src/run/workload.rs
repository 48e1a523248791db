//! What a life of a run works through, one unit after the other: the items of a plan, or the
//! trials of an evaluation.

use futures_util::future::{self, BoxFuture, FutureExt as _};

use super::context::RunContext;
use super::departure::Halt;
use super::journal::{Finished, name};
use super::steps::{internal_failure, judge_examples, run_item};
use super::summary::ExampleAgreement;
use crate::plan::ItemPlace;

/// Units of work that are known by their index.
pub(super) trait Workload: Send + Sync {
    /// Carries one unit out, from its start to its endings.
    fn carry_out<'a>(
        &'a self,
        run: &'a RunContext,
        unit: u64,
    ) -> BoxFuture<'a, Result<Finished, Halt>>;

    /// What became of a unit in which this program made a mistake.
    fn fail(&self, run: &RunContext, unit: u64, what: &str) -> Finished;

    /// What is found out once, beside the units: how far the evaluator agrees with the examples.
    fn examine<'a>(
        &'a self,
        _run: &'a RunContext,
    ) -> BoxFuture<'a, Result<ExampleAgreement, Halt>> {
        future::ready(Ok(ExampleAgreement::default())).boxed()
    }
}

/// Samples beyond the plan's are counted apart too.
fn count_further(run: &RunContext, place: &ItemPlace, finished: &mut Finished) {
    if !run.items.is_planned(place) {
        finished.counts.increase(name::TOPPED_UP);
    }
}

/// The items of the run's plan.
pub(super) struct PlanItems;

impl Workload for PlanItems {
    fn carry_out<'a>(
        &'a self,
        run: &'a RunContext,
        unit: u64,
    ) -> BoxFuture<'a, Result<Finished, Halt>> {
        async move {
            let place = run.items.place(unit);
            let mut finished = run_item(run, &place).await?;
            count_further(run, &place, &mut finished);
            Ok(finished)
        }
        .boxed()
    }

    fn fail(&self, run: &RunContext, unit: u64, what: &str) -> Finished {
        let place = run.items.place(unit);
        let mut finished = internal_failure(run.items.id(&place).0, what);
        count_further(run, &place, &mut finished);
        finished
    }

    fn examine<'a>(&'a self, run: &'a RunContext) -> BoxFuture<'a, Result<ExampleAgreement, Halt>> {
        judge_examples(run).boxed()
    }
}
