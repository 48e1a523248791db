//! What stands for Parquet in a program that was built without it: nothing, and an error that says so.

use std::path::PathBuf;

use super::columns::Column;
use super::error::DatasetError;
use super::manifest::WrittenFile;

/// A file that cannot be.
pub(super) enum ColumnarFile {}

impl ColumnarFile {
    pub(super) fn create(_: PathBuf, _: Vec<Column>) -> Result<Self, DatasetError> {
        Err(DatasetError::NoParquet)
    }

    pub(super) fn add_row(&mut self, _: &str) -> Result<(), DatasetError> {
        match *self {}
    }

    pub(super) fn close(self, _: String) -> Result<WrittenFile, DatasetError> {
        match self {}
    }
}
