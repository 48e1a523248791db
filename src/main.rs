//! Arguments to the command line's room, and its answer to an exit status.

use std::process::ExitCode;

/// Thousands of small values live and die with every call, on several threads.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    autosafe::cli::main()
}
