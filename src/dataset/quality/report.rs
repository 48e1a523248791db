//! What the gates found: `quality.json`, format `autosafe.quality/1`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The name of the format, with its version.
pub const QUALITY_FORMAT: &str = "autosafe.quality/1";

/// Examples that are kept of each gate.
const EXAMPLES: usize = 5;

/// What the gates of a campaign found in a dataset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QualityReport {
    pub format: String,
    /// Records that were looked at: all of the dataset.
    pub records: u64,
    /// Records that at least one gate flagged.
    pub flagged: u64,
    /// Of those, records that are left out of the exports.
    pub left_out: u64,
    /// Files and earlier runs that records were compared with.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub compared_with: Vec<Compared>,
    /// By gate, every gate that is set.
    pub gates: BTreeMap<String, Flagged>,
}

/// What records were compared with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Compared {
    /// A file, or the folder of a run, from the project's root.
    pub name: String,
    /// Whose form it has, in words.
    pub form: String,
    /// Texts or records.
    pub texts: u64,
    /// Rows without a text, which nothing was compared with.
    pub blank: u64,
    /// BLAKE3 of the file, or of the run's `records.jsonl`, in hex.
    pub blake3: String,
}

/// What one gate flagged.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Flagged {
    pub records: u64,
    /// The first ones.
    pub examples: Vec<FlagExample>,
}

/// One record that a gate flagged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlagExample {
    pub record: String,
    /// What is wrong with it, in words. It may quote what a model wrote.
    pub why: String,
    /// An excerpt of the instruction, where it is like a text elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// An excerpt of that text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other: Option<String>,
}

/// What a gate has to say of one record.
#[derive(Debug)]
pub(super) struct Flag {
    pub(super) gate: &'static str,
    pub(super) why: String,
    /// An excerpt of the instruction, and of the text elsewhere that it is like.
    pub(super) excerpts: Option<(String, String)>,
}

impl Flag {
    /// A flag that needs no excerpts.
    pub(super) fn new(gate: &'static str, why: String) -> Self {
        Self {
            gate,
            why,
            excerpts: None,
        }
    }
}

impl QualityReport {
    /// A report in which nothing was looked at yet.
    pub(super) fn empty(gates: &[&str], compared_with: Vec<Compared>) -> Self {
        let gates = gates.iter();
        Self {
            format: QUALITY_FORMAT.to_owned(),
            records: 0,
            flagged: 0,
            left_out: 0,
            compared_with,
            gates: gates
                .map(|gate| ((*gate).to_owned(), Flagged::default()))
                .collect(),
        }
    }

    /// Counts one more record of a gate.
    pub(super) fn add(&mut self, record: &str, flag: Flag) {
        let flagged = self.gates.entry(flag.gate.to_owned()).or_default();
        flagged.records += 1;
        if flagged.examples.len() < EXAMPLES {
            let (text, other) = flag.excerpts.unzip();
            flagged.examples.push(FlagExample {
                record: record.to_owned(),
                why: flag.why,
                text,
                other,
            });
        }
    }
}
