//! `quality { … }` of a campaign: what is looked for in records once they are written.

use serde::{Deserialize, Serialize};

use super::compared_with::Reference;
use super::fields::{FieldRule, Fields, Shape, Table};
use crate::import::EarlierRun;

/// The fields of `quality`.
pub(super) const QUALITY: Table = Table {
    owner: "`quality`",
    fields: &[
        FieldRule::optional(
            "near_duplicates",
            Shape::Number {
                least: 0.6,
                most: 1.0,
            },
        ),
        FieldRule::optional(
            "min_words",
            Shape::Int {
                least: 1,
                most: 1_000,
            },
        ),
        FieldRule::optional("find", Shape::Words(FINDINGS)),
        FieldRule::optional("leakage", Shape::Free),
        FieldRule::optional("against", Shape::Free),
        FieldRule::optional("on_flag", Shape::Word(&["keep", "drop"])),
    ],
};

/// From where texts of others count as nearly the same, unless `near_duplicates` says otherwise.
const SIMILARITY: f64 = 0.8;

const FINDINGS: &[&str] = &[
    "templates",
    "placeholders",
    "unused_tools",
    "results",
    "personal_data",
    "markup",
];

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

    fn from_word(word: &str) -> Option<Self> {
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

/// The gates that `fields` sets, but for those that compare with files.
pub(super) fn quality(fields: &Fields) -> Quality {
    let words = fields.words("find").unwrap_or_default();
    let mut find: Vec<Finding> = words
        .iter()
        .filter_map(|(word, _)| Finding::from_word(word))
        .collect();
    find.sort();
    find.dedup();
    Quality {
        near_duplicates: fields.number("near_duplicates"),
        min_words: fields.small("min_words"),
        find,
        leakage: Vec::new(),
        against: Vec::new(),
        on_flag: match fields.word("on_flag") {
            Some("drop") => OnFlag::Drop,
            _ => OnFlag::Keep,
        },
    }
}
