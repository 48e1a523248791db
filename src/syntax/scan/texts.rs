//! Texts: where they end, and where they should have.

use super::scanner::{Scanner, is_word_character, leading_word};
use crate::diagnostic::{Code, Diagnostic};

const QUOTES: &str = "\"\"\"";

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
            let patch = super::mended::Patch::replace(place..place + surplus, "");
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
            .push(super::mended::Patch::replace(open..content, "\""));
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
            self.findings
                .patches
                .push(super::mended::Patch::replace(quote, "\""));
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
    fn of(&mut self, text: &str) -> &KnownLines {
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

    fn closer_after(&self, offset: usize) -> Option<usize> {
        let index = self.closers.partition_point(|closer| *closer < offset);
        self.closers.get(index).copied()
    }

    /// The first line in between that opens another block and stands no deeper than `indent`.
    fn opener_between(&self, start: usize, end: usize, indent: usize) -> Option<usize> {
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
fn misplaced_closer(text: &str, start: usize, end: usize) -> Option<usize> {
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
fn code_after_block(text: &str, start: usize, limit: usize, indent: usize) -> usize {
    let mut at = start;
    for line in text[start..limit].split_inclusive('\n') {
        if at > start && indent_of(line) <= indent && looks_like_code(line.trim_start()) {
            return at;
        }
        at += line.len();
    }
    limit
}

/// Whether a line begins like a declaration, an entry or the end of a body.
pub(super) fn looks_like_code(line: &str) -> bool {
    let word = leading_word(line);
    let rest = line[word.len()..].trim_start();
    if word.is_empty() {
        return line.starts_with('}');
    }
    begins_declaration(line)
        || (rest.starts_with('=') && !rest.starts_with("==") && !rest.starts_with("=>"))
        || (rest.starts_with('{') && !rest.starts_with("{{"))
        || begins_entry(word, rest)
}

/// Whether a line begins with a declaration's word and a name.
pub(super) fn begins_declaration(line: &str) -> bool {
    let word = leading_word(line);
    let rest = line[word.len()..].trim_start();
    let names_something = rest.starts_with(is_word_character);
    match word {
        "use" | "import" => names_something || rest.starts_with('"'),
        "toolkit" | "outcome" | "persona" | "scenario" | "template" | "model" | "prompt"
        | "campaign" => names_something && rest.contains(['{', '=', '(']),
        _ => false,
    }
}

fn begins_entry(word: &str, rest: &str) -> bool {
    match word {
        "tool" => rest.contains('('),
        "trigger" => rest.starts_with("when "),
        "unsafe" | "allowed" => rest.contains('('),
        "forbid" | "require" => rest.contains("==") || rest.contains("!=") || rest.contains(" in "),
        "plant" => rest.contains('='),
        _ => rest.starts_with("in [") || rest.starts_with("in {"),
    }
}

/// The length of the white space that a text begins with, line breaks excepted.
pub(super) fn indent_of(text: &str) -> usize {
    text.len() - text.trim_start_matches([' ', '\t']).len()
}
