//! `autosafe status`

use super::arguments::{Format, StatusArguments};
use super::exit::{Exit, Failure, Outcome};
use super::output::print_result;
use super::runs::failure_of;
use super::tallies::describe_status;
use crate::run::status as read_status;

/// Tells how far a run is.
pub fn status(arguments: &StatusArguments) -> Outcome {
    let status = read_status(&arguments.run).map_err(failure_of)?;
    let text = match arguments.format {
        Format::Human => describe_status(&status),
        Format::Json => {
            serde_json::to_string(&status).map_err(|error| {
                Failure::usage(format!("internal error: {error}, please report"))
            })? + "\n"
        }
    };
    print_result(text)?;
    Ok(Exit::Done)
}
