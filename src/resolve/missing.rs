//! Files that are used and are not part of the program.

use super::names::ModuleId;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{ReadError, Span};
use crate::syntax::Text;

/// Largest size of all files of a program together, in bytes: places are 32 bits wide.
pub(super) const MAX_PROGRAM_BYTES: u64 = 512 * 1024 * 1024;

/// Why a file is not part of the program, though something uses it.
#[derive(Debug, Clone)]
pub(super) enum Failure {
    Unreadable(ReadError),
    ProgramTooLarge,
}

/// What names a file in a `use` or `import`.
#[derive(Debug, Clone)]
pub(super) struct Written {
    pub(super) user: ModuleId,
    pub(super) text: Text,
    /// What it is where it names no file.
    pub(super) code: Code,
}

/// A file that is used and could not be read.
#[derive(Debug)]
pub(super) struct Missing {
    pub(super) written: Written,
    pub(super) path: String,
    pub(super) failure: Failure,
}

impl Missing {
    /// What to say of it; `near` is the file that was probably meant.
    pub(super) fn problem(&self, near: impl FnOnce() -> Option<String>) -> Diagnostic {
        let Missing { written, path, .. } = self;
        let span = written.text.span;
        match &self.failure {
            Failure::ProgramTooLarge => program_too_large(span, path),
            Failure::Unreadable(ReadError::NotFound) => {
                Diagnostic::new(Code::ModuleNotFound, span, format!("no file `{path}`"))
                    .label("paths start at the folder of this file")
                    .did_you_mean(near().as_deref())
            }
            Failure::Unreadable(error) => {
                let code = match error {
                    ReadError::TooLarge => Code::TooLarge,
                    ReadError::OutsideRoot { .. } => Code::PathOutsideRoot,
                    ReadError::NotUtf8 { .. } => written.code,
                    _ => Code::ModuleNotFound,
                };
                Diagnostic::new(code, span, format!("cannot read `{path}`: {error}"))
            }
        }
    }
}

/// What to say of a run's dataset that could not be read; `manifest` is where it tells of itself.
pub(super) fn no_dataset(failure: &Failure, span: Span, path: &str, manifest: &str) -> Diagnostic {
    match failure {
        Failure::Unreadable(ReadError::NotFound) => {
            Diagnostic::new(Code::ModuleNotFound, span, format!("no dataset of a run at `{path}`"))
                .label(format!("there is no `{manifest}`"))
                .help("name the folder of a run whose dataset has been written, that dataset's folder, or its `records.jsonl`")
        }
        Failure::Unreadable(error @ ReadError::OutsideRoot { .. }) => {
            Diagnostic::new(Code::PathOutsideRoot, span, format!("cannot read `{path}`: {error}"))
        }
        Failure::Unreadable(error) => {
            Diagnostic::new(Code::BadReference, span, format!("cannot read `{path}`: {error}"))
        }
        Failure::ProgramTooLarge => program_too_large(span, path),
    }
}

fn program_too_large(span: Span, path: &str) -> Diagnostic {
    let bound = MAX_PROGRAM_BYTES / 1024 / 1024;
    let message = format!("with `{path}`, the program is larger than {bound} MiB");
    Diagnostic::new(Code::TooLarge, span, message)
}
