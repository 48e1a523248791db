//! Writing a run's dataset, and telling where it is.

use std::cell::RefCell;
use std::fmt::Write as _;
use std::path::Path;

use super::calibrating::trust_in;
use super::compared_runs::earlier_runs;
use super::exit::Failure;
use super::output::counted;
use super::runs::failure_of;
use crate::check::Export;
use crate::dataset::{
    DatasetInput, QualityReport, RecipeInput, Written, WrittenRecipe, write_beside,
    write_recipe_beside,
};
use crate::plan::Plan;
use crate::run::{Ending, ItemCounts, Record, RunError, SplitPart, endings, status};

/// What is to be written of a run.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    pub exports: &'a [Export],
    /// Whether every table is written in Parquet too.
    pub parquet: bool,
}

/// Writes the dataset of the run in `run` to `target`.
pub fn write_dataset(
    plan: &Plan,
    run: &Path,
    target: &Path,
    wanted: Wanted<'_>,
) -> Result<Written, Failure> {
    let status = status(run).map_err(failure_of)?;
    let unfinished = unfinished_words(&status.items);
    let trust = trust_in(plan, run, status.examples)?;
    let input = DatasetInput {
        plan,
        exports: wanted.exports,
        parquet: wanted.parquet,
        stopped: unfinished.as_deref(),
        drops: &status.drops,
        failures: &status.failures,
        trust: &trust,
    };
    let damage = RefCell::new(None);
    let earlier = earlier_runs(plan, run)?;
    let written = write_beside(input, &earlier, records(run, &damage)?, target)
        .map_err(|error| Failure::usage(format!("cannot write the dataset: {error}")))?;
    match damage.into_inner() {
        Some(error) => Err(failure_of(error)),
        None => Ok(written),
    }
}

/// Writes a recipe made of the run in `run` to `target`.
pub fn write_run_recipe(
    run: &Path,
    target: &Path,
    input: RecipeInput<'_>,
) -> Result<WrittenRecipe, Failure> {
    let status = status(run).map_err(failure_of)?;
    let input = RecipeInput {
        whole: unfinished_words(&status.items).is_none(),
        ..input
    };
    let damage = RefCell::new(None);
    let trust = trust_in(input.plan, run, status.examples)?;
    // A first look tells whether the journal can be read at all.
    drop(records(run, &damage)?);
    let again = || {
        let records = records(run, &damage).into_iter().flatten();
        records.filter(|record| !trust.keeps_apart(record))
    };
    let earlier = earlier_runs(input.plan, run)?;
    let written = write_recipe_beside(input, &earlier, again, target)
        .map_err(|error| Failure::usage(format!("cannot write the recipe: {error}")))?;
    match damage.into_inner() {
        Some(error) => Err(failure_of(error)),
        None => Ok(written),
    }
}

/// The records of the run, in the plan's order. They end early where the journal is damaged, and
/// `damage` says how.
fn records<'d>(
    run: &Path,
    damage: &'d RefCell<Option<RunError>>,
) -> Result<impl Iterator<Item = Record> + use<'d>, Failure> {
    let records = endings(run)
        .map_err(failure_of)?
        .map_while(move |ending| {
            let keep = |error| *damage.borrow_mut() = Some(error);
            ending.map_err(keep).ok()
        })
        .flat_map(|(_, endings)| endings)
        .filter_map(|ending| match ending {
            Ending::Kept { record } => Some(*record),
            Ending::Dropped { .. } | Ending::Failed { .. } => None,
        });
    Ok(records)
}

/// What a card says of a run that has not ended; `None` where every item has.
fn unfinished_words(items: &ItemCounts) -> Option<String> {
    let left = items.total.saturating_sub(items.finished());
    (left > 0).then(|| format!("{left} of {} items are still to do", items.total))
}

/// Where the files are, what is in them, and what to look at next.
pub fn describe_files(written: &Written, target: &Path, page: Option<&Path>) -> String {
    let mut text = format!(
        "dataset   {} ({})\n",
        target.display(),
        counted(written.records, "record")
    );
    if written.quarantined > 0 {
        let folder = target.join("quarantine");
        let count = counted(written.quarantined, "record");
        let _ = writeln!(text, "quarantine {} ({count})", folder.display());
    }
    for export in Export::ALL {
        let parts = parts_of(written, export);
        if !parts.is_empty() {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "  {:<13} {}", export.word(), parts.join(", "));
        }
    }
    if let Some(quality) = &written.quality {
        let _ = writeln!(text, "quality   {}", describe_quality(quality));
    }
    if let Some(page) = page {
        let _ = writeln!(text, "report    {}", page.display());
    }
    let _ = writeln!(
        text,
        "\nnext      less {}",
        target.join("README.md").display()
    );
    if written.records > 0 {
        let records = target.join("records.jsonl");
        let _ = writeln!(
            text,
            "          head -n 1 {} | python3 -m json.tool",
            records.display()
        );
    }
    text
}

/// "7 of 60 records flagged (results 3, templates 4), 2 left out of the exports".
fn describe_quality(quality: &QualityReport) -> String {
    let gates = quality.gates.iter();
    let found: Vec<String> = gates
        .filter(|(_, flagged)| flagged.records > 0)
        .map(|(gate, flagged)| format!("{gate} {}", flagged.records))
        .collect();
    let found = match found.as_slice() {
        [] => String::new(),
        found => format!(" ({})", found.join(", ")),
    };
    format!(
        "{} of {} flagged{found}, {} left out of the exports",
        quality.flagged,
        counted(quality.records, "record"),
        quality.left_out
    )
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
