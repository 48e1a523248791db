//! Why a dataset could not be written.

use std::io;
use std::path::{Path, PathBuf};

/// What stood in the way of a dataset, and where.
#[derive(Debug, thiserror::Error)]
pub enum DatasetError {
    #[error("`{}`: {source}", path.display())]
    Io { path: PathBuf, source: io::Error },
    #[error(
        "`{}` holds files that are no dataset of autosafe, and would be replaced; \
         choose another folder, or empty this one",
        folder.display()
    )]
    Foreign { folder: PathBuf },
    #[error("`{}` is a file; a dataset is a folder", folder.display())]
    File { folder: PathBuf },
    #[error(
        "this autosafe was built without Parquet; build it with \
         `cargo install --path . --features parquet`, or leave `--parquet` out"
    )]
    NoParquet,
    #[error(
        "`{}` has changed since the plan was compiled; compile it again",
        path.display()
    )]
    OtherRecords { path: PathBuf },
    #[error("the records are to be compared with the run `{run}`, which was not read")]
    NotCompared { run: String },
    #[error("`{}`, line {line}: no record of a run: {error}", path.display())]
    NoRecord {
        path: PathBuf,
        line: u64,
        error: serde_json::Error,
    },
    #[error("`{}` cannot be replaced; name a folder for the dataset", folder.display())]
    Nameless { folder: PathBuf },
}

impl DatasetError {
    /// Ties an input or output error to the path that it happened at.
    pub(super) fn at(path: &Path) -> impl FnOnce(io::Error) -> Self + '_ {
        |source| Self::Io {
            path: path.to_owned(),
            source,
        }
    }
}
