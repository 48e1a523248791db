//! The tools of a record as chat models are given them.

use serde_json::{Value as Json, json};

use crate::run::{Record, RecordTool};

/// The tools as a list of function definitions, written out as JSON.
///
/// It stays a text in every export that is read as columns. Toolkits mix their schemas, and a columnar reader of such a list
/// either fails or fills each tool with the others' parameters, all null. Trainers parse the text.
pub(super) fn tools_text(record: &Record) -> String {
    Json::Array(tool_definitions(record)).to_string()
}

/// The tools as function definitions, for exports that are read as documents, not as columns.
pub(super) fn tool_definitions(record: &Record) -> Vec<Json> {
    record.tools.iter().map(definition).collect()
}

fn definition(tool: &RecordTool) -> Json {
    json!({
        "type": "function",
        "function": {
            "name": tool.name,
            "description": tool.description,
            "parameters": with_properties(&tool.parameters),
        },
    })
}

/// The schema, with `properties` even where a tool takes none: trainers look for it.
fn with_properties(parameters: &Json) -> Json {
    let mut parameters = parameters.clone();
    if let Json::Object(fields) = &mut parameters
        && !fields.contains_key("properties")
    {
        fields.insert("properties".to_owned(), json!({}));
    }
    parameters
}
