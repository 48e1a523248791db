//! `autosafe completions`

use clap_complete::{Shell, generate};

use super::exit::{Exit, Outcome};
use super::output::print_result;

/// Prints the completions of `shell` to standard output.
pub fn completions(shell: Shell, command: &mut clap::Command) -> Outcome {
    // Into memory first: a reader that goes away would be a panic inside the generator.
    let mut script = Vec::new();
    generate(shell, command, "autosafe", &mut script);
    print_result(script)?;
    Ok(Exit::Done)
}
