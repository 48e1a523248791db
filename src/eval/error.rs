//! Why an evaluation, a measurement or a labelling cannot be carried out.

use std::path::{Path, PathBuf};

use crate::run::RunError;

/// What is wrong, where, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum EvalError {
    #[error("cannot use `{}`: {why}", path.display())]
    Unusable { path: PathBuf, why: String },
    #[error("`{}`, {place}: {why}", path.display())]
    Malformed {
        path: PathBuf,
        /// `line 3`, `entry 12`
        place: String,
        why: String,
    },
    /// What the models' file, or the command line, does not have.
    #[error("{0}")]
    Lineup(String),
    #[error(transparent)]
    Run(#[from] RunError),
}

impl EvalError {
    pub(super) fn unusable(path: &Path, why: impl std::fmt::Display) -> Self {
        Self::Unusable {
            path: path.to_owned(),
            why: why.to_string(),
        }
    }

    pub(super) fn malformed(
        path: &Path,
        place: impl std::fmt::Display,
        why: impl std::fmt::Display,
    ) -> Self {
        Self::Malformed {
            path: path.to_owned(),
            place: place.to_string(),
            why: why.to_string(),
        }
    }
}

/// The text of a file that somebody named; only regular files of a bearable size.
pub(super) fn read_file(path: &Path) -> Result<String, EvalError> {
    const MOST_BYTES: u64 = 4 << 30;
    let metadata = std::fs::metadata(path).map_err(|error| EvalError::unusable(path, error))?;
    if metadata.is_dir() {
        return Err(EvalError::unusable(path, "it is a folder"));
    }
    // A named pipe or a device would never end.
    if !metadata.is_file() {
        return Err(EvalError::unusable(path, "it is no regular file"));
    }
    if metadata.len() > MOST_BYTES {
        return Err(EvalError::unusable(path, "it is larger than 4 GiB"));
    }
    std::fs::read_to_string(path).map_err(|error| EvalError::unusable(path, error))
}
