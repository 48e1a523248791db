//! Places that count characters as places that count bytes.

use saphyr_parser::Span as CharacterSpan;

use crate::source::{BYTE_ORDER_MARK, SourceFile, Span};

/// Follows a parser through the text: each question is answered from the last one's place, as the
/// next is never far.
pub(super) struct Places<'t> {
    text: &'t str,
    /// Where the text begins in the offset space.
    base: u32,
    character: usize,
    byte: usize,
}

impl<'t> Places<'t> {
    /// The places of a file, from its first character on, a byte-order mark not counted.
    pub fn new(file: &'t SourceFile) -> Self {
        let whole = file.text();
        let text = whole.strip_prefix(BYTE_ORDER_MARK).unwrap_or(whole);
        Self {
            text,
            base: file.span().start + (whole.len() - text.len()) as u32,
            character: 0,
            byte: 0,
        }
    }

    /// The offset of a character, counted from 0; the end of the text where there are fewer.
    pub fn at(&mut self, character: usize) -> u32 {
        while self.character < character {
            let Some(next) = self.text[self.byte..].chars().next() else {
                break;
            };
            self.byte += next.len_utf8();
            self.character += 1;
        }
        while self.character > character {
            let Some(last) = self.text[..self.byte].chars().next_back() else {
                break;
            };
            self.byte -= last.len_utf8();
            self.character -= 1;
        }
        self.base + self.byte as u32
    }

    /// The place of a part of the text.
    pub fn span(&mut self, span: CharacterSpan) -> Span {
        let start = self.at(span.start.index());
        let end = self.at(span.end.index());
        Span::new(start, end.max(start))
    }

    /// The place without the blanks at its end.
    pub fn trimmed(&self, span: Span) -> Span {
        let local = |offset: u32| (offset - self.base) as usize;
        let inside = &self.text[local(span.start)..local(span.end)];
        Span::new(span.start, span.start + inside.trim_end().len() as u32)
    }
}
