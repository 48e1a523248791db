//! Files of others: tools (MCP, OpenAPI, ToolEmu) to toolkits, ToolEmu's cases to scenarios,
//! benchmarks to the texts that records are compared with; and whether files of labels can be read.
//!
//! What comes in is a JSON or YAML file of a [`SourceMap`](crate::source::SourceMap); what goes out is a
//! tree whose toolkits are as if they had been written in the language. Invariant: every span of
//! the tree points into the file that was read.
#![deny(clippy::disallowed_methods)]

mod build;
mod case_source;
mod cases;
mod earlier_run;
mod json;
mod keywords;
mod kind;
mod labels;
mod mcp;
mod node;
mod openapi;
mod openapi_parameters;
mod openapi_responses;
mod pointers;
mod read;
mod reader;
mod references;
mod schema;
mod shape;
mod toolemu;
mod yaml;
mod yaml_build;
mod yaml_places;
mod yaml_scalar;

pub use case_source::{ToolkitSource, case_source};
pub use cases::{Case, read_cases};
pub use earlier_run::{DATASET_FORMAT, EarlierRun, read_earlier_run};
pub use labels::check_labels;
pub use read::{ImportShape, read};
pub use references::{ReferenceFormat, ReferenceText, ReferenceTexts, read_references};
