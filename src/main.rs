//! Arguments to the command line's room, and its answer to an exit status.

use std::process::ExitCode;

fn main() -> ExitCode {
    autosafe::cli::main()
}
