//! A file on its way to the disk.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use sha2::{Digest, Sha256};

use super::error::DatasetError;
use super::manifest::WrittenFile;

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
