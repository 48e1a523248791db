//! Text to tree: the only room that knows pest.
//!
//! What comes in is a file of a [`SourceMap`](crate::source::SourceMap); what goes out is a
//! [`Tree`] and what is wrong with the text. Parsing always gives a tree, whatever the text:
//! `scan` closes what is open, the grammar passes over what it cannot read, and `build` makes error
//! nodes of that.

#![deny(clippy::disallowed_methods)]

mod annotations;
mod build;
mod grammar;
mod operators;
mod parse;
mod quoted;
mod scan;
mod tree;

pub use annotations::Annotations;
pub use operators::{BinaryOperator, RuleOperator};
pub use parse::{LANGUAGE_VERSION, MAX_SCENARIO_BYTES, parse};
pub use quoted::quoted;
pub use tree::*;
