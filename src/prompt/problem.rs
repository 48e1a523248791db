//! One thing that is wrong with a template.

use std::ops::Range;

/// One problem of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProseProblem {
    pub kind: ProseProblemKind,
    /// Bytes of the text.
    pub range: Range<usize>,
    /// One line, lower case, user text in backticks.
    pub message: String,
    /// The known name that was probably meant.
    pub near: Option<String>,
    /// Every name that could stand there; empty where that says nothing.
    pub known: Vec<String>,
}

/// What kind of problem it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProseProblemKind {
    /// No template, or a statement that prose does not have.
    Syntax,
    /// A chain beyond the bound.
    TooDeep,
    UnknownVariable,
    /// An unknown attribute, filter, test, function or method.
    UnknownAttribute,
}
