//! Common mistakes that the grammar reads for what they mean, each answered by name.

use std::ops::Range;

use pest::iterators::{Pair, Pairs};

use super::Builder;
use super::recovery::Region;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::grammar::{Rule, tight_span};

/// A sign that is written otherwise.
struct Replacement {
    message: &'static str,
    with: &'static str,
}

impl Builder<'_> {
    /// Reports everything in a file that only error rules could read.
    pub(in crate::syntax) fn report_errors(&mut self, pairs: Pairs<'_, Rule>) {
        let mut regions = Vec::new();
        for pair in pairs.flatten() {
            match Region::of(&pair) {
                Some(region) => regions.push(region),
                None => self.report_mistake(&pair),
            }
        }
        self.report_regions(&regions);
    }

    /// Reports the mistake of an error rule.
    fn report_mistake(&mut self, pair: &Pair<'_, Rule>) {
        let Some(diagnostic) = self.mistake(pair) else {
            return;
        };
        let range = tight_span(pair);
        if !self.is_guessed(self.source_span(range)) {
            self.syntax_error(diagnostic);
        }
    }

    fn mistake(&self, pair: &Pair<'_, Rule>) -> Option<Diagnostic> {
        let range = || tight_span(pair);
        if let Some(replacement) = replacement(pair) {
            return Some(self.replaced(range(), &replacement));
        }
        match pair.as_rule() {
            Rule::error_semicolon => Some(self.semicolon(range())),
            Rule::error_missing_comma => Some(self.missing_comma(range())),
            Rule::error_block_equals => Some(self.block_equals(range())),
            Rule::error_brace_below => Some(self.brace_below(range())),
            Rule::error_list_type => Some(self.list_type(range())),
            Rule::error_number => Some(self.bad_number(range())),
            Rule::error_late_version => Some(self.late_version(range())),
            _ => None,
        }
    }

    /// A sign that stands for another one.
    fn replaced(&self, range: Range<usize>, replacement: &Replacement) -> Diagnostic {
        let span = self.source_span(range.clone());
        let text = self.scan.mended.text();
        let before = text[..range.start].chars().next_back();
        let after = text[range.end..].chars().next();
        let is_word = replacement.with.starts_with(char::is_alphabetic);
        let blank = |neighbour: Option<char>| match neighbour {
            Some(neighbour) if is_word && !neighbour.is_whitespace() && neighbour != '(' => " ",
            _ => "",
        };
        let fixed = format!("{}{}{}", blank(before), replacement.with, blank(after));
        Diagnostic::new(Code::Syntax, span, replacement.message)
            .label(format!("write `{}`", replacement.with))
            .fix(format!("write `{}`", replacement.with), span, fixed)
    }

    fn semicolon(&self, range: Range<usize>) -> Diagnostic {
        let rest = &self.scan.mended.text()[range.end..];
        let next = rest.trim_start_matches([' ', '\t', '\r']);
        let ends_line = next.is_empty() || next.starts_with(['\n', '}']);
        let span = self.source_span(range);
        let diagnostic = Diagnostic::new(Code::Syntax, span, "`;` ends no field")
            .help("a field ends with its line, or with a comma");
        if ends_line {
            diagnostic.fix("take it out", span, "")
        } else {
            diagnostic.fix("write `,`", span, ",")
        }
    }

    fn missing_comma(&self, range: Range<usize>) -> Diagnostic {
        let before = self.end_of_code_before(range.start);
        let place = self.source_span(before..before);
        Diagnostic::new(Code::Syntax, place, "a comma is missing")
            .label("expected `,` here")
            .fix("add the comma", place, ",")
    }

    fn block_equals(&self, range: Range<usize>) -> Diagnostic {
        let span = self.source_span(range);
        Diagnostic::new(Code::Syntax, span, "a block follows its name at once")
            .label("take this out")
            .fix("take it out", span, "")
    }

    /// Where the last token before a place of the mended text ends.
    fn end_of_code_before(&self, place: usize) -> usize {
        self.scan.mended.text()[..place].trim_ascii_end().len()
    }

    fn brace_below(&self, range: Range<usize>) -> Diagnostic {
        let before = self.end_of_code_before(range.end - 1);
        let brace = self.source_span(range.end - 1..range.end);
        let diagnostic = Diagnostic::new(
            Code::Syntax,
            brace,
            "the `{` of a block stands on its header's line",
        );
        let between = self.source_span(before..range.end);
        if self.written(between).contains("//") {
            return diagnostic;
        }
        diagnostic.fix("move it to the line above", between, " {")
    }

    fn list_type(&self, range: Range<usize>) -> Diagnostic {
        let whole = self.source_span(range);
        let open = Span::new(whole.start, whole.start + 1);
        let close = Span::new(whole.end - 1, whole.end);
        Diagnostic::new(Code::Syntax, whole, "a type of lists is written `list<…>`")
            .fix("write `list<…>`", open, "list<")
            .fix("", close, ">")
    }

    fn bad_number(&self, range: Range<usize>) -> Diagnostic {
        let span = self.source_span(range);
        let message = format!("`{}` is no number", self.written(span));
        Diagnostic::new(Code::Syntax, span, message)
            .help("a number may end with one of the units k, M, %, s, m and h")
    }

    fn late_version(&self, range: Range<usize>) -> Diagnostic {
        let span = self.source_span(range);
        Diagnostic::new(
            Code::Syntax,
            span,
            "the version of the language is named after something else",
        )
        .help("it is the first thing in a file, apart from comments and blank lines")
    }
}

/// What an error rule's sign should have been.
fn replacement(pair: &Pair<'_, Rule>) -> Option<Replacement> {
    let (message, with) = match pair.as_rule() {
        Rule::error_assign => ("a value follows `=`", "="),
        Rule::error_argument_colon => ("an argument's value follows `=`", "="),
        Rule::error_record_equals => ("a value inside of braces follows `:`", ":"),
        Rule::error_axis_in => ("the values of an axis follow `in`", "in"),
        Rule::error_path_dots => ("the parts of a name are joined by `.`", "."),
        Rule::error_condition_and => ("conditions on arguments are joined by commas", ","),
        Rule::error_dots => ("a range is written `1..3`, and holds both ends", ".."),
        Rule::error_arrow => ("a tool's result follows `->`", "->"),
        Rule::error_and => ("\"and\" is written as a word", "and"),
        Rule::error_or => ("\"or\" is written as a word", "or"),
        Rule::error_not => ("\"not\" is written as a word", "not"),
        Rule::error_equals => ("equality is written `==`", "=="),
        Rule::error_unequal => ("inequality is written `!=`", "!="),
        Rule::error_vary => ("axes stand in a block named `vary`", "vary"),
        Rule::error_weight => ("the weight of a value follows `weight`", "weight"),
        Rule::error_matches => ("a match with a regular expression is written `~`", "~"),
        _ => return None,
    };
    Some(Replacement { message, with })
}
