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
    /// By gate, every gate that is set.
    pub gates: BTreeMap<String, Flagged>,
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
}

impl QualityReport {
    /// A report in which nothing was looked at yet.
    pub(super) fn empty(gates: &[&str]) -> Self {
        let gates = gates.iter();
        Self {
            format: QUALITY_FORMAT.to_owned(),
            records: 0,
            flagged: 0,
            left_out: 0,
            gates: gates
                .map(|gate| ((*gate).to_owned(), Flagged::default()))
                .collect(),
        }
    }

    /// Counts one more record of `gate`.
    pub(super) fn add(&mut self, gate: &str, record: &str, why: String) {
        let flagged = self.gates.entry(gate.to_owned()).or_default();
        flagged.records += 1;
        if flagged.examples.len() < EXAMPLES {
            flagged.examples.push(FlagExample {
                record: record.to_owned(),
                why,
            });
        }
    }
}
