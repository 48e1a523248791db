//! The tables of exports that were written, for the files that tell about them.

use std::collections::BTreeSet;

use super::form::Form;
use super::manifest::WrittenFile;
use crate::run::SplitPart;

/// A file of JSON lines with the rows of one form in one split. It has at least one row.
#[derive(Debug, Clone)]
pub(super) struct Table {
    pub(super) form: Form,
    pub(super) split: SplitPart,
    pub(super) rows: u64,
    pub(super) bytes: u64,
    /// The same rows in Parquet, where they were asked for.
    pub(super) parquet: Option<WrittenFile>,
}

impl Table {
    /// The tables among `files`, in the order of forms and splits.
    pub(super) fn among(files: &[WrittenFile]) -> Vec<Self> {
        let find = |path: &str| files.iter().find(|file| file.path == path);
        Form::ALL
            .into_iter()
            .flat_map(|form| SplitPart::ALL.map(|split| (form, split)))
            .filter_map(|(form, split)| {
                let path = form.path(split);
                let file = find(&path)?;
                Some(Self {
                    form,
                    split,
                    rows: file.rows.unwrap_or_default(),
                    bytes: file.bytes,
                    parquet: find(&parquet_path(&path)).cloned(),
                })
            })
            .collect()
    }

    /// The file, below the dataset's folder.
    pub(super) fn path(&self) -> String {
        self.form.path(self.split)
    }
}

/// The exports that have rows, each once.
pub(super) fn primary_forms(tables: &[Table]) -> BTreeSet<Form> {
    let forms = tables.iter().map(|table| table.form);
    forms.filter(|form| form.is_primary()).collect()
}

/// Where the copy in Parquet of a file of JSON lines is.
pub(super) fn parquet_path(path: &str) -> String {
    let stem = path.strip_suffix(".jsonl").unwrap_or(path);
    format!("{stem}.parquet")
}
