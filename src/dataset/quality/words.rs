//! The words of a text, as hashes that know where they stand.

use std::ops::Range;

use super::sketch::hash;

/// Characters of an excerpt.
const EXCERPT: usize = 160;

/// A word; case does not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) hash: u64,
    /// In bytes.
    pub(super) place: Range<usize>,
}

/// The words of `text`: what lies between characters that are neither letters nor digits.
pub(super) fn words(text: &str) -> Vec<Word> {
    let pieces = text.split(|letter: char| !letter.is_alphanumeric());
    let pieces = pieces.filter(|piece| !piece.is_empty());
    pieces
        .map(|piece| {
            let start = piece.as_ptr() as usize - text.as_ptr() as usize;
            Word {
                hash: hash(&piece.to_lowercase()),
                place: start..start + piece.len(),
            }
        })
        .collect()
}

/// What stands in `text` from the first of `words` to the last, or as much of it as an excerpt holds.
pub(super) fn excerpt_of_words(text: &str, words: &[Word]) -> String {
    match (words.first(), words.last()) {
        (Some(first), Some(last)) => excerpt(&text[first.place.start..last.place.end]),
        _ => String::new(),
    }
}

/// The beginning of `text`, on one line.
pub(super) fn excerpt(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(EXCERPT) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}
