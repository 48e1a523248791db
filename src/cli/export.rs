//! `autosafe export`

use std::fmt::Write as _;
use std::path::Path;

use super::arguments::ExportArguments;
use super::calibrating::{calibrated_in, note_left_out, note_quarantine};
use super::dataset::{Wanted, describe_files, write_dataset, write_run_recipe};
use super::exit::{Exit, Outcome};
use super::output::print_result;
use super::report::write_report;
use super::runs::{failure_of, stored_plan};
use crate::dataset::{Mix, RecipeInput, Trainer, WrittenRecipe};
use crate::run::claim_folder;

/// Writes the dataset of a run again, or a recipe made of it.
pub fn export(arguments: &ExportArguments) -> Outcome {
    match arguments.recipe {
        Some(trainer) => export_recipe(arguments, trainer.0),
        None => export_dataset(arguments),
    }
}

fn export_dataset(arguments: &ExportArguments) -> Outcome {
    let plan = stored_plan(&arguments.run)?;
    let exports = match arguments.format.as_slice() {
        [] => plan.settings.exports.clone(),
        chosen => chosen.iter().map(|name| name.0).collect(),
    };
    // The run's own dataset belongs to the process that runs; elsewhere nobody is in the way.
    let (target, _claim) = match &arguments.out {
        Some(folder) => (folder.clone(), None),
        None => {
            let claim = claim_folder(&arguments.run).map_err(failure_of)?;
            (arguments.run.join("dataset"), Some(claim))
        }
    };
    let wanted = Wanted {
        exports: &exports,
        parquet: arguments.parquet,
    };
    let written = write_dataset(&plan, &arguments.run, &target, wanted)?;
    let page = match arguments.out {
        Some(_) => None,
        None => Some(write_report(&plan, &arguments.run, &written)?.0),
    };
    print_result(describe_files(&written, &target, page.as_deref()))?;
    if let Some(calibrated) = calibrated_in(&plan, &arguments.run)? {
        note_quarantine(&calibrated, &target);
    }
    Ok(Exit::Done)
}

fn export_recipe(arguments: &ExportArguments, trainer: Trainer) -> Outcome {
    let plan = stored_plan(&arguments.run)?;
    let mut mix = Mix::default();
    for share in &arguments.mix {
        share.apply(&mut mix);
    }
    let target = match &arguments.out {
        Some(folder) => folder.clone(),
        None => arguments.run.join("recipes").join(trainer.word()),
    };
    let input = RecipeInput {
        plan: &plan,
        trainer,
        mix,
        model: &arguments.model,
        whole: true,
    };
    let written = write_run_recipe(&arguments.run, &target, input)?;
    print_result(describe_recipe(&written, &target, trainer))?;
    if let Some(calibrated) = calibrated_in(&plan, &arguments.run)? {
        note_left_out(&calibrated);
    }
    Ok(Exit::Done)
}

/// What is in the recipe, and how it is used.
fn describe_recipe(written: &WrittenRecipe, target: &Path, trainer: Trainer) -> String {
    let mut text = format!("recipe    {}\n", target.display());
    for (words, taken, wanted) in &written.rows {
        let short = if taken < wanted {
            format!("  (the mix asks for {wanted}; there are no more)")
        } else {
            String::new()
        };
        // Writing to a string cannot fail.
        let _ = writeln!(text, "  {taken:>7} {words}{short}");
    }
    let _ = writeln!(text, "  {:>7} rows to validate on", written.validation);
    let _ = write!(
        text,
        "\nnext      cd {} && {}\n",
        target.display(),
        trainer.command()
    );
    text
}
