//! `autosafe export`

use super::arguments::ExportArguments;
use super::dataset::{describe_files, write_dataset};
use super::exit::{Exit, Outcome};
use super::output::print_result;
use super::runs::stored_plan;

/// Writes the dataset of a run again.
pub fn export(arguments: &ExportArguments) -> Outcome {
    let plan = stored_plan(&arguments.run)?;
    let exports = match arguments.format.as_slice() {
        [] => plan.settings.exports.clone(),
        chosen => chosen.iter().map(|name| name.0).collect(),
    };
    let target = match &arguments.out {
        Some(folder) => folder.clone(),
        None => arguments.run.join("dataset"),
    };
    let written = write_dataset(&plan, &arguments.run, &target, &exports)?;
    print_result(describe_files(&written, &target))?;
    Ok(Exit::Done)
}
