//! `autosafe completions`

use std::io;

use clap_complete::{Shell, generate};

/// Prints the completions of `shell` to standard output.
pub fn completions(shell: Shell, command: &mut clap::Command) {
    generate(shell, command, "autosafe", &mut io::stdout());
}
