//! One linear pass before the grammar: comments, texts and brackets.
//!
//! A file's text comes in; out go its comments, a diagnostic for everything that is not closed or
//! nested too deep, and a text in which all of that is mended. Invariant: in the mended text every
//! text is closed, every bracket has its partner, and nesting is bounded, so that the grammar
//! neither loses the file nor runs away.

mod block_lines;
mod brackets;
mod code_lines;
mod findings;
mod mended;
mod scanner;
mod texts;

pub(super) use findings::Scan;
pub(super) use scanner::scan;
