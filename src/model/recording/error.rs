//! Why calls cannot be recorded or replayed.

use std::path::{Path, PathBuf};

use super::line::RECORDING_FORMAT;

/// What is wrong with the file of a recording.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecordingError {
    #[error("the recording {} cannot be used: {why}", path.display())]
    Unusable { path: PathBuf, why: String },
    #[error(
        "{} is no recording of calls: its first line should name the format `{RECORDING_FORMAT}`", path.display()
    )]
    NoRecording { path: PathBuf },
    #[error("line {line} of the recording {} cannot be read: {why}", path.display())]
    BrokenLine {
        path: PathBuf,
        line: usize,
        why: String,
    },
    #[error("another process is writing the recording {}", path.display())]
    Locked { path: PathBuf },
}

impl RecordingError {
    pub(super) fn unusable(path: &Path, why: impl std::fmt::Display) -> Self {
        Self::Unusable {
            path: path.to_owned(),
            why: why.to_string(),
        }
    }
}
