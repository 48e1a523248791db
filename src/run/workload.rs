//! What a life of a run works through, one unit after the other: the items of a plan, or the
//! trials of an evaluation.

use futures_util::future::{self, BoxFuture, FutureExt as _};

use super::context::RunContext;
use super::departure::Halt;
use super::journal::Finished;
use super::steps::{internal_failure, judge_examples, run_item};
use super::summary::ExampleAgreement;

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

/// The items of the run's plan.
pub(super) struct PlanItems;

impl Workload for PlanItems {
    fn carry_out<'a>(
        &'a self,
        run: &'a RunContext,
        unit: u64,
    ) -> BoxFuture<'a, Result<Finished, Halt>> {
        async move { run_item(run, &run.items.place(unit)).await }.boxed()
    }

    fn fail(&self, run: &RunContext, unit: u64, what: &str) -> Finished {
        internal_failure(run.items.id(&run.items.place(unit)).0, what)
    }

    fn examine<'a>(&'a self, run: &'a RunContext) -> BoxFuture<'a, Result<ExampleAgreement, Halt>> {
        judge_examples(run).boxed()
    }
}
