//! Regions that could not be read: what they declare, and what is said about them.
//!
//! A region is read again with a strict rule, whose failure tells what could have stood there.
//! Invariant: regions that follow each other are one mistake, unless a later one clearly begins a
//! field or declaration of its own.

use std::ops::Range;

use pest::Parser;
use pest::error::{ErrorVariant, InputLocation};
use pest::iterators::Pair;

use super::Builder;
use super::expected::{english_list, expected_names, words_of};
use crate::diagnostic::{Code, Diagnostic, nearest};
use crate::source::Span;
use crate::syntax::Name;
use crate::syntax::grammar::{Grammar, Rule};

/// Words before the name that they declare.
const DECLARING_ENTRIES: &[&str] = &["tool", "plant"];

/// A part of the mended text that could not be read.
#[derive(Clone)]
pub(super) struct Region {
    rule: Rule,
    range: Range<usize>,
}

/// What a strict rule says about a region.
struct Failure {
    /// Offset in the mended text.
    at: usize,
    expected: Vec<&'static str>,
}

impl Region {
    /// The region of a pair, if its rule is that of one.
    pub(super) fn of(pair: &Pair<'_, Rule>) -> Option<Self> {
        let rule = pair.as_rule();
        let is_region = matches!(
            rule,
            Rule::error_item | Rule::error_entry | Rule::error_axis | Rule::error_trailing
        );
        is_region.then(|| {
            let span = pair.as_span();
            let range = span.start()..span.end();
            Self { rule, range }
        })
    }
}

impl Builder<'_> {
    /// Reports each run of regions once; those that the scan has had to guess about not at all.
    pub(super) fn report_regions(&mut self, regions: &[Region]) {
        let mut previous: Option<&Region> = None;
        for region in regions {
            let goes_on = previous.is_some_and(|previous| self.goes_on(previous, region));
            let is_guessed = self.is_guessed(self.source_span(region.range.clone()));
            if !goes_on && !is_guessed {
                let diagnostic = self.region_diagnostic(region);
                self.syntax_error(diagnostic);
            }
            previous = Some(region);
        }
    }

    /// Whether something on the lines of a place was closed, as a guess, and reported then.
    pub(super) fn is_guessed(&self, span: Span) -> bool {
        let start = self.source.local(span.start) as usize;
        let end = self.source.local(span.end) as usize;
        let before = self.guessed_lines.partition_point(|line| line.end < start);
        self.guessed_lines
            .get(before)
            .is_some_and(|line| line.start <= end)
    }

    /// Whether a region continues the mistake of the one before it.
    fn goes_on(&self, previous: &Region, region: &Region) -> bool {
        let text = self.scan.mended.text();
        is_trivia(&text[previous.range.end..region.range.start])
            && !begins_anew(&text[region.range.clone()], region.rule)
    }

    fn region_diagnostic(&self, region: &Region) -> Diagnostic {
        let Failure { at, expected } = self.failure(region);
        if let Some(diagnostic) = self.misspelt_keyword(region, at) {
            return diagnostic;
        }
        let found = found_at(&self.scan.mended.text()[at..region.range.end]);
        let span = self.source_span(at..at + found.length);
        let message = match expected.as_slice() {
            [] => format!("{} cannot stand here", found.name),
            names => format!("expected {}, found {}", english_list(names), found.name),
        };
        let label = match found.length {
            0 => "something is missing here",
            _ => "this cannot stand here",
        };
        let candidates = expected
            .iter()
            .flat_map(|name| words_of(name).iter().copied().chain(quoted_word(name)));
        Diagnostic::new(Code::Syntax, span, message)
            .label(label)
            .did_you_mean(found.word.and_then(|word| nearest(word, candidates)))
    }

    /// An entry whose first word is nearly one that begins entries, and which fails behind it.
    fn misspelt_keyword(&self, region: &Region, failed_at: usize) -> Option<Diagnostic> {
        let text = &self.scan.mended.text()[region.range.clone()];
        let word = word_at(text, 0).filter(|_| region.rule == Rule::error_entry)?;
        let next = word_at(text, word.end)?;
        let written = &text[word.clone()];
        let keyword = nearest(written, words_of("a field").iter().copied())
            .filter(|keyword| *keyword != written)?;
        if region.range.start + next.start != failed_at {
            return None;
        }
        let place = region.range.start + word.start..region.range.start + word.end;
        let message = format!("expected a field, found `{written}`");
        Some(
            Diagnostic::new(Code::Syntax, self.source_span(place), message)
                .label("this begins no field")
                .did_you_mean(Some(keyword)),
        )
    }

    /// Reads a region with the strict rule of its kind.
    fn failure(&self, region: &Region) -> Failure {
        let nothing = |expected: Vec<&'static str>| Failure {
            at: region.range.start,
            expected,
        };
        let strict = match region.rule {
            Rule::error_item => Rule::strict_item,
            Rule::error_entry => Rule::strict_entry,
            Rule::error_axis => Rule::strict_axis,
            _ => return nothing(vec!["the end of the line"]),
        };
        match Grammar::parse(strict, &self.scan.mended.text()[region.range.clone()]) {
            Ok(_) => nothing(Vec::new()),
            Err(error) => failure_of(error, region.range.start),
        }
    }

    /// The name that an entry or axis which could not be read declares.
    pub(super) fn declared_field(&self, range: Range<usize>) -> Option<Name> {
        let text = &self.scan.mended.text()[range.clone()];
        let first = word_at(text, 0)?;
        let name = if DECLARING_ENTRIES.contains(&&text[first.clone()]) {
            word_at(text, first.end).unwrap_or(first)
        } else {
            first
        };
        Some(self.name_in(range, name))
    }

    /// The name that a declaration which could not be read declares: its second word, whatever the
    /// first one should have been.
    pub(super) fn declared_item(&self, range: Range<usize>) -> Option<Name> {
        let text = &self.scan.mended.text()[range.clone()];
        let first = word_at(text, 0)?;
        let declares = !matches!(&text[first.clone()], "use" | "import" | "ots");
        let name = word_at(text, first.end).filter(|_| declares)?;
        Some(self.name_in(range, name))
    }

    fn name_in(&self, region: Range<usize>, name: Range<usize>) -> Name {
        let written = &self.scan.mended.text()[region.start + name.start..region.start + name.end];
        let text = written.trim_matches('`');
        Name {
            text: text.to_owned(),
            span: self.source_span(region.start + name.start..region.start + name.end),
            quoted: written.len() != text.len(),
        }
    }
}

