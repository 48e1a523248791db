//! Tool files of others (MCP, OpenAPI, ToolEmu) to toolkits, and ToolEmu's cases to scenarios.
//!
//! What comes in is a JSON file of a [`SourceMap`](crate::source::SourceMap); what goes out is a
//! tree whose toolkits are as if they had been written in the language. Invariant: every span of
//! the tree points into the file that was read.
#![deny(clippy::disallowed_methods)]

mod build;
mod case_source;
mod cases;
mod json;
mod mcp;
mod openapi;
mod read;
mod schema;
mod toolemu;

pub use case_source::{ToolkitSource, case_source};
pub use cases::{Case, read_cases};
pub use read::{ImportShape, read};
