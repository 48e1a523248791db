//! `autosafe explain`

use super::arguments::ExplainArguments;
use super::exit::{Exit, Failure, Outcome};
use super::output::print_result;
use crate::diagnostic::{Code, nearest, page};

/// Prints the page of a code, or of every code.
pub fn explain(arguments: &ExplainArguments) -> Outcome {
    match &arguments.code {
        Some(name) => print_result(page(code_named(name)?))?,
        None => {
            let pages: Vec<_> = Code::ALL.iter().map(|code| page(*code)).collect();
            print_result(pages.join("\n"))?;
        }
    }
    Ok(Exit::Done)
}

fn code_named(name: &str) -> Result<Code, Failure> {
    Code::from_name(name).ok_or_else(|| {
        let names = Code::ALL.iter().map(|code| code.name());
        Failure::usage(match nearest(name, names) {
            Some(near) => format!("no problem has the code `{name}`; did you mean `{near}`?"),
            None => format!("no problem has the code `{name}`; `autosafe explain` tells of all"),
        })
    })
}
