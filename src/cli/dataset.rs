//! Writing a run's dataset, and telling where it is.

use std::fmt::Write as _;
use std::path::Path;

use super::exit::Failure;
use super::output::counted;
use super::runs::failure_of;
use crate::check::Export;
use crate::dataset::{DatasetInput, Written, write};
use crate::plan::Plan;
use crate::run::{Ending, ItemCounts, SplitPart, endings, status};

/// Writes the dataset of the run in `run` to `target`.
pub fn write_dataset(
    plan: &Plan,
    run: &Path,
    target: &Path,
    exports: &[Export],
) -> Result<Written, Failure> {
    let status = status(run).map_err(failure_of)?;
    let unfinished = unfinished_words(&status.items);
    let input = DatasetInput {
        plan,
        exports,
        stopped: unfinished.as_deref(),
        drops: &status.drops,
        failures: &status.failures,
    };
    let mut damage = None;
    let records = endings(run)
        .map_err(failure_of)?
        .map_while(|ending| ending.map_err(|error| damage = Some(error)).ok())
        .flat_map(|(_, endings)| endings)
        .filter_map(|ending| match ending {
            Ending::Kept { record } => Some(*record),
            Ending::Dropped { .. } | Ending::Failed { .. } => None,
        });
    let written = write(input, records, target)
        .map_err(|error| Failure::usage(format!("cannot write the dataset: {error}")))?;
    match damage {
        Some(error) => Err(failure_of(error)),
        None => Ok(written),
    }
}

/// What a card says of a run that has not ended; `None` where every item has.
fn unfinished_words(items: &ItemCounts) -> Option<String> {
    let left = items.total.saturating_sub(items.finished());
    (left > 0).then(|| format!("{left} of {} items are still to do", items.total))
}

/// Where the files are, what is in them, and what to look at next.
pub fn describe_files(written: &Written, target: &Path) -> String {
    let mut text = format!(
        "dataset   {} ({})\n",
        target.display(),
        counted(written.records, "record")
    );
    for export in Export::ALL {
        let parts = parts_of(written, export);
        if !parts.is_empty() {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "  {:<13} {}", export.word(), parts.join(", "));
        }
    }
    let _ = write!(
        text,
        "\nnext      less {card}\n          head -n 1 {records} | python3 -m json.tool\n",
        card = target.join("README.md").display(),
        records = target.join("records.jsonl").display(),
    );
    text
}

/// "train 61", "validation 9", …: the rows of each of an export's files for trainers.
fn parts_of(written: &Written, export: Export) -> Vec<String> {
    SplitPart::ALL
        .into_iter()
        .filter_map(|part| {
            let path = format!("{}/{}.jsonl", export.word(), part.word());
            let file = written.files.iter().find(|file| file.path == path)?;
            Some(format!("{} {}", part.word(), file.rows?))
        })
        .collect()
}
