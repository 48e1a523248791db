//! From pest's pairs to the tree, one file per family of constructs.
//!
//! The pairs of a mended text come in; nodes with spans into the source go out. Invariant: a pair
//! of an error rule either becomes an error node or leaves the node that its mistake meant, and is
//! reported once.

mod builder;
mod entries;
mod expected;
mod expressions;
mod items;
mod mistakes;
mod recovery;
mod rules;
mod text;
mod trivia;
mod types;

pub(super) use builder::Builder;
