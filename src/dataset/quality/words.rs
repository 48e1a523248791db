//! The words of a text, as hashes that know where they stand.

use std::ops::Range;

/// Characters of an excerpt.
const EXCERPT: usize = 160;

/// A word; case does not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) hash: u64,
    /// In bytes.
    pub(super) place: Range<usize>,
}

/// The words of `text`: what lies between characters that are neither letters nor digits. In a script
/// that puts nothing between words each character counts as one.
pub(super) fn words(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut start = None;
    for (at, letter) in text.char_indices() {
        let is_alone = is_of_script_without_spaces(letter);
        if (is_alone || !letter.is_alphanumeric())
            && let Some(start) = start.take()
        {
            words.push(word(text, start..at));
        }
        if is_alone {
            words.push(word(text, at..at + letter.len_utf8()));
        } else if letter.is_alphanumeric() {
            start.get_or_insert(at);
        }
    }
    words.extend(start.map(|start| word(text, start..text.len())));
    words
}

fn word(text: &str, place: Range<usize>) -> Word {
    Word {
        hash: hash(&text[place.clone()].to_lowercase()),
        place,
    }
}

/// A hash that is the same on every machine and in every version.
pub(super) fn hash(text: &str) -> u64 {
    let bytes = *blake3::hash(text.as_bytes()).as_bytes();
    let first = bytes.first_chunk().expect("a hash has 32 bytes");
    u64::from_le_bytes(*first)
}

/// Thai, Japanese and Chinese.
fn is_of_script_without_spaces(letter: char) -> bool {
    matches!(
        letter,
        '\u{e01}'..='\u{e4e}'
            | '\u{3041}'..='\u{30ff}'
            | '\u{3400}'..='\u{9fff}'
            | '\u{f900}'..='\u{faff}'
            | '\u{20000}'..='\u{3134f}'
    )
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

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> Vec<&str> {
        let words = words(text).into_iter();
        words.map(|word| &text[word.place]).collect()
    }

    #[test]
    fn words_lie_between_what_is_no_letter_and_no_digit() {
        assert_eq!(
            split("Don't, ever: re-do 3x é🦀b"),
            ["Don", "t", "ever", "re", "do", "3x", "é", "b"]
        );
        assert!(split(" … ").is_empty());
    }

    #[test]
    fn each_character_of_a_script_without_spaces_is_a_word() {
        assert_eq!(split("删除all邮件。"), ["删", "除", "all", "邮", "件"]);
    }

    #[test]
    fn an_excerpt_is_one_line_and_ends_in_a_character() {
        assert_eq!(excerpt(" a\n b "), "a b");
        let long = "é".repeat(2 * EXCERPT);
        assert_eq!(excerpt(&long).chars().count(), EXCERPT + 1);
    }
}