fn failure_of(error: pest::error::Error<Rule>, start: usize) -> Failure {
    let at = match error.location {
        InputLocation::Pos(at) | InputLocation::Span((at, _)) => start + at,
    };
    let expected = match error.variant {
        ErrorVariant::ParsingError { positives, .. } => expected_names(&positives),
        ErrorVariant::CustomError { .. } => Vec::new(),
    };
    Failure { at, expected }
}

/// What stands somewhere, as users would call it.
struct Found<'t> {
    name: String,
    length: usize,
    word: Option<&'t str>,
}

fn found_at(rest: &str) -> Found<'_> {
    let first_line = rest.lines().next().unwrap_or_default();
    let Some(first) = first_line.chars().next() else {
        return Found {
            name: "the end of the line".to_owned(),
            length: 0,
            word: None,
        };
    };
    if let Some(word) = word_at(rest, 0) {
        return Found {
            name: format!("`{}`", &rest[word.clone()]),
            length: word.end,
            word: Some(&rest[word]),
        };
    }
    if first == '"' {
        return found_text(first_line);
    }
    let length = sign_length(first_line, first);
    Found {
        name: format!("`{}`", &first_line[..length]),
        length,
        word: None,
    }
}

fn found_text(line: &str) -> Found<'_> {
    let quotes = line.len() - line.trim_start_matches('"').len();
    let length = line[quotes..]
        .find('"')
        .filter(|_| quotes == 1)
        .map_or(quotes, |length| length + 2);
    Found {
        name: "a text".to_owned(),
        length,
        word: None,
    }
}

/// The length of a run of the same sign, or of a sign such as `<=`.
fn sign_length(line: &str, first: char) -> usize {
    let is_operator = |character: char| "=<>!~&|:.-+*/".contains(character);
    if is_operator(first) {
        line.find(|character| !is_operator(character))
            .unwrap_or(line.len())
    } else {
        first.len_utf8()
    }
}

/// The word, number or name in backquotes at `start`, blanks before it left aside.
fn word_at(text: &str, start: usize) -> Option<Range<usize>> {
    let rest = &text[start..];
    let start = start + rest.len() - rest.trim_start_matches([' ', '\t']).len();
    let rest = &text[start..];
    let length = match rest.strip_prefix('`') {
        Some(quoted) => quoted.find('`')? + 2,
        None => rest
            .find(|character: char| !(character.is_alphanumeric() || character == '_'))
            .unwrap_or(rest.len()),
    };
    (length > 0).then_some(start..start + length)
}

/// The word inside the backquotes of an expected name.
fn quoted_word(name: &'static str) -> Option<&'static str> {
    let word = name.strip_prefix('`')?.strip_suffix('`')?;
    word.starts_with(char::is_alphabetic).then_some(word)
}

/// Whether a region begins like a field or declaration of its own.
fn begins_anew(text: &str, rule: Rule) -> bool {
    let Some(word) = word_at(text, 0) else {
        return false;
    };
    let rest = text[word.end..].trim_start();
    let has_sign = rest.starts_with('=') || rest.starts_with(':');
    let names_something = word_at(text, word.end).is_some() && text.contains(['{', '=']);
    match rule {
        Rule::error_item => names_something || words_of("a declaration").contains(&&text[word]),
        Rule::error_axis => has_sign || rest.starts_with("in "),
        _ => {
            let keyword = nearest(&text[word.clone()], words_of("a field").iter().copied());
            has_sign || (keyword.is_some() && word_at(text, word.end).is_some())
        }
    }
}

/// Whether only blanks and separators stand in a text; comments are blanks by then.
fn is_trivia(text: &str) -> bool {
    text.trim_matches([' ', '\t', '\r', '\n', ',', ';'])
        .is_empty()
}
