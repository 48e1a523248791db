//! Tool files of others (MCP, OpenAPI, ToolEmu) to toolkits.
//!
//! What comes in is a JSON file of a [`SourceMap`](crate::source::SourceMap); what goes out is a
//! tree whose toolkits are as if they had been written in the language. Invariant: every span of
//! the tree points into the file that was read.
#![deny(clippy::disallowed_methods)]

mod build;
mod json;
mod mcp;
mod openapi;
mod read;
mod schema;
mod toolemu;

pub use read::{ImportShape, read};
