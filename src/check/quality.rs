//! The quality gates of a campaign: what is looked for in records once they are written.

use serde::{Deserialize, Serialize};

use crate::import::{EarlierRun, ReferenceFormat, ReferenceText};

/// From where texts of others count as nearly the same, unless `near_duplicates` says otherwise.
const SIMILARITY: f64 = 0.8;

/// The quality gates of a campaign. They look at what is written and change no work.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Quality {
    /// Estimated Jaccard similarity, from 0.6 to 1, from which a record counts as a near-duplicate
    /// of an earlier one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub near_duplicates: Option<f64>,
    /// Words that an instruction has at least.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_words: Option<u32>,
    /// Each once, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub find: Vec<Finding>,
    /// Files whose texts instructions must not come from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub leakage: Vec<Reference>,
    /// Earlier runs whose records are not to come again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub against: Vec<EarlierRun>,
    #[serde(default, skip_serializing_if = "OnFlag::is_keep")]
    pub on_flag: OnFlag,
}

/// A file that instructions must not come from. It is part of the plan, so that a run knows it as it
/// was when the run was planned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reference {
    /// From the project's root.
    pub file: String,
    /// BLAKE3 of its text, in hex.
    pub hash: String,
    pub format: ReferenceFormat,
    /// Rows whose text is empty, which nothing is compared with.
    #[serde(default, skip_serializing_if = "is_none")]
    pub blank: u32,
    pub texts: Vec<ReferenceText>,
}

/// What can be looked for in a single record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Finding {
    /// Instructions with slots left open, or that share one frame.
    Templates,
    /// Arguments that stand for a value that nobody filled in.
    Placeholders,
    /// Trajectories without any call.
    UnusedTools,
    /// Observations that are not what the tool returns.
    Results,
    /// Patterns of personal data.
    PersonalData,
    /// Markup that would run where a page shows a text as HTML.
    Markup,
}

/// What becomes of a record that a gate flags.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnFlag {
    /// It is counted.
    #[default]
    Keep,
    /// It is counted, stays among the records, and is left out of the exports.
    Drop,
}

impl Quality {
    /// Whether no gate is set.
    pub fn is_off(&self) -> bool {
        self.near_duplicates.is_none()
            && self.min_words.is_none()
            && self.find.is_empty()
            && self.leakage.is_empty()
            && self.against.is_empty()
    }

    /// The similarity from which two texts count as nearly the same.
    pub fn similarity(&self) -> f64 {
        self.near_duplicates.unwrap_or(SIMILARITY)
    }

    /// Whether `finding` is looked for.
    pub fn finds(&self, finding: Finding) -> bool {
        self.find.contains(&finding)
    }
}

impl Finding {
    /// The word of the language.
    pub fn word(self) -> &'static str {
        match self {
            Self::Templates => "templates",
            Self::Placeholders => "placeholders",
            Self::UnusedTools => "unused_tools",
            Self::Results => "results",
            Self::PersonalData => "personal_data",
            Self::Markup => "markup",
        }
    }

    /// What the word stands for.
    pub(super) fn from_word(word: &str) -> Option<Self> {
        let all = [
            Self::Templates,
            Self::Placeholders,
            Self::UnusedTools,
            Self::Results,
            Self::PersonalData,
            Self::Markup,
        ];
        all.into_iter().find(|finding| finding.word() == word)
    }
}

impl OnFlag {
    fn is_keep(&self) -> bool {
        *self == Self::Keep
    }
}

fn is_none(count: &u32) -> bool {
    *count == 0
}
