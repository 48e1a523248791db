//! Diagnostics for people: source lines with marks under them.
//!
//! A [`Diagnostic`] becomes one of miette's, over a source that holds the files it points into, the
//! one with the primary place first. Invariant: no snippet spans two files.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents,
    SourceCode, SourceSpan, SpanContents,
};

use super::long_lines::{Cuts, shortened};
use super::{Diagnostic, Severity};
use crate::source::{SourceFile, SourceMap, Span};

/// Lines of one place that are marked, at the most.
const MOST_MARKED_LINES: usize = 8;

/// Draws one diagnostic, `width` columns wide, with a final line break.
pub fn render_human(
    diagnostic: &Diagnostic,
    sources: &SourceMap,
    width: usize,
    color: bool,
) -> String {
    let shown = Shown {
        diagnostic,
        files: ShownFiles::of(diagnostic, sources),
    };
    let mut drawn = String::new();
    handler(width, color)
        .render_report(&mut drawn, &shown)
        .expect("writing to a string does not fail");
    without_trailing_blanks(&drawn)
}

fn handler(width: usize, color: bool) -> GraphicalReportHandler {
    let theme = if color {
        GraphicalTheme::unicode()
    } else {
        GraphicalTheme::unicode_nocolor()
    };
    GraphicalReportHandler::new_themed(theme)
        .with_width(width)
        .with_links(false)
        .without_cause_chain()
        .without_syntax_highlighting()
}

fn without_trailing_blanks(drawn: &str) -> String {
    let mut lines: Vec<&str> = drawn.lines().map(str::trim_end).collect();
    while lines.last().is_some_and(|line| line.is_empty()) {
        lines.pop();
    }
    lines.iter().map(|line| format!("{line}\n")).collect()
}

/// The word and the code, such as `error[unknown-name]`.
fn severity_prefix(diagnostic: &Diagnostic) -> String {
    format!("{}[{}]", diagnostic.severity().word(), diagnostic.code)
}

/// A diagnostic as miette wants it.
#[derive(Debug)]
struct Shown<'a> {
    diagnostic: &'a Diagnostic,
    files: ShownFiles<'a>,
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&shortened(&self.diagnostic.message))
    }
}

impl std::error::Error for Shown<'_> {}

impl miette::Diagnostic for Shown<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(severity_prefix(self.diagnostic)))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.diagnostic.severity() {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Lint => miette::Severity::Advice,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        let help = self.diagnostic.help.as_ref()?;
        Some(Box::new(shortened(help)))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.files)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let diagnostic = self.diagnostic;
        let label = Some(shortened(&diagnostic.label)).filter(|label| !label.is_empty());
        let place = self.files.place(diagnostic.span);
        let primary = LabeledSpan::new_primary_with_span(label, place);
        let others = diagnostic.others.iter().map(|other| {
            LabeledSpan::new_with_span(Some(other.message.clone()), self.files.place(other.span))
        });
        Some(Box::new(std::iter::once(primary).chain(others)))
    }
}

/// The files that a diagnostic points into, in an offset space of their own.
#[derive(Debug)]
struct ShownFiles<'a>(Vec<ShownFile<'a>>);

#[derive(Debug)]
struct ShownFile<'a> {
    file: &'a SourceFile,
    /// The file's text, with a line break at its end: marks behind the last line need one.
    text: Cow<'a, str>,
    /// What is left out of that text.
    cuts: Cuts,
    start: usize,
}

impl<'a> ShownFiles<'a> {
    /// The file of the primary place, then those of the others.
    fn of(diagnostic: &Diagnostic, sources: &'a SourceMap) -> Self {
        let others = diagnostic.others.iter().map(|other| other.span);
        let mut shown: Vec<ShownFile<'a>> = Vec::new();
        for span in std::iter::once(diagnostic.span).chain(others) {
            let Some(file) = sources.file_at(span.start) else {
                continue;
            };
            if shown.iter().all(|known| known.file.span() != file.span()) {
                // One offset lies between two files, so that no span belongs to both.
                let start = shown.last().map_or(0, |last| last.end() + 1);
                let cuts = Cuts::of(file.text(), &marks_in(diagnostic, file));
                let text = match cuts.apply(file.text()) {
                    Some(cut) => Cow::Owned(with_last_break(&cut).into_owned()),
                    None => with_last_break(file.text()),
                };
                shown.push(ShownFile {
                    file,
                    text,
                    cuts,
                    start,
                });
            }
        }
        Self(shown)
    }

