//! Texts: what they stand for, and where each piece of it is written.

use std::ops::Range;

use pest::iterators::Pair;

use super::Builder;
use crate::diagnostic::{Code, Diagnostic};
use crate::syntax::grammar::Rule;
use crate::syntax::{Piece, Text, TextStyle};

const BLOCK_QUOTES: usize = 3;

impl Builder<'_> {
    /// A `text`.
    pub(super) fn text(&mut self, pair: Pair<'_, Rule>) -> Text {
        let span = self.span(&pair);
        let range = pair.as_span().start()..pair.as_span().end();
        let leaf = pair
            .into_inner()
            .next()
            .expect("a text is of one of three styles");
        let written = leaf.as_str();
        let mut pieces = Pieces::new(self);
        let style = match leaf.as_rule() {
            Rule::plain_text => {
                pieces.plain(&written[1..written.len() - 1], range.start + 1);
                TextStyle::Plain
            }
            Rule::raw_text => {
                let quotes = written.find('"').expect("a raw text has quotes");
                let content = quotes + 1..written.len() - quotes;
                pieces.copy(&written[content.clone()], range.start + content.start);
                TextStyle::Raw
            }
            _ => {
                let content = &written[BLOCK_QUOTES..written.len() - BLOCK_QUOTES];
                pieces.block(content, range.start + BLOCK_QUOTES);
                TextStyle::Block
            }
        };
        let Pieces { value, pieces, .. } = pieces;
        Text {
            value,
            span,
            style,
            pieces,
        }
    }

    /// Whether the scan had to close this text, so that nobody knows where it should end.
    pub(super) fn was_unclosed(&self, pair: &Pair<'_, Rule>) -> bool {
        let end = pair.as_span().end();
        let mended = &self.scan.mended;
        mended.source_offset(end - 1) == mended.source_offset(end)
    }
}

/// A text's value, as it grows.
struct Pieces<'b, 's> {
    builder: &'b mut Builder<'s>,
    value: String,
    pieces: Vec<Piece>,
}

impl<'b, 's> Pieces<'b, 's> {
    fn new(builder: &'b mut Builder<'s>) -> Self {
        Self {
            builder,
            value: String::new(),
            pieces: Vec::new(),
        }
    }

    /// Adds a part that stands for itself, written from `start` on.
    fn copy(&mut self, written: &str, start: usize) {
        if !written.is_empty() {
            self.push(written, start..start + written.len());
        }
    }

    fn push(&mut self, value: &str, written: Range<usize>) {
        self.pieces.push(Piece {
            value_start: self.value.len() as u32,
            source: self.builder.source_span(written),
        });
        self.value.push_str(value);
    }

    /// The inside of `"…"`.
    fn plain(&mut self, written: &str, start: usize) {
        let mut at = 0;
        while let Some(length) = written[at..].find('\\') {
            self.copy(&written[at..at + length], start + at);
            at += length;
            let escape = escape_at(&written[at..]);
            let range = start + at..start + at + escape.length;
            match escape.character {
                Some(character) => self.push(character.encode_utf8(&mut [0; 4]), range),
                None => self.bad_escape(&written[at..at + escape.length], range),
            }
            at += escape.length;
        }
        self.copy(&written[at..], start + at);
    }

    fn bad_escape(&mut self, written: &str, range: Range<usize>) {
        let span = self.builder.source_span(range.clone());
        self.builder.syntax_error(
            Diagnostic::new(Code::Syntax, span, format!("`{written}` is no escape"))
                .label("expected `\\n`, `\\t`, `\\\"`, `\\\\` or `\\u{…}`")
                .help(
                    "a text that holds many backslashes reads better as `r\"…\"`, without escapes",
                ),
        );
        self.push(written, range);
    }

    /// The inside of `"""…"""`.
    fn block(&mut self, written: &str, start: usize) {
        let Some(first_break) = written.find('\n') else {
            return self.copy(written, start);
        };
        let body_start = first_break + 1;
        let body_end = written.rfind('\n').unwrap_or(first_break).max(first_break);
        if body_end < body_start {
            return;
        }
        // What follows the last line break is the closing line, and the break belongs to it.
        let body = &written[body_start..=body_end];
        let indent = common_indent(body);
        let mut at = start + body_start;
        let mut lines = body.split_inclusive('\n').peekable();
        while let Some(line) = lines.next() {
            self.block_line(line, at, indent, lines.peek().is_none());
            at += line.len();
        }
    }

    fn block_line(&mut self, line: &str, start: usize, indent: usize, is_last: bool) {
        let content = line.trim_end_matches('\n').trim_end_matches('\r');
        if !content.trim().is_empty() {
            self.copy(&content[indent..], start + indent);
        }
        if !is_last {
            let line_break = start + content.len()..start + line.len();
            self.push("\n", line_break);
        }
    }
}

/// An escape: how long it is, and what it stands for.
struct Escape {
    length: usize,
    character: Option<char>,
}

/// The escape that `written` begins with.
fn escape_at(written: &str) -> Escape {
    let letter = written[1..].chars().next();
    let short = |character| Escape {
        length: 2,
        character: Some(character),
    };
    match letter {
        Some('n') => short('\n'),
        Some('t') => short('\t'),
        Some('"') => short('"'),
        Some('\\') => short('\\'),
        Some('u') => unicode_escape(written),
        _ => Escape {
            length: 1 + letter.map_or(0, char::len_utf8),
            character: None,
        },
    }
}

/// `\u{…}`
fn unicode_escape(written: &str) -> Escape {
    let digits = written[2..]
        .strip_prefix('{')
        .and_then(|rest| rest.split_once('}'))
        .map(|(digits, _)| digits)
        .filter(|digits| (1..=6).contains(&digits.len()))
        .filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
    match digits {
        Some(digits) => Escape {
            length: "\\u{}".len() + digits.len(),
            character: u32::from_str_radix(digits, 16)
                .ok()
                .and_then(char::from_u32),
        },
        None => Escape {
            length: 2,
            character: None,
        },
    }
}

/// The length of the white space that all lines begin with, blank ones left aside.
fn common_indent(body: &str) -> usize {
    let mut common: Option<&str> = None;
    for line in body.lines().filter(|line| !line.trim().is_empty()) {
        let indent = &line[..line.len() - line.trim_start_matches([' ', '\t']).len()];
        common = Some(match common {
            None => indent,
            Some(so_far) => shared_start(so_far, indent),
        });
    }
    common.map_or(0, str::len)
}

fn shared_start<'a>(first: &'a str, second: &str) -> &'a str {
    let length = first
        .bytes()
        .zip(second.bytes())
        .take_while(|(one, other)| one == other)
        .count();
    &first[..length]
}
