//! Which lines begin and end text blocks, or look as if they should.

use super::code_lines::{indent_of, is_word_character, looks_like_code};

/// What a text block stands between.
pub(super) const QUOTES: &str = "\"\"\"";

/// The lines of a file that begin with `"""` or end with one that looks like a block's beginning.
#[derive(Debug, Default)]
pub(super) struct BlockLines {
    known: Option<KnownLines>,
}

/// Offsets, each list in order: looking one up takes no walk through the file.
#[derive(Debug, Default)]
pub(super) struct KnownLines {
    closers: Vec<usize>,
    openers: Vec<(usize, usize)>,
}

impl BlockLines {
    /// The lines of `text`, found when the first block is met.
    pub(super) fn of(&mut self, text: &str) -> &KnownLines {
        self.known.get_or_insert_with(|| KnownLines::find(text))
    }
}

impl KnownLines {
    fn find(text: &str) -> Self {
        let mut lines = Self::default();
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            let indent = indent_of(line);
            if line[indent..].starts_with(QUOTES) {
                lines.closers.push(start + indent);
            } else if opens_block(line) {
                lines.openers.push((start, indent));
            }
            start += line.len();
        }
        lines
    }

    /// The first closing quotes behind `offset`.
    pub(super) fn closer_after(&self, offset: usize) -> Option<usize> {
        let index = self.closers.partition_point(|closer| *closer < offset);
        self.closers.get(index).copied()
    }

    /// The first line in between that opens another block and stands no deeper than `indent`.
    pub(super) fn opener_between(&self, start: usize, end: usize, indent: usize) -> Option<usize> {
        let first = self.openers.partition_point(|opener| opener.0 < start);
        self.openers[first..]
            .iter()
            .take_while(|opener| opener.0 < end)
            .find(|opener| opener.1 <= indent)
            .map(|opener| opener.0)
    }
}

/// Whether a line begins with `field = words """`.
fn opens_block(line: &str) -> bool {
    let Some((field, words)) = line
        .split_once(QUOTES)
        .and_then(|(before, _)| before.rsplit_once('='))
    else {
        return false;
    };
    let is_wordy = |part: &str| {
        part.chars()
            .all(|character| character.is_whitespace() || is_word_character(character))
    };
    !field.trim().is_empty() && is_wordy(field) && is_wordy(words)
}

/// The first `"""` that ends a line between the two offsets.
pub(super) fn misplaced_closer(text: &str, start: usize, end: usize) -> Option<usize> {
    let mut at = start;
    for line in text[start..end].split_inclusive('\n') {
        let written = line.trim_end().trim_end_matches(',');
        if written.ends_with(QUOTES) && !opens_block(line) {
            return Some(at + written.len() - QUOTES.len());
        }
        at += line.len();
    }
    None
}

/// Where code seems to go on behind a block that is never closed: at the first line no deeper than
/// the block's field that looks like a field, a declaration or a closing brace.
pub(super) fn code_after_block(text: &str, start: usize, limit: usize, indent: usize) -> usize {
    let mut at = start;
    for line in text[start..limit].split_inclusive('\n') {
        if at > start && indent_of(line) <= indent && looks_like_code(line.trim_start()) {
            return at;
        }
        at += line.len();
    }
    limit
}
