//! What the scan has found so far.

use std::ops::Range;

use super::mended::{Mended, Patch};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::Comment;

/// What the scan of a file gives.
#[derive(Debug)]
pub(in crate::syntax) struct Scan {
    /// All comments in the order of the file.
    pub(in crate::syntax) comments: Vec<Comment>,
    /// The text for the grammar.
    pub(in crate::syntax) mended: Mended,
    /// Offsets in the source at which something was closed, as a guess.
    pub(in crate::syntax) guesses: Vec<usize>,
    pub(in crate::syntax) diagnostics: Vec<Diagnostic>,
}

/// Diagnostics and patches, as they are found.
#[derive(Debug)]
pub(super) struct Findings {
    base: u32,
    pub(super) patches: Vec<Patch>,
    pub(super) guesses: Vec<usize>,
    pub(super) diagnostics: Vec<Diagnostic>,
}

impl Findings {
    /// Nothing found yet in the file that begins at `base`.
    pub(super) fn new(base: u32) -> Self {
        Self {
            base,
            patches: Vec::new(),
            guesses: Vec::new(),
            diagnostics: Vec::new(),
        }
    }

    /// The global span of a range of the file.
    pub(super) fn span(&self, range: Range<usize>) -> Span {
        Span::new(self.base + range.start as u32, self.base + range.end as u32)
    }

    /// Adds a problem.
    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Closes with `closer` at `offset` what should have ended there.
    pub(super) fn guess(&mut self, offset: usize, closer: &str) {
        self.patches.push(Patch::insert(offset, closer));
        self.guesses.push(offset);
    }

    /// Reports a mistake whose mending is certain, and mends it.
    pub(super) fn mend(&mut self, range: Range<usize>, message: &str, title: &str, text: &str) {
        let span = self.span(range.clone());
        self.report(Diagnostic::new(Code::Syntax, span, message).fix(title, span, text));
        self.patches.push(Patch::replace(range, text));
    }
}
