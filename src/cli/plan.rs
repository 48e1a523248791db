//! `autosafe plan`

use std::io::{self, BufWriter, Write};

use super::arguments::{Format, PlanArguments};
use super::exit::{Exit, Failure, Outcome};
use super::output::{output_failure, print_result};
use super::program;
use crate::plan::{Items, Plan, render_difference, render_plan};

/// Shows what a run would do.
pub fn plan(arguments: &PlanArguments) -> Outcome {
    let plan = program::plan_of(&arguments.file, arguments.campaign.as_deref())?;
    if let Some(old) = &arguments.diff {
        let old = program::plan_of(old, arguments.campaign.as_deref())?;
        print_result(render_difference(&old, &plan))?;
        return Ok(Exit::Done);
    }
    match (arguments.items, arguments.format) {
        (true, _) => print_items(&plan)?,
        (false, Format::Json) => print_result(plan.to_bytes())?,
        (false, Format::Human) => print_result(render_plan(&plan, &is_set))?,
    }
    Ok(Exit::Done)
}

/// One JSON object an item, as they are computed.
fn print_items(plan: &Plan) -> Result<(), Failure> {
    let mut out = BufWriter::new(io::stdout().lock());
    let items = Items::new(plan);
    for place in items.places() {
        serde_json::to_writer(&mut out, &items.line(&place))
            .map_err(io::Error::from)
            .and_then(|()| out.write_all(b"\n"))
            .map_err(|error| output_failure(&error))?;
    }
    out.flush().map_err(|error| output_failure(&error))
}

/// Whether the environment holds a variable; its value is not looked at.
fn is_set(variable: &str) -> bool {
    std::env::var_os(variable).is_some_and(|value| !value.is_empty())
}
