//! What can be wrong with a journal, in words for the person who started the run.

use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

/// Why the journal cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JournalError {
    #[error(
        "the journal {} is damaged: {why}; restore it from a copy, or start anew in another folder", path.display()
    )]
    Damaged { path: PathBuf, why: String },
    #[error(
        "the journal {} has format `{found}`, and this program reads `{known}`; go on with the version that wrote it, or begin in another folder", path.display()
    )]
    OtherFormat {
        path: PathBuf,
        found: String,
        known: &'static str,
    },
    #[error("no space left for the journal {}; make room and run the same command again", path.display())]
    DiskFull { path: PathBuf },
    #[error(
        "the journal {} cannot be written or read ({why}); check the disk and its limits, make room, and run the same command again", path.display()
    )]
    Disk { path: PathBuf, why: String },
    #[error("the journal {} cannot be written; is its folder read-only?", path.display())]
    ReadOnly { path: PathBuf },
    #[error(
        "the journal {} belongs to the plan {there}, and this is the plan {here}; use another folder", path.display()
    )]
    OtherPlan {
        path: PathBuf,
        there: String,
        here: String,
    },
    #[error("there is no journal at {}", path.display())]
    Missing { path: PathBuf },
    #[error("the journal {} cannot be used: {why}", path.display())]
    Unusable { path: PathBuf, why: String },
}

impl JournalError {
    /// What SQLite's error means for the journal at `path`.
    pub(super) fn of(path: &Path, error: &rusqlite::Error) -> Self {
        let path = path.to_owned();
        let why = error.to_string();
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                Self::Damaged { path, why }
            }
            Some(ErrorCode::DiskFull) => Self::DiskFull { path },
            Some(ErrorCode::SystemIoFailure) => Self::Disk { path, why },
            Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
                Self::ReadOnly { path }
            }
            _ => Self::Unusable { path, why },
        }
    }

    /// Anything else that stands in the way.
    pub(super) fn unusable(path: &Path, why: impl std::fmt::Display) -> Self {
        Self::Unusable {
            path: path.to_owned(),
            why: why.to_string(),
        }
    }

    /// A row that holds something else than what was written.
    pub(super) fn damaged(path: &Path, why: impl std::fmt::Display) -> Self {
        Self::Damaged {
            path: path.to_owned(),
            why: why.to_string(),
        }
    }
}
