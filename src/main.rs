//! Arguments to the command line's room, and its answer to an exit status.

use std::process::ExitCode;

/// Thousands of small values live and die with every call, on several threads.
#[cfg(all(feature = "jemalloc", not(target_env = "msvc")))]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    autosafe::cli::main()
}
