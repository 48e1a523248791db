//! AutoSafe: from a description of how agents come to harm to data about it.
//!
//! ```text
//! .ots ── syntax ── resolve ── check ── plan ─┬─ run ── dataset
//!            │         │         │            │   │
//!         diagnostics: every problem of       │  model: openai, sim
//!         every file, in one go               └─ plan.json, the only thing between the halves
//! ```

pub mod check;
pub mod cli;
pub mod dataset;
pub mod diagnostic;
pub mod eval;
pub mod format;
pub mod import;
pub mod model;
pub mod plan;
pub mod prompt;
pub mod report;
pub mod resolve;
pub mod run;
pub mod source;
pub mod syntax;

use diagnostic::{Diagnostic, Severity};
use source::{Files, ReadError};

/// What the compiler found out about a program.
#[derive(Debug)]
pub struct Analysis {
    /// The trees and names, and the sources that diagnostics point into.
    pub workspace: resolve::Workspace,
    /// Right in all its parts only where no diagnostic is an error.
    pub program: check::Program,
    /// Every problem of every file, in the order of their places.
    pub diagnostics: Vec<Diagnostic>,
}

impl Analysis {
    /// Whether the program cannot be compiled.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(Diagnostic::is_error)
    }
}

/// Gives everything there is to know about the program that begins at `entry`, short of a plan.
///
/// The path is relative to the project's root, as in [`Files`].
///
/// # Errors
/// The entry file itself cannot be read. What is wrong inside it, or with the files that it
/// uses, is a diagnostic.
pub fn analyse(entry: &str, files: &dyn Files) -> Result<Analysis, ReadError> {
    let (workspace, mut diagnostics) = resolve::load(entry, files)?;
    let (program, found) = check::check(&workspace);
    diagnostics.extend(found);
    if !diagnostics.iter().any(Diagnostic::is_error) {
        diagnostics.extend(plan::check_rows(&program));
    }
    // What is left over, or looks alike, may be so only because of an error.
    if diagnostics.iter().any(Diagnostic::is_error) {
        diagnostics.retain(|problem| problem.severity() != Severity::Lint);
    }
    diagnostic::sort(&mut diagnostics);
    diagnostic::gather_missing_names(&mut diagnostics, &workspace.sources, &|offset| {
        workspace.item_at(offset).map(|item| item.span.start)
    });
    diagnostic::keep_first_errors(&mut diagnostics, &workspace.sources);
    Ok(Analysis {
        workspace,
        program,
        diagnostics,
    })
}
