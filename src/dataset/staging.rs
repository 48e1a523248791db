//! Files on their way into a dataset: written to a folder apart, counted and hashed as they go.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::columnar::ColumnarFile;
use super::columns::Column;
use super::error::DatasetError;
use super::manifest::WrittenFile;
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

/// A file that is counted and hashed while it is written.
#[derive(Debug)]
pub(super) struct OpenFile {
    path: PathBuf,
    writer: BufWriter<File>,
    blake3: blake3::Hasher,
    sha256: Sha256,
    bytes: u64,
}

impl OpenFile {
    /// A new file, in a folder that is made where it is missing.
    pub(super) fn create(path: PathBuf) -> Result<Self, DatasetError> {
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(DatasetError::at(parent))?;
        }
        let file = File::create(&path).map_err(DatasetError::at(&path))?;
        Ok(Self {
            path,
            writer: BufWriter::new(file),
            blake3: blake3::Hasher::new(),
            sha256: Sha256::new(),
            bytes: 0,
        })
    }

    /// Adds bytes at the end.
    pub(super) fn add(&mut self, bytes: &[u8]) -> Result<(), DatasetError> {
        let written = self.write_all(bytes);
        written.map_err(DatasetError::at(&self.path))
    }

    /// Makes sure that the file is on the disk, so that no dataset is half there after a power cut.
    pub(super) fn close(
        self,
        name: String,
        rows: Option<u64>,
    ) -> Result<WrittenFile, DatasetError> {
        let at = DatasetError::at(&self.path);
        let file = self.writer.into_inner().map_err(|error| error.into_error());
        file.and_then(|file| file.sync_all()).map_err(at)?;
        Ok(WrittenFile {
            path: name,
            rows,
            bytes: self.bytes,
            blake3: self.blake3.finalize().to_hex().to_string(),
            sha256: hex(&self.sha256.finalize()),
        })
    }
}

impl Write for OpenFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.writer.write(bytes)?;
        self.blake3.update(&bytes[..written]);
        self.sha256.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
