//! `autosafe export`

use std::str::FromStr;

use super::arguments::ExportArguments;
use super::dataset::{describe_files, write_dataset};
use super::exit::{Exit, Outcome};
use super::output::print_result;
use super::runs::stored_plan;
use crate::check::Export;
use crate::diagnostic::nearest;

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

/// An export as named on the command line.
#[derive(Debug, Clone, Copy)]
pub struct ExportName(pub Export);

impl FromStr for ExportName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Export::from_word(text).map(Self).ok_or_else(|| {
            let words = Export::ALL.map(Export::word);
            match nearest(text, words) {
                Some(near) => format!("no such export; did you mean `{near}`?"),
                None => format!("no such export; there are {}", words.join(", ")),
            }
        })
    }
}
