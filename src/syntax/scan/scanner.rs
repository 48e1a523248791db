//! The walk over a file's characters.

use std::ops::Range;

use super::block_lines::BlockLines;
use super::brackets::{Balance, Bracket, Event, balance};
use super::code_lines::{is_word_character, leading_word};
use super::findings::{Findings, Scan};
use super::mended::{Mended, Patch};
use crate::diagnostic::{Code, Diagnostic};
use crate::syntax::Comment;

/// Scans the text of the file that begins at `base` in the offset space.
pub(in crate::syntax) fn scan(text: &str, base: u32) -> Scan {
    let mut scanner = Scanner::new(text, base);
    scanner.run();
    let Scanner {
        comments,
        events,
        mut findings,
        code_end,
        ..
    } = scanner;
    balance(Balance::new(text, &events, code_end), &mut findings);
    let code = without_comments(text, &comments, base);
    Scan {
        comments,
        mended: Mended::new(code, findings.patches),
        guesses: findings.guesses,
        diagnostics: findings.diagnostics,
    }
}

/// The text with blanks in the place of comments, which begin at `base` and above.
fn without_comments(text: &str, comments: &[Comment], base: u32) -> String {
    let mut code = String::with_capacity(text.len());
    let mut copied = 0;
    for Comment { span, .. } in comments {
        let place = (span.start - base) as usize..(span.end - base) as usize;
        code.push_str(&text[copied..place.start]);
        code.extend(std::iter::repeat_n(' ', place.len()));
        copied = place.end;
    }
    code.push_str(&text[copied..]);
    code
}

/// Where the walk is, and what it has met.
pub(super) struct Scanner<'t> {
    pub(super) text: &'t str,
    /// The offset of the next character.
    pub(super) at: usize,
    pub(super) line: Line,
    pub(super) findings: Findings,
    pub(super) blocks: BlockLines,
    comments: Vec<Comment>,
    events: Vec<Event>,
    /// From a place that was asked about to the end of its line.
    rest_of_line: Range<usize>,
    /// Where the code so far ends.
    code_end: usize,
}

/// The line that the walk is on.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Line {
    pub(super) start: usize,
    /// Whether code stands on it before the walk's place.
    has_code: bool,
    /// Brackets opened on it, less those closed.
    pub(super) open_brackets: i32,
}

impl<'t> Scanner<'t> {
    fn new(text: &'t str, base: u32) -> Self {
        Self {
            text,
            at: 0,
            line: Line::default(),
            findings: Findings::new(base),
            blocks: BlockLines::default(),
            comments: Vec::new(),
            events: Vec::new(),
            rest_of_line: 0..0,
            code_end: 0,
        }
    }

    /// What lies ahead.
    pub(super) fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    /// The offset of the line break at or behind `offset`, or the end of the file.
    pub(super) fn line_end(&mut self, offset: usize) -> usize {
        // A long line with many texts is walked through once, not once for each of them.
        if !self.rest_of_line.contains(&offset) {
            let length = self.text[offset..].find('\n');
            let end = length.map_or(self.text.len(), |length| offset + length);
            self.rest_of_line = offset..end;
        }
        self.rest_of_line.end
    }

    /// Goes on at `offset`, on a line that begins before it.
    pub(super) fn continue_at(&mut self, offset: usize) {
        if let Some(newline) = self.text[self.at..offset].rfind('\n') {
            self.start_line(self.at + newline + 1);
            self.line.has_code = true;
        }
        self.at = offset;
    }

    fn start_line(&mut self, offset: usize) {
        self.line = Line {
            start: offset,
            ..Line::default()
        };
    }

    fn run(&mut self) {
        if self.text.starts_with('\u{feff}') {
            let mark = 0..'\u{feff}'.len_utf8();
            self.at = mark.end;
            self.line.start = mark.end;
            self.findings.patches.push(Patch::delete(mark));
        }
        while let Some(next) = self.rest().chars().next() {
            self.step(next);
        }
    }

    fn step(&mut self, next: char) {
        match next {
            '\n' => {
                self.at += 1;
                self.start_line(self.at);
            }
            ' ' | '\t' | '\r' => self.at += 1,
            '/' if self.rest().starts_with("//") => self.comment(),
            '/' if self.rest().starts_with("/*") => self.c_comment(),
            '#' => self.hash_comment(),
            _ => {
                self.note_code();
                self.code(next);
                self.code_end = self.at;
            }
        }
    }

