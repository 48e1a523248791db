//! One unit of a run's work, from its start to its end on the disk.

use std::any::Any;
use std::panic::AssertUnwindSafe;

use futures_util::FutureExt as _;
use tracing::field::Empty;
use tracing::{Instrument as _, info_span};

use crate::run::context::RunContext;
use crate::run::departure::Halt;
use crate::run::journal::{Finished, note};
use crate::run::summary::ExampleAgreement;
use crate::run::trial::TrialOutcome;
use crate::run::workload::Workload;

/// How a unit ended.
pub(super) enum UnitEnd {
    Item {
        index: u64,
        end: Result<Finished, Halt>,
    },
    Examples(Result<ExampleAgreement, Halt>),
    Calibrated(Result<(Vec<TrialOutcome>, String), Halt>),
}

/// How far the evaluators agree with the examples, noted for whoever looks at the run later.
pub(super) async fn examine(
    context: &RunContext,
    workload: &dyn Workload,
) -> Result<ExampleAgreement, Halt> {
    let agreement = workload.examine(context).await?;
    if agreement != ExampleAgreement::default() {
        let text = serde_json::to_string(&agreement).expect("counts are plain JSON");
        let noted = context.journal.note(note::EXAMPLES, text).await;
        noted.map_err(Halt::Journal)?;
    }
    Ok(agreement)
}

/// One item, from its start to its endings on the disk.
pub(super) async fn run_unit(context: &RunContext, workload: &dyn Workload, index: u64) -> UnitEnd {
    let span = info_span!(
        "item",
        autosafe.index = i64::try_from(index).unwrap_or(i64::MAX),
        autosafe.item = Empty,
        autosafe.scenario = Empty
    );
    let end = AssertUnwindSafe(workload.carry_out(context, index))
        .catch_unwind()
        .instrument(span)
        .await;
    let end =
        end.unwrap_or_else(|panic| Ok(workload.fail(context, index, panic_words(panic.as_ref()))));
    let end = match end {
        Err(halt) => Err(halt),
        Ok(finished) => {
            let kept = context.journal.finish(index, &finished).await;
            kept.map(|()| finished).map_err(Halt::Journal)
        }
    };
    UnitEnd::Item { index, end }
}

fn panic_words(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("a panic without words")
}
