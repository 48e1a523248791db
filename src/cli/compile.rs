//! `autosafe compile`

use std::path::Path;

use super::arguments::CompileArguments;
use super::exit::{Exit, Failure, Outcome};
use super::output::{counted, print_note, print_result, why_unwritten};
use super::program;

/// Writes the plan of a campaign.
pub fn compile(arguments: &CompileArguments) -> Outcome {
    let plan = program::compile(&arguments.file, arguments.campaign.as_deref())?;
    let bytes = plan.to_bytes();
    if arguments.output == Path::new("-") {
        print_result(bytes)?;
        return Ok(Exit::Done);
    }
    std::fs::write(&arguments.output, bytes).map_err(|error| {
        Failure::usage(format!(
            "cannot write `{}`: {}",
            arguments.output.display(),
            why_unwritten(&error)
        ))
    })?;
    print_note(format_args!(
        "{} of campaign `{}` in {} (plan {})",
        counted(plan.settings.estimate.items, "item"),
        plan.work.campaign,
        arguments.output.display(),
        &plan.plan_id[..8],
    ));
    Ok(Exit::Done)
}