    /// A span in this space. The end of a file is shown behind its last line.
    fn place(&self, span: Span) -> SourceSpan {
        let shown = self.0.iter().find(|shown| {
            let whole = shown.file.span();
            whole.start <= span.start && span.start <= whole.end
        });
        let Some(ShownFile {
            file, start, cuts, ..
        }) = shown
        else {
            return SourceSpan::from((0, 0));
        };
        let text = file.text();
        let visible = text.trim_end_matches(['\n', '\r']).len();
        let from = file.local(span.start) as usize;
        let to = file.local(span.end) as usize;
        let from = if from == text.len() { visible } else { from };
        let to = end_of_mark(text, from, to.max(from));
        let (from, to) = (cuts.shown(from), cuts.shown(to));
        SourceSpan::from((start + from, to - from))
    }
}

/// Where a mark ends: of a place of many lines only the first is marked.
fn end_of_mark(text: &str, from: usize, to: usize) -> usize {
    let mut breaks = text[from..to].match_indices('\n').map(|(at, _)| from + at);
    match (breaks.next(), breaks.nth(MOST_MARKED_LINES - 1)) {
        (Some(first), Some(_)) => first,
        _ => to,
    }
}

impl ShownFile<'_> {
    fn end(&self) -> usize {
        self.start + self.text.len()
    }
}

impl SourceCode for ShownFiles<'_> {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        lines_before: usize,
        lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let (start, end) = (span.offset(), span.offset() + span.len());
        let shown = self
            .0
            .iter()
            .find(|shown| shown.start <= start && end <= shown.end())
            .ok_or(MietteError::OutOfBounds)?;
        let range = start - shown.start..end - shown.start;
        Ok(Box::new(snippet(shown, range, lines_before, lines_after)))
    }
}

/// The ranges of a file that a diagnostic points at.
fn marks_in(diagnostic: &Diagnostic, file: &SourceFile) -> Vec<Range<usize>> {
    let whole = file.span();
    let others = diagnostic.others.iter().map(|other| other.span);
    std::iter::once(diagnostic.span)
        .chain(others)
        .filter(|span| whole.start <= span.start && span.start <= whole.end)
        .map(|span| file.local(span.start) as usize..file.local(span.end) as usize)
        .collect()
}

fn with_last_break(text: &str) -> Cow<'_, str> {
    if text.ends_with('\n') {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(format!("{text}\n"))
    }
}

/// The lines of a range with some around them; without any around, the range alone.
fn snippet<'a>(
    shown: &'a ShownFile<'_>,
    range: Range<usize>,
    lines_before: usize,
    lines_after: usize,
) -> MietteSpanContents<'a> {
    let text = shown.text.as_ref();
    let (start, end) = if lines_before == 0 && lines_after == 0 {
        (range.start, range.end)
    } else {
        (
            start_of_lines(text, range.start, lines_before),
            end_of_lines(text, range.end, lines_after),
        )
    };
    let place = shown
        .file
        .line_column(shown.file.span().start + shown.cuts.written(start) as u32);
    MietteSpanContents::new_named(
        shown.file.name().to_owned(),
        &text.as_bytes()[start..end],
        SourceSpan::from((shown.start + start, end - start)),
        place.line as usize - 1,
        place.column as usize - 1,
        text[start..end].lines().count(),
    )
}

/// The start of the line that lies `lines` above the one at `offset`.
fn start_of_lines(text: &str, offset: usize, lines: usize) -> usize {
    let mut breaks = text[..offset].rmatch_indices('\n');
    breaks.nth(lines).map_or(0, |(newline, _)| newline + 1)
}

/// The end of the line that lies `lines` below the one at `offset`, line break included.
fn end_of_lines(text: &str, offset: usize, lines: usize) -> usize {
    let mut breaks = text[offset..].match_indices('\n');
    breaks
        .nth(lines)
        .map_or(text.len(), |(newline, _)| offset + newline + 1)
}
