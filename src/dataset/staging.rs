//! Files on their way into a dataset: written to a folder apart, counted and hashed as they go.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::columnar::ColumnarFile;
use super::columns::Column;
use super::error::DatasetError;
use super::manifest::WrittenFile;
use super::open_file::OpenFile;
use super::table::parquet_path;

/// A folder that fills. Paths in it are relative, with `/` on every system.
pub(super) struct Staging {
    folder: PathBuf,
    with_parquet: bool,
    tables: BTreeMap<String, OpenTable>,
    finished: Vec<WrittenFile>,
}

/// A table in JSON lines, and where it is wanted in Parquet too.
struct OpenTable {
    lines: OpenFile,
    rows: u64,
    columnar: Option<ColumnarFile>,
}

impl Staging {
    /// An empty folder at `folder`, which must not exist. `with_parquet` gives each table a copy in
    /// Parquet beside it.
    pub(super) fn create(folder: &Path, with_parquet: bool) -> Result<Self, DatasetError> {
        fs::create_dir_all(folder).map_err(DatasetError::at(folder))?;
        Ok(Self {
            folder: folder.to_owned(),
            with_parquet,
            tables: BTreeMap::new(),
            finished: Vec::new(),
        })
    }

    /// A table at `path` with these columns, there even if no row follows.
    pub(super) fn open_table(
        &mut self,
        path: &str,
        columns: impl FnOnce() -> Vec<Column>,
    ) -> Result<(), DatasetError> {
        if self.tables.contains_key(path) {
            return Ok(());
        }
        let lines = OpenFile::create(self.folder.join(path))?;
        let columnar = if self.with_parquet {
            let file = self.folder.join(parquet_path(path));
            Some(ColumnarFile::create(file, columns())?)
        } else {
            None
        };
        let table = OpenTable {
            lines,
            rows: 0,
            columnar,
        };
        self.tables.insert(path.to_owned(), table);
        Ok(())
    }

    /// Adds a row, a line of JSON without its end, to the table at `path`.
    pub(super) fn add_row(
        &mut self,
        path: &str,
        line: &str,
        columns: impl FnOnce() -> Vec<Column>,
    ) -> Result<(), DatasetError> {
        self.open_table(path, columns)?;
        let table = self
            .tables
            .get_mut(path)
            .expect("the table has just been opened");
        table.rows += 1;
        table.lines.add(line.as_bytes())?;
        table.lines.add(b"\n")?;
        match &mut table.columnar {
            Some(columnar) => columnar.add_row(line),
            None => Ok(()),
        }
    }

    /// Closes all tables.
    pub(super) fn close_tables(&mut self) -> Result<(), DatasetError> {
        for (path, table) in std::mem::take(&mut self.tables) {
            if let Some(columnar) = table.columnar {
                self.finished.push(columnar.close(parquet_path(&path))?);
            }
            self.finished
                .push(table.lines.close(path, Some(table.rows))?);
        }
        Ok(())
    }

    /// Writes a whole file.
    pub(super) fn write_file(&mut self, path: &str, text: &str) -> Result<(), DatasetError> {
        let mut file = OpenFile::create(self.folder.join(path))?;
        file.add(text.as_bytes())?;
        self.finished.push(file.close(path.to_owned(), None)?);
        Ok(())
    }

    /// The files that are done.
    pub(super) fn finished(&self) -> &[WrittenFile] {
        &self.finished
    }
}
