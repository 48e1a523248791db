//! What holds for all templates: the signs they are written with, and where a part of one lies.

use std::ops::Range;

use minijinja::machinery::Span;
use minijinja::syntax::SyntaxConfig;

/// The delimiters and blanks of all templates: minijinja's own.
pub(super) fn syntax() -> SyntaxConfig {
    SyntaxConfig::default()
}

/// The bytes of a node.
pub(super) fn range_of(text: &str, span: Span) -> Range<usize> {
    whole_characters(text, span.start_offset as usize..span.end_offset as usize)
}

/// The range within the text, grown to whole characters.
pub(super) fn whole_characters(text: &str, range: Range<usize>) -> Range<usize> {
    let mut start = range.start.min(text.len());
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    let mut end = range.end.clamp(start, text.len());
    while !text.is_char_boundary(end) {
        end += 1;
    }
    start..end
}
