//! Why a run cannot start, or cannot be looked at.

use std::path::{Path, PathBuf};

use crate::check::Role;
use crate::model::{RecordingError, SetupError};
use crate::plan::PlanError;
use crate::prompt::PromptError;

use super::journal::JournalError;

/// Why a run cannot start, go on, or be looked at.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    #[error("cannot use {}: {why}", path.display())]
    Folder { path: PathBuf, why: String },
    #[error(
        "the folder {} holds a run of the plan {there}, and this is the plan {here}; use another folder, or the old plan", path.display()
    )]
    OtherPlan {
        path: PathBuf,
        there: String,
        here: String,
    },
    #[error(
        "the folder {} holds the evaluation {there}, and this is {here}: its scenarios, models or settings are others; use another folder", path.display()
    )]
    OtherTrials {
        path: PathBuf,
        there: String,
        here: String,
    },
    #[error("the run in {} cannot be adopted by itself; give the new run another folder with `--out`", path.display())]
    AdoptsItself { path: PathBuf },
    #[error(
        "the journal {} is gone, although {} says that a run was begun here; restore it, or use another folder", journal.display(), plan.display()
    )]
    JournalGone { journal: PathBuf, plan: PathBuf },
    #[error("the run in {} is under way in process {holder}", path.display())]
    Locked { path: PathBuf, holder: String },
    #[error("`{}` is not the folder of a run: it holds no {missing}", path.display())]
    NoRun {
        path: PathBuf,
        missing: &'static str,
    },
    #[error("the plan names no model for the role `{}`", role.word())]
    NobodyPlays { role: Role },
    #[error("the role `{}` is given to the model `{model}`, which the plan does not have", role.word())]
    UnknownModel { role: Role, model: String },
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error(transparent)]
    Recording(#[from] RecordingError),
    #[error(transparent)]
    Setup(#[from] SetupError),
    #[error(transparent)]
    Prompt(#[from] PromptError),
    #[error("{}: {error}", path.display())]
    Plan { path: PathBuf, error: PlanError },
    #[error("internal error: {0}, please report")]
    Internal(String),
}

impl RunError {
    /// A folder, or a file in it, that cannot be made or written.
    pub(super) fn unwritten(path: &Path, error: &std::io::Error) -> Self {
        use std::io::ErrorKind;
        let advice = match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
                "; make room and run the same command again"
            }
            ErrorKind::ReadOnlyFilesystem | ErrorKind::PermissionDenied => {
                "; is it, or its folder, read-only?"
            }
            _ => "",
        };
        Self::folder(path, format!("{error}{advice}"))
    }

    /// A folder, or a file in it, that the system does not let us use.
    pub(super) fn folder(path: &Path, why: impl std::fmt::Display) -> Self {
        Self::Folder {
            path: path.to_owned(),
            why: why.to_string(),
        }
    }
}
