//! One problem, as the stages make it.

use super::code::{Code, Severity};
use super::origin::Origin;
use crate::source::Span;

/// One problem: what, where, why there, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    pub code: Code,
    /// One line, lower case, no final stop, user text in backticks; makes sense alone.
    pub message: String,
    /// The primary place.
    pub span: Span,
    /// Why it is this place; empty where the message says it all.
    pub label: String,
    /// Other places that belong to the problem, also in other files.
    pub others: Vec<Label>,
    /// What to do.
    pub help: Option<String>,
    /// Edits that certainly mend it.
    pub fix: Option<Fix>,
    /// Where in the compiler it was made.
    pub origin: Origin,
}

/// A further place of a problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    pub span: Span,
    pub message: String,
}

/// Edits that mend a problem; they do not overlap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    pub title: String,
    pub edits: Vec<Edit>,
}

/// Puts `text` where `span` is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    pub span: Span,
    pub text: String,
}

impl Diagnostic {
    /// A problem at `span`, so far without label, help or fix.
    #[track_caller]
    pub fn new(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            span,
            label: String::new(),
            others: Vec::new(),
            help: None,
            fix: None,
            origin: Origin::here(),
        }
    }

    /// Says why it is the primary place.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// Adds a further place.
    #[must_use]
    pub fn other(mut self, span: Span, message: impl Into<String>) -> Self {
        self.others.push(Label {
            span,
            message: message.into(),
        });
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds "did you mean `near`?" with the edit that puts it at the primary place.
    #[must_use]
    pub fn did_you_mean(self, near: Option<&str>) -> Self {
        match near {
            Some(near) => {
                let span = self.span;
                self.help(format!("did you mean `{near}`?")).fix(
                    format!("write `{near}`"),
                    span,
                    near,
                )
            }
            None => self,
        }
    }

    /// Adds an edit that certainly mends the problem.
    #[must_use]
    pub fn fix(mut self, title: impl Into<String>, span: Span, text: impl Into<String>) -> Self {
        let edit = Edit {
            span,
            text: text.into(),
        };
        match &mut self.fix {
            Some(fix) => fix.edits.push(edit),
            None => {
                self.fix = Some(Fix {
                    title: title.into(),
                    edits: vec![edit],
                });
            }
        }
        self
    }

    /// Error, warning or lint.
    pub fn severity(&self) -> Severity {
        self.code.severity()
    }

    /// Whether it stops compilation.
    pub fn is_error(&self) -> bool {
        self.severity() == Severity::Error
    }
}

/// Puts diagnostics in the order in which they are shown: by place, then by code.
pub fn sort(diagnostics: &mut Vec<Diagnostic>) {
    diagnostics.sort_by(|a, b| (a.span, a.code, &a.message).cmp(&(b.span, b.code, &b.message)));
    diagnostics.dedup();
}
