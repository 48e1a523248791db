//! `manifest.json`: what a dataset's folder holds, so that a copy can be checked.

use serde::{Deserialize, Serialize};

pub use crate::import::DATASET_FORMAT;

/// The manifest's own name.
pub(super) const MANIFEST: &str = "manifest.json";

/// What stands in the manifest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Manifest {
    pub(super) format: String,
    pub(super) plan_id: String,
    pub(super) campaign: String,
    /// Whether the run went to its end.
    pub(super) whole: bool,
    pub(super) simulated: bool,
    pub(super) canary: String,
    /// By path. The manifest is not in it.
    pub(super) files: Vec<WrittenFile>,
}

/// A file of a dataset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WrittenFile {
    /// Below the dataset's folder, with `/` on every system.
    pub path: String,
    /// `None` in a file that is no table.
    pub rows: Option<u64>,
    pub bytes: u64,
    pub blake3: String,
    pub sha256: String,
}

impl Manifest {
    /// The manifest as the file's text.
    pub(super) fn to_text(&self) -> String {
        let text = serde_json::to_string_pretty(self).expect("a manifest has text keys only");
        format!("{text}\n")
    }

    /// The manifest in `text`, if it is one of ours.
    pub(super) fn from_text(text: &str) -> Option<Self> {
        let manifest: Self = serde_json::from_str(text).ok()?;
        (manifest.format == DATASET_FORMAT).then_some(manifest)
    }
}
