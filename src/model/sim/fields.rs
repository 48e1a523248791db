//! Fields of an answer: those that its schema asks for, and those that are known before it is filled.

use serde_json::{Map, Value as Json};

/// Whether a schema has a property of this name, in itself or in one of its alternatives.
pub(super) fn asks_for(schema: &Json, name: &str) -> bool {
    let has_it = |schema: &Json| {
        schema
            .get("properties")
            .is_some_and(|properties| properties.get(name).is_some())
    };
    let in_some = |list: &str| {
        schema
            .get(list)
            .and_then(Json::as_array)
            .is_some_and(|alternatives| alternatives.iter().any(has_it))
    };
    has_it(schema) || in_some("anyOf") || in_some("oneOf")
}

/// Fields that an answer should have, as far as its schema takes them.
pub(super) fn preset<const N: usize>(fields: [(&str, Json); N]) -> Map<String, Json> {
    fields
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}