    /// Notes the first code of a line: indentation tells where unclosed things should have ended.
    fn note_code(&mut self) {
        if !self.line.has_code {
            self.line.has_code = true;
            self.events.push(Event::Line {
                start: self.line.start,
                code: self.at,
                before: self.code_end,
            });
        }
    }

    fn code(&mut self, next: char) {
        match next {
            '"' if self.rest().starts_with("\"\"\"") => self.text_block(),
            '"' => self.plain_text(),
            '“' | '”' | '„' => self.smart_text(next),
            '\'' => self.single_quoted_text(),
            '`' => self.quoted_name(),
            '(' | '[' | '{' => self.open_bracket(next),
            ')' | ']' | '}' => self.close_bracket(next),
            '-' if self.rest().starts_with("->") => self.at += 2,
            '=' if self.rest().starts_with("=>") => self.at += 2,
            '>' if self.rest().starts_with(">=") => self.at += 2,
            '>' => self.close_bracket(next),
            '\u{a0}' => self.hard_blank(),
            _ if is_word_character(next) => self.word(),
            _ => self.at += next.len_utf8(),
        }
    }

    fn open_bracket(&mut self, bracket: char) {
        self.events.push(Event::Open(Bracket {
            at: self.at,
            character: bracket,
        }));
        self.line.open_brackets += 1;
        self.at += 1;
    }

    fn close_bracket(&mut self, bracket: char) {
        self.events.push(Event::Close(Bracket {
            at: self.at,
            character: bracket,
        }));
        self.line.open_brackets -= i32::from(bracket != '>');
        self.at += 1;
    }

    /// A word, with the text or the angle that belongs to it.
    fn word(&mut self) {
        let word = leading_word(self.rest());
        self.at += word.len();
        match word {
            "r" if is_raw_opener(self.rest()) => self.raw_text(),
            "list" if self.rest().trim_start_matches([' ', '\t']).starts_with('<') => {
                let blanks = self.rest().find('<').expect("the angle is ahead");
                self.at += blanks + 1;
                self.events.push(Event::Open(Bracket {
                    at: self.at - 1,
                    character: '<',
                }));
            }
            _ => {}
        }
    }

    /// A name in backquotes may hold brackets and quotes.
    fn quoted_name(&mut self) {
        let end = self.line_end(self.at);
        let line = &self.text[self.at + 1..end];
        self.at += 1 + line.find('`').map_or(0, |length| length + 1);
    }

    fn hard_blank(&mut self) {
        let range = self.at..self.at + '\u{a0}'.len_utf8();
        self.at = range.end;
        self.findings.mend(
            range,
            "a non-breaking blank stands between words",
            "write an ordinary blank",
            " ",
        );
    }

    fn comment(&mut self) {
        let start = self.at;
        let range = start..self.line_end(start);
        let written = self.text[range.clone()].trim_end();
        let is_doc = written.starts_with("///") && !written.starts_with("////");
        self.comments.push(Comment {
            span: self.findings.span(range.start..range.start + written.len()),
            text: written.trim_start_matches('/').trim().to_owned(),
            is_doc,
            trails_code: self.line.has_code,
        });
        self.at = range.end;
    }

    fn hash_comment(&mut self) {
        let start = self.at;
        let range = start..self.line_end(start);
        let sign = self.findings.span(range.start..range.start + 1);
        self.findings.report(
            Diagnostic::new(Code::Syntax, sign, "`#` begins no comment")
                .help("a comment begins with `//`")
                .fix("write `//`", sign, "//"),
        );
        self.skip(range);
    }

    fn c_comment(&mut self) {
        let length = self.rest().find("*/").map(|length| length + 2);
        let end = match length {
            Some(length) => self.at + length,
            None => self.line_end(self.at),
        };
        let sign = self.findings.span(self.at..self.at + 2);
        self.findings.report(
            Diagnostic::new(Code::Syntax, sign, "`/*` begins no comment")
                .help("a comment begins with `//` and ends with its line"),
        );
        self.skip(self.at..end);
    }

    /// Hides a region from the grammar.
    fn skip(&mut self, range: Range<usize>) {
        self.continue_at(range.end);
        self.findings.patches.push(Patch::delete(range));
    }
}

fn is_raw_opener(text: &str) -> bool {
    text.trim_start_matches('#').starts_with('"')
}
