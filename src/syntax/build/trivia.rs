//! Doc comments and what they stand above.

use super::Builder;
use crate::source::Span;
use crate::syntax::{Comment, Docs};

impl Builder<'_> {
    /// The lines of `///` above what begins at `start`.
    ///
    /// Ordinary comments may stand between, such as the one that silences a lint.
    pub(super) fn docs(&self, start: u32) -> Option<Docs> {
        let comments = &self.scan.comments;
        let above = comments.partition_point(|comment| comment.span.start < start);
        let mut lines = Vec::new();
        let mut below = start;
        for comment in comments[..above].iter().rev() {
            if comment.trails_code || !self.is_blank(comment.span.end, below) {
                break;
            }
            below = comment.span.start;
            if comment.is_doc {
                lines.push(comment);
            }
        }
        docs_of(&lines)
    }

    fn is_blank(&self, start: u32, end: u32) -> bool {
        self.written(Span::new(start, end)).trim().is_empty()
    }
}

/// Joins doc comments that stand in reverse order.
fn docs_of(lines: &[&Comment]) -> Option<Docs> {
    let (last, first) = (lines.first()?, lines.last()?);
    let texts: Vec<&str> = lines.iter().rev().map(|line| line.text.as_str()).collect();
    Some(Docs {
        text: texts.join("\n"),
        span: first.span.to(last.span),
    })
}
