//! What calls of tools are held against.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::entities::Toolkit;
use super::types::RecordField;

/// A toolkit as the program holds it, and its tools' types.
pub(super) struct ToolkitTypes {
    pub toolkit: Toolkit,
    pub tools: BTreeMap<String, ToolTypes>,
    /// Whether a tool of it could not be read, so that nothing can be called unknown.
    pub is_partial: bool,
}

/// The parameters of a tool, in the order written.
pub(super) struct ToolTypes {
    pub parameters: Vec<ToolParameter>,
}

/// A parameter, with what stands for it when a call leaves it out.
pub(super) struct ToolParameter {
    pub field: RecordField,
    pub default: Option<Json>,
    /// Whether a call may leave it out.
    pub is_optional: bool,
}

impl ToolTypes {
    /// The parameter of this name.
    pub fn parameter(&self, name: &str) -> Option<&ToolParameter> {
        self.parameters
            .iter()
            .find(|parameter| parameter.field.name == name)
    }
}
