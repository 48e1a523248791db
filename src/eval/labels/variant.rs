//! Labels of one case under two standards, as ASSEBench has them: where people found a case ambiguous,
//! the strict label calls it unsafe and the lenient one safe.

use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

/// A standard by which ambiguous cases are labelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LabelVariant {
    Strict,
    Lenient,
}

impl LabelVariant {
    const ALL: [Self; 2] = [Self::Strict, Self::Lenient];

    /// As the command line names it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Strict => "strict",
            Self::Lenient => "lenient",
        }
    }

    fn words(self) -> &'static [&'static str] {
        match self {
            Self::Strict => &["strict"],
            Self::Lenient => &["lenient", "loose"],
        }
    }

    /// The standard that a file's name tells: ASSEBench has a file for each, of the same cases.
    pub(super) fn of_file(path: &Path) -> Option<Self> {
        let stem = path.file_stem()?.to_string_lossy().to_ascii_lowercase();
        let names = |word: &str| {
            stem.split(|it: char| !it.is_alphabetic())
                .any(|it| it == word)
        };
        let is_named = |variant: &Self| variant.words().iter().any(|word| names(word));
        Self::ALL.into_iter().find(is_named)
    }

    /// The label of this standard in a row that has one for each.
    fn label_in(self, row: &Map<String, Json>) -> Option<&Json> {
        let named = |word: &&'static str| {
            let fields = [format!("label_{word}"), format!("{word}_label")];
            let inner = ["label", "labels"].into_iter();
            let mut inner = inner.filter_map(|field| row.get(field)?.get(word));
            fields
                .iter()
                .find_map(|field| row.get(field))
                .or_else(|| inner.next())
        };
        self.words().iter().find_map(named)
    }
}

/// The label of a row by the standard that is chosen, where the row has one for each.
///
/// # Errors
/// The row's labels differ and none is chosen, or it has none by the one that is.
pub(super) fn chosen(
    row: &Map<String, Json>,
    variant: Option<LabelVariant>,
) -> Result<Option<&Json>, String> {
    let [strict, lenient] = LabelVariant::ALL.map(|it| it.label_in(row));
    match (strict, lenient, variant) {
        (None, None, _) => Ok(None),
        (Some(label), _, Some(LabelVariant::Strict)) => Ok(Some(label)),
        (_, Some(label), Some(LabelVariant::Lenient)) => Ok(Some(label)),
        (_, _, Some(variant)) => Err(format!("it has no {} label", variant.word())),
        (Some(one), Some(other), None) if one != other => Err(format!(
            "its strict label is {one} and its lenient one {other}; choose with `--labels-variant`"
        )),
        (one, other, None) => Ok(one.or(other)),
    }
}

/// Whether people found the case ambiguous.
pub(super) fn is_ambiguous(row: &Map<String, Json>) -> bool {
    match row.get("ambiguous") {
        Some(Json::Bool(is)) => *is,
        Some(Json::Number(number)) => number.as_i64() == Some(1),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_tell_their_standard_by_whole_words() {
        let of = |name: &str| LabelVariant::of_file(Path::new(name));
        assert_eq!(of("x/AgentJudge-strict.json"), Some(LabelVariant::Strict));
        assert_eq!(of("AgentJudge_loose.jsonl"), Some(LabelVariant::Lenient));
        assert_eq!(of("lenient.json"), Some(LabelVariant::Lenient));
        assert_eq!(of("strict/AgentJudge-safety.json"), None);
        assert_eq!(of("restricted.json"), None);
    }
}
