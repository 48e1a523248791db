//! Tree and comments to text: one style, that of the language reference.
//!
//! What comes in is a file's text; what goes out is the same file as everybody would write it. The
//! printer makes a `doc` of the tree, `layout` breaks it into lines. Invariant: nothing but white
//! space and commas differs between the two texts, and both have the same tree and the same
//! comments; [`format()`] checks that before it answers.
#![deny(clippy::disallowed_methods)]

mod align;
mod bodies;
mod conditions;
mod damage;
mod declarations;
mod doc;
mod expressions;
mod file;
mod items;
mod layout;
mod plain;
mod printer;
mod trailing;
mod types;
mod verify;

pub use file::{FormatError, Formatted, format, format_file};
pub use plain::write_plain;
