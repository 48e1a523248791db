//! Files on their way into a dataset: written to a folder apart, counted and hashed as they go.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use super::error::DatasetError;
use super::manifest::WrittenFile;

/// A folder that fills. Paths in it are relative, with `/` on every system.
#[derive(Debug)]
pub(super) struct Staging {
    folder: PathBuf,
    tables: BTreeMap<String, OpenFile>,
    finished: Vec<WrittenFile>,
}

impl Staging {
    /// An empty folder at `folder`, which must not exist.
    pub(super) fn create(folder: &Path) -> Result<Self, DatasetError> {
        fs::create_dir_all(folder).map_err(DatasetError::at(folder))?;
        Ok(Self {
            folder: folder.to_owned(),
            tables: BTreeMap::new(),
            finished: Vec::new(),
        })
    }

    /// A table at `path`, there even if no row follows.
    pub(super) fn open_table(&mut self, path: &str) -> Result<(), DatasetError> {
        if !self.tables.contains_key(path) {
            let file = OpenFile::create(self.folder.join(path))?;
            self.tables.insert(path.to_owned(), file);
        }
        Ok(())
    }

    /// Adds a row to the table at `path`.
    pub(super) fn add_row(&mut self, path: &str, line: &str) -> Result<(), DatasetError> {
        self.open_table(path)?;
        let table = self
            .tables
            .get_mut(path)
            .expect("the table has just been opened");
        table.rows += 1;
        table.write(line.as_bytes())?;
        table.write(b"\n")
    }

    /// Closes all tables.
    pub(super) fn close_tables(&mut self) -> Result<(), DatasetError> {
        for (path, file) in std::mem::take(&mut self.tables) {
            let rows = Some(file.rows);
            self.finished.push(file.close(path, rows)?);
        }
        Ok(())
    }

    /// Writes a whole file.
    pub(super) fn write_file(&mut self, path: &str, text: &str) -> Result<(), DatasetError> {
        let mut file = OpenFile::create(self.folder.join(path))?;
        file.write(text.as_bytes())?;
        self.finished.push(file.close(path.to_owned(), None)?);
        Ok(())
    }

    /// The files that are done.
    pub(super) fn finished(&self) -> &[WrittenFile] {
        &self.finished
    }
}

#[derive(Debug)]
struct OpenFile {
    path: PathBuf,
    writer: BufWriter<File>,
    hasher: blake3::Hasher,
    bytes: u64,
    rows: u64,
}

impl OpenFile {
    fn create(path: PathBuf) -> Result<Self, DatasetError> {
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(DatasetError::at(parent))?;
        }
        let file = File::create(&path).map_err(DatasetError::at(&path))?;
        Ok(Self {
            path,
            writer: BufWriter::new(file),
            hasher: blake3::Hasher::new(),
            bytes: 0,
            rows: 0,
        })
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), DatasetError> {
        self.hasher.update(bytes);
        self.bytes += bytes.len() as u64;
        let written = self.writer.write_all(bytes);
        written.map_err(DatasetError::at(&self.path))
    }

    /// Makes sure that the file is on the disk, so that no dataset is half there after a power cut.
    fn close(self, name: String, rows: Option<u64>) -> Result<WrittenFile, DatasetError> {
        let at = DatasetError::at(&self.path);
        let file = self.writer.into_inner().map_err(|error| error.into_error());
        file.and_then(|file| file.sync_all()).map_err(at)?;
        Ok(WrittenFile {
            path: name,
            rows,
            bytes: self.bytes,
            blake3: self.hasher.finalize().to_hex().to_string(),
        })
    }
}
