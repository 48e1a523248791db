//! What all builders share: the way from pairs to places.

use std::ops::Range;

use pest::iterators::Pair;

use crate::diagnostic::{Code, Diagnostic};
use crate::source::{SourceFile, Span};
use crate::syntax::grammar::{Children, Rule, tight_span};
use crate::syntax::scan::Scan;
use crate::syntax::{Name, Path};

/// Builds the tree of one file.
pub(in crate::syntax) struct Builder<'s> {
    pub(super) source: &'s SourceFile,
    pub(super) scan: &'s Scan,
    /// The lines of the source on which the scan has closed something, in order.
    pub(super) guessed_lines: Vec<Range<usize>>,
    pub(super) diagnostics: Vec<Diagnostic>,
}

impl<'s> Builder<'s> {
    /// The builder for a scanned file.
    pub(in crate::syntax) fn new(source: &'s SourceFile, scan: &'s Scan) -> Self {
        Self {
            source,
            scan,
            guessed_lines: lines_around(source.text(), &scan.guesses),
            diagnostics: Vec::new(),
        }
    }

    /// What was wrong with what has been built.
    pub(in crate::syntax) fn into_diagnostics(self) -> Vec<Diagnostic> {
        self.diagnostics
    }

    /// The place of a pair in the source.
    pub(super) fn span(&self, pair: &Pair<'_, Rule>) -> Span {
        self.source_span(tight_span(pair))
    }

    /// The place in the source of a range of the mended text.
    pub(super) fn source_span(&self, range: Range<usize>) -> Span {
        let base = self.source.span().start;
        let start = self.scan.mended.source_offset(range.start);
        let end = self.scan.mended.source_offset(range.end);
        Span::new(base + start as u32, base + end.max(start) as u32)
    }

    /// The text under a global span.
    pub(super) fn written(&self, span: Span) -> &'s str {
        &self.source.text()
            [self.source.local(span.start) as usize..self.source.local(span.end) as usize]
    }

    /// Adds a `syntax` error.
    pub(super) fn syntax_error(&mut self, diagnostic: Diagnostic) {
        debug_assert_eq!(diagnostic.code, Code::Syntax);
        self.diagnostics.push(diagnostic);
    }

    /// A `name`, `reference_name`, `modifier`, `word` or `quoted_word`.
    pub(super) fn name(&self, pair: &Pair<'_, Rule>) -> Name {
        let span = self.span(pair);
        let written = self.written(span);
        let inner = written
            .strip_prefix('`')
            .and_then(|rest| rest.strip_suffix('`'));
        Name {
            text: inner.unwrap_or(written).to_owned(),
            span,
            quoted: inner.is_some(),
        }
    }

    /// The next child's name.
    pub(super) fn next_name(&self, children: &mut Children<'_>) -> Name {
        self.name(&children.expect(Rule::name))
    }

    /// A `path` or `reference`.
    pub(super) fn path(&self, pair: Pair<'_, Rule>) -> Path {
        let span = self.span(&pair);
        let segments = pair
            .into_inner()
            .filter(|part| matches!(part.as_rule(), Rule::name | Rule::reference_name))
            .map(|part| self.name(&part))
            .collect();
        Path { segments, span }
    }
}

/// The lines that hold the offsets, each once and in order.
fn lines_around(text: &str, offsets: &[usize]) -> Vec<Range<usize>> {
    let mut offsets = offsets.to_vec();
    offsets.sort_unstable();
    let mut lines: Vec<Range<usize>> = Vec::new();
    for offset in offsets {
        if lines.last().is_some_and(|line| offset <= line.end) {
            continue;
        }
        let start = text[..offset].rfind('\n').map_or(0, |newline| newline + 1);
        let length = text[offset..].find('\n');
        lines.push(start..length.map_or(text.len(), |length| offset + length));
    }
    lines
}
