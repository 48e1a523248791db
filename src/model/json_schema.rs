//! A JSON Schema that goes along with calls.

use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;
use serde_json::{Map, Value as Json};

/// A JSON Schema with its text: thousands of calls carry the same one, and writing it out each time
/// costs as much as writing the prompt.
#[derive(Clone)]
pub struct JsonSchema(Arc<Written>);

struct Written {
    value: Json,
    text: Box<RawValue>,
    is_strict: bool,
    canonical: OnceLock<String>,
}

impl JsonSchema {
    /// The schema as JSON without blanks.
    pub fn text(&self) -> &str {
        self.0.text.get()
    }

    /// What `write` makes of the value; it is made once, so all calls have to give the same.
    pub(super) fn canonical(&self, write: fn(&Json) -> String) -> &str {
        self.0.canonical.get_or_init(|| write(&self.0.value))
    }

    /// Whether it may be called strict, as some servers' APIs have it: an object at its root, every
    /// object closed, every property required.
    pub fn is_strict(&self) -> bool {
        self.0.is_strict
    }
}

impl From<Json> for JsonSchema {
    fn from(value: Json) -> Self {
        let text = serde_json::value::to_raw_value(&value);
        Self(Arc::new(Written {
            text: text.expect("a JSON value can be written"),
            is_strict: type_of(value.get("type")) == Some("object") && is_strict(&value),
            canonical: OnceLock::new(),
            value,
        }))
    }
}

impl Deref for JsonSchema {
    type Target = Json;

    fn deref(&self) -> &Json {
        &self.0.value
    }
}

impl PartialEq for JsonSchema {
    fn eq(&self, other: &Self) -> bool {
        self.0.value == other.0.value
    }
}

impl fmt::Debug for JsonSchema {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.text())
    }
}

impl Serialize for JsonSchema {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.text.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for JsonSchema {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Json::deserialize(deserializer).map(Self::from)
    }
}

/// Whether all of a schema is of the strict kind. Servers that know strict schemas reject others
/// that claim to be.
fn is_strict(schema: &Json) -> bool {
    match schema {
        Json::Array(parts) => parts.iter().all(is_strict),
        Json::Object(fields) => is_strict_node(fields) && fields.values().all(is_strict),
        _ => true,
    }
}

fn is_strict_node(fields: &Map<String, Json>) -> bool {
    if fields.is_empty() {
        return false;
    }
    if type_of(fields.get("type")) != Some("object") {
        return true;
    }
    let Some(properties) = fields.get("properties").and_then(Json::as_object) else {
        return false;
    };
    let required = fields.get("required").and_then(Json::as_array);
    let is_required = |name: &String| {
        required.is_some_and(|names| names.iter().any(|one| one.as_str() == Some(name)))
    };
    fields.get("additionalProperties") == Some(&Json::Bool(false))
        && properties.keys().all(is_required)
}

fn type_of(value: Option<&Json>) -> Option<&str> {
    value.and_then(Json::as_str)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn closed(property: Json) -> Json {
        json!({
            "type": "object",
            "properties": {"a": property},
            "required": ["a"],
            "additionalProperties": false,
        })
    }

    #[test]
    fn strictness_is_claimed_only_where_it_holds() {
        let is_strict = |schema: Json| JsonSchema::from(schema).is_strict();
        assert!(is_strict(closed(json!({"type": "string"}))));
        assert!(!is_strict(closed(json!({}))));
        assert!(!is_strict(closed(json!({"type": "object"}))));
        assert!(!is_strict(json!({"type": "string"})));
        let mut optional = closed(json!({"type": "string"}));
        optional["required"] = json!([]);
        assert!(!is_strict(optional));
    }

    #[test]
    fn it_is_written_and_read_as_the_value_that_it_is() {
        let value = closed(json!({"enum": ["\"", 1.5, null]}));
        let schema = JsonSchema::from(value.clone());
        assert_eq!(schema.text(), value.to_string());
        assert_eq!(json!({"at": &schema}), json!({"at": value}));
        let text = serde_json::to_string(&schema).expect("it is JSON");
        let back: JsonSchema = serde_json::from_str(&text).expect("it is JSON");
        assert_eq!(back, schema);
    }
}
