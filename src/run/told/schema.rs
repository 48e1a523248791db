//! Schemas of answers.

use serde_json::{Value as Json, json};

/// The schema of an object of which every property is required.
pub(in crate::run) fn object(properties: Json) -> Json {
    let names: Vec<String> = properties
        .as_object()
        .map(|properties| properties.keys().cloned().collect())
        .unwrap_or_default();
    json!({
        "type": "object",
        "properties": properties,
        "required": names,
        "additionalProperties": false,
    })
}
