//! A dataset written, and read as its users read it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use autosafe::check::Export;
use autosafe::dataset::{self, DatasetError, DatasetInput, Written};
use autosafe::run::{DropReason, Record};
use serde_json::Value as Json;
use sha2::{Digest, Sha256};

use crate::records::plan;

pub struct Dataset {
    pub folder: PathBuf,
    pub written: Written,
    pub _temporary: Option<tempfile::TempDir>,
}

impl Dataset {
    pub fn of(records: &[Record]) -> Self {
        let temporary = tempfile::tempdir().unwrap();
        let folder = temporary.path().join("dataset");
        let written = write(records, &folder).unwrap();
        Self {
            folder,
            written,
            _temporary: Some(temporary),
        }
    }

    pub fn text(&self, path: &str) -> String {
        fs::read_to_string(self.folder.join(path)).unwrap()
    }

    pub fn json(&self, path: &str) -> Json {
        serde_json::from_str(&self.text(path)).unwrap()
    }

    pub fn rows(&self, path: &str) -> Vec<Json> {
        let text = self.text(path);
        assert!(text.is_empty() || text.ends_with('\n'));
        let lines = text.split('\n').filter(|line| !line.is_empty());
        lines
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    pub fn row(&self, path: &str) -> Json {
        let mut rows = self.rows(path);
        assert_eq!(rows.len(), 1, "{path}");
        rows.remove(0)
    }
}

pub fn write(records: &[Record], folder: &Path) -> Result<Written, DatasetError> {
    write_with(&Export::ALL, None, records, folder)
}

pub fn write_with(
    exports: &[Export],
    stopped: Option<&str>,
    records: &[Record],
    folder: &Path,
) -> Result<Written, DatasetError> {
    let input = DatasetInput {
        plan: &plan(),
        exports,
        parquet: false,
        stopped,
        drops: &BTreeMap::from([(DropReason::NoSafeAction.words().to_owned(), 3)]),
        failures: &BTreeMap::from([("the model answered | no JSON".to_owned(), 2)]),
        trust: &dataset::Trust::default(),
    };
    dataset::write(input, records.iter().cloned(), folder)
}

/// All files below `folder`, by path.
pub fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.insert(path.clone(), fs::read(&path).unwrap());
        }
    }
    found
}

/// The same with paths from `folder` on.
pub fn files_within(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let shorten = |path: PathBuf| path.strip_prefix(folder).unwrap().to_owned();
    let files = files(folder).into_iter();
    files.map(|(path, bytes)| (shorten(path), bytes)).collect()
}

pub fn sha256(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub fn parsed(text: &Json) -> Json {
    serde_json::from_str(text.as_str().unwrap()).unwrap()
}
