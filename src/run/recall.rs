//! Goes through items again that earlier lives brought to their end, from the journal alone, so
//! that a recording that begins late holds their calls too.

use std::sync::atomic::Ordering;

use futures_util::stream::{self, StreamExt as _};

use super::context::RunContext;
use super::departure::Halt;
use super::error::RunError;
use super::workload::Workload;

/// Finished items that are gone through at a time.
const AT_ONCE: usize = 64;

/// Finished items that are looked up at once.
const WINDOW: u64 = 1024;

/// Records the calls of every item that has ended, as far as the journal still holds them; an
/// interrupt waits until this is over.
pub(super) async fn record_earlier_lives(
    run: &RunContext,
    workload: &dyn Workload,
) -> Result<(), RunError> {
    run.recalls.store(true, Ordering::Relaxed);
    let recorded = go_through(run, workload).await;
    run.recalls.store(false, Ordering::Relaxed);
    recorded
}

async fn go_through(run: &RunContext, workload: &dyn Workload) -> Result<(), RunError> {
    let reading = run.journal.reading();
    let further = reading.items_from(run.items.len())?;
    let total = further.last().map_or(run.items.len(), |last| last + 1);
    let mut first = 0;
    while first < total {
        let end = first.saturating_add(WINDOW);
        let mut marks = [false; WINDOW as usize];
        run.journal.reading().mark_finished(first, &mut marks)?;
        let finished = (first..end)
            .zip(marks)
            .filter(|(_, is_finished)| *is_finished);
        let mut units = stream::iter(finished)
            .map(|(unit, _)| unit)
            .map(|unit| workload.carry_out(run, unit))
            .buffer_unordered(AT_ONCE);
        while let Some(ended) = units.next().await {
            match ended {
                Ok(_) | Err(Halt::Asked | Halt::Budget | Halt::ModelCannotWork(_)) => {}
                Err(Halt::Journal(error)) => return Err(error.into()),
                Err(Halt::Recording(error)) => return Err(error.into()),
            }
        }
        first = end;
    }
    Ok(())
}
