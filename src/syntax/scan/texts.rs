//! Texts: where they end, and where they should have.

use super::block_lines::{QUOTES, code_after_block, misplaced_closer};
use super::code_lines::indent_of;
use super::mended::Patch;
use super::scanner::Scanner;
use crate::diagnostic::{Code, Diagnostic};

/// Most `#` beside the quotes of a raw text; the grammar has a form for each number.
const MOST_HASHES: usize = 4;

impl Scanner<'_> {
    /// `"…"`, which ends on its line.
    pub(super) fn plain_text(&mut self) {
        let open = self.at;
        let line_end = self.line_end(open);
        let mut characters = self.text[open + 1..line_end].char_indices();
        while let Some((offset, character)) = characters.next() {
            match character {
                '"' => {
                    self.at = open + 1 + offset + 1;
                    return;
                }
                '\\' => {
                    characters.next();
                }
                _ => {}
            }
        }
        self.unclosed_text(open, open + 1, "\"");
    }

    /// `"…"#` behind an `r`, which ends on its line.
    pub(super) fn raw_text(&mut self) {
        let rest = self.rest();
        let hashes = rest.len() - rest.trim_start_matches('#').len();
        let closer = format!("\"{}", "#".repeat(hashes));
        let open = self.at - 1;
        let content = self.at + hashes + 1;
        let line_end = self.line_end(content);
        let line = &self.text[content..line_end];
        let end = match line.find(&closer) {
            Some(length) => content + length + closer.len(),
            None => return self.unclosed_text(open, content, &closer),
        };
        if hashes > MOST_HASHES {
            self.too_many_hashes(open..end, hashes);
        }
        self.at = end;
    }

    /// Reports a raw text with more `#` than the grammar knows, and takes the surplus away.
    fn too_many_hashes(&mut self, text: std::ops::Range<usize>, hashes: usize) {
        let message = format!("a raw text has at most {MOST_HASHES} `#` on each side");
        let opener = self.findings.span(text.start..text.start + 1 + hashes);
        self.findings.report(
            Diagnostic::new(Code::Syntax, opener, message).label(format!("here are {hashes}")),
        );
        let surplus = hashes - MOST_HASHES;
        for place in [text.start + 1, text.end - surplus] {
            let patch = Patch::replace(place..place + surplus, "");
            self.findings.patches.push(patch);
        }
    }

    /// Reports a text that its line does not close, and closes it where it probably should have ended.
    fn unclosed_text(&mut self, open: usize, content: usize, closer: &str) {
        let line_end = self.line_end(content);
        let written = &self.text[content..line_end];
        let mut likely = written.find(" //").map_or(written, |end| &written[..end]);
        if self.line.open_brackets > 0 {
            likely = likely.trim_end_matches([')', ']', '}', ',', ' ', '\t', '\r']);
        }
        // A backslash would take the quote away.
        let end = content + likely.trim_end().trim_end_matches('\\').len();
        self.findings.report(
            Diagnostic::new(
                Code::Unclosed,
                self.findings.span(open..content),
                "text is never closed",
            )
            .label("opens here")
            .other(
                self.findings.span(end..end),
                format!("`{closer}` could stand here"),
            )
            .help("a text of several lines stands between `\"\"\"` and `\"\"\"`"),
        );
        self.findings.guess(end, closer);
        self.at = end;
    }

    /// `“…”`, as word processors write it.
    pub(super) fn smart_text(&mut self, quote: char) {
        let open = self.at;
        let content = open + quote.len_utf8();
        let line_end = self.line_end(content);
        let line = &self.text[content..line_end];
        let Some(length) = line.find(['“', '”', '"']) else {
            return self.unclosed_smart_text(open, content);
        };
        let close = content + length;
        let end = close + line[length..].chars().next().map_or(0, char::len_utf8);
        self.replace_quotes(
            open..content,
            close..end,
            "a text stands between straight quotes",
        );
    }

    fn unclosed_smart_text(&mut self, open: usize, content: usize) {
        self.unclosed_text(open, content, "\"");
        self.findings
            .patches
            .push(Patch::replace(open..content, "\""));
    }

    /// `'…'`, as other languages write it; without a partner on the line it is an apostrophe.
    pub(super) fn single_quoted_text(&mut self) {
        let open = self.at;
        let line_end = self.line_end(open);
        let line = &self.text[open + 1..line_end];
        let closed = line
            .find('\'')
            .filter(|length| !line[..*length].contains(['"', '\\']));
        let Some(length) = closed else {
            self.at += 1;
            return;
        };
        let close = open + 1 + length;
        self.replace_quotes(
            open..open + 1,
            close..close + 1,
            "a text stands between double quotes",
        );
    }

    fn replace_quotes(
        &mut self,
        open: std::ops::Range<usize>,
        close: std::ops::Range<usize>,
        message: &str,
    ) {
        let whole = self.findings.span(open.start..close.end);
        let (first, last) = (
            self.findings.span(open.clone()),
            self.findings.span(close.clone()),
        );
        self.findings.report(
            Diagnostic::new(Code::Syntax, whole, message)
                .help("write `\"` on both sides")
                .fix("write `\"` on both sides", first, "\"")
                .fix("", last, "\""),
        );
        self.at = close.end;
        for quote in [open, close] {
            self.findings.patches.push(Patch::replace(quote, "\""));
        }
    }

    /// A text block: on one line, or from a line's end to a line's beginning.
    pub(super) fn text_block(&mut self) {
        let open = self.at;
        let content = open + QUOTES.len();
        let line_end = self.line_end(content);
        let rest = &self.text[content..line_end];
        if let Some(length) = rest.find(QUOTES) {
            self.at = content + length + QUOTES.len();
            return;
        }
        if !rest.trim().is_empty() {
            self.text_beside_opener(content);
        }
        self.end_block(open, line_end);
    }

    fn text_beside_opener(&mut self, content: usize) {
        self.findings.mend(
            content..content,
            "a text block begins on the line after its `\"\"\"`",
            "begin a new line",
            "\n",
        );
    }

    fn end_block(&mut self, open: usize, line_end: usize) {
        let indent = indent_of(&self.text[self.line.start..]);
        let closer = self.blocks.of(self.text).closer_after(line_end);
        let limit = closer.unwrap_or(self.text.len());
        let next = self
            .blocks
            .of(self.text)
            .opener_between(line_end, limit, indent);
        match (closer, next) {
            (Some(closer), None) => self.continue_at(closer + QUOTES.len()),
            (_, next) => self.mend_block(open, line_end, next.unwrap_or(self.text.len()), indent),
        }
    }

    /// A block that no line closes before `limit`: its closing quotes may stand at the end of one.
    fn mend_block(&mut self, open: usize, line_end: usize, limit: usize, indent: usize) {
        match misplaced_closer(self.text, line_end, limit) {
            Some(quotes) => {
                self.findings.mend(
                    quotes..quotes,
                    "the `\"\"\"` that closes a text block begins a line",
                    "begin a new line",
                    "\n",
                );
                self.continue_at(quotes + QUOTES.len());
            }
            None => self.unclosed_block(open, line_end, limit, indent),
        }
    }

    fn unclosed_block(&mut self, open: usize, line_end: usize, limit: usize, indent: usize) {
        let end = code_after_block(self.text, line_end, limit, indent);
        let quotes = self.findings.span(open..open + QUOTES.len());
        self.findings.report(
            Diagnostic::new(Code::Unclosed, quotes, "text block is never closed")
                .label("opens here")
                .other(
                    self.findings.span(end..end),
                    "`\"\"\"` could stand on a line before this",
                )
                .help("the closing `\"\"\"` begins a line"),
        );
        // Behind a line break the quotes begin a line, as they must.
        let closer = if self.text[..end].ends_with('\n') {
            "\"\"\"\n"
        } else {
            "\n\"\"\""
        };
        self.findings.guess(end, closer);
        if end > self.at {
            self.continue_at(end - usize::from(self.text[..end].ends_with('\n')));
        }
    }
}
