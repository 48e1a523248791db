//! Whether a value fits a JSON Schema: the part of the standard that our own schemas use.
//!
//! Keywords that are not known here are passed over, as the standard has it.

use std::fmt;

use serde_json::{Map, Value as Json};

/// References followed on the way to one value; a schema that goes round in circles ends here.
const DEEPEST: usize = 64;

/// Where a value does not fit, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaError {
    /// JSON pointer into the value; empty for the whole.
    pub place: String,
    pub what: String,
}

impl fmt::Display for SchemaError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.place.is_empty() {
            write!(formatter, "the answer {}", self.what)
        } else {
            write!(formatter, "`{}` {}", self.place, self.what)
        }
    }
}

/// Says whether `value` fits `schema`, or all the places where it does not.
pub fn fits(value: &Json, schema: &Json) -> Result<(), Vec<SchemaError>> {
    let mut check = Check {
        root: schema,
        errors: Vec::new(),
    };
    check.value(value, schema, &Place::default());
    if check.errors.is_empty() {
        Ok(())
    } else {
        Err(check.errors)
    }
}

/// What a local reference (`#/$defs/…`) points to.
pub(super) fn resolve<'a>(root: &'a Json, reference: &str) -> Option<&'a Json> {
    root.pointer(reference.strip_prefix('#')?)
}

struct Check<'a> {
    root: &'a Json,
    errors: Vec<SchemaError>,
}

/// Where a value is, as a way back to the root: nearly all values fit, and need no pointer.
#[derive(Default, Clone, Copy)]
struct Place<'p> {
    last: Option<(&'p Place<'p>, Step<'p>)>,
    depth: usize,
}

/// How to get to a value from the one around it.
#[derive(Clone, Copy)]
enum Step<'p> {
    Field(&'p str),
    Element(usize),
}

impl<'p> Place<'p> {
    fn below(&'p self, step: Step<'p>) -> Self {
        Self {
            last: Some((self, step)),
            depth: self.depth,
        }
    }

    fn deeper(&self) -> Self {
        Self {
            depth: self.depth + 1,
            ..*self
        }
    }

    fn pointer(&self) -> String {
        match self.last {
            None => String::new(),
            Some((parent, Step::Element(index))) => format!("{}/{index}", parent.pointer()),
            Some((parent, Step::Field(name))) => {
                let name = name.replace('~', "~0").replace('/', "~1");
                format!("{}/{name}", parent.pointer())
            }
        }
    }
}

/// A schema's keywords. There are a handful, and looking for each of those that we know would take
/// longer than the check.
#[derive(Default)]
struct Keywords<'a> {
    reference: Option<&'a Json>,
    kind: Option<&'a Json>,
    constant: Option<&'a Json>,
    choices: Option<&'a Json>,
    all_of: Option<&'a Json>,
    any_of: Option<&'a Json>,
    one_of: Option<&'a Json>,
    required: Option<&'a Json>,
    properties: Option<&'a Json>,
    additional: Option<&'a Json>,
    items: Option<&'a Json>,
    min_items: Option<f64>,
    max_items: Option<f64>,
    minimum: Option<f64>,
    maximum: Option<f64>,
    min_length: Option<f64>,
    max_length: Option<f64>,
}

impl<'a> Keywords<'a> {
    fn of(schema: &'a Map<String, Json>) -> Self {
        let mut keywords = Self::default();
        for (name, operand) in schema {
            let value = Some(operand);
            let bound = || operand.as_f64();
            match name.as_str() {
                "$ref" => keywords.reference = value,
                "type" => keywords.kind = value,
                "const" => keywords.constant = value,
                "enum" => keywords.choices = value,
                "allOf" => keywords.all_of = value,
                "anyOf" => keywords.any_of = value,
                "oneOf" => keywords.one_of = value,
                "required" => keywords.required = value,
                "properties" => keywords.properties = value,
                "additionalProperties" => keywords.additional = value,
                "items" => keywords.items = value,
                "minItems" => keywords.min_items = bound(),
                "maxItems" => keywords.max_items = bound(),
                "minimum" => keywords.minimum = bound(),
                "maximum" => keywords.maximum = bound(),
                "minLength" => keywords.min_length = bound(),
                "maxLength" => keywords.max_length = bound(),
                _ => {}
            }
        }
        keywords
    }
}

impl<'a> Check<'a> {
    fn value(&mut self, value: &Json, schema: &'a Json, place: &Place<'_>) {
        let schema = match schema {
            Json::Object(schema) => schema,
            Json::Bool(false) => return self.error(place, "must not be here"),
            _ => return,
        };
        if place.depth > DEEPEST {
            return self.error(place, "is nested too deeply");
        }
        let schema = &Keywords::of(schema);
        self.reference(value, schema, place);
        self.kind(value, schema, place);
        self.literals(value, schema, place);
        self.alternatives(value, schema, place);
        match value {
            Json::Object(fields) => self.object(fields, schema, place),
            Json::Array(elements) => self.array(elements, schema, place),
            Json::Number(number) => self.number(number.as_f64(), schema, place),
            Json::String(text) => self.text(text, schema, place),
            Json::Null | Json::Bool(_) => {}
        }
    }

    fn error(&mut self, place: &Place, what: impl Into<String>) {
        self.errors.push(SchemaError {
            place: place.pointer(),
            what: what.into(),
        });
    }

    fn reference(&mut self, value: &Json, schema: &Keywords<'a>, place: &Place<'_>) {
        let Some(reference) = schema.reference.and_then(Json::as_str) else {
            return;
        };
        match resolve(self.root, reference) {
            Some(target) => self.value(value, target, &place.deeper()),
            None => self.error(
                place,
                format!("has a schema `{reference}` that is not there"),
            ),
        }
    }

    fn kind(&mut self, value: &Json, schema: &Keywords<'a>, place: &Place<'_>) {
        let allowed = match schema.kind {
            Some(name @ Json::String(_)) => std::slice::from_ref(name),
            Some(Json::Array(names)) => names.as_slice(),
            _ => return,
        };
        let mut names = allowed.iter().filter_map(Json::as_str);
        if !names.any(|name| is_of_type(value, name)) {
            let allowed: Vec<&str> = allowed.iter().filter_map(Json::as_str).collect();
            let what = format!(
                "should be {}, and is {}",
                allowed.join(" or "),
                type_of(value)
            );
            self.error(place, what);
        }
    }

    fn literals(&mut self, value: &Json, schema: &Keywords<'a>, place: &Place<'_>) {
        if let Some(only) = schema.constant
            && !same(only, value)
        {
            self.error(place, format!("should be {only}"));
        }
        if let Some(Json::Array(choices)) = schema.choices
            && !choices.iter().any(|choice| same(choice, value))
        {
            let choices: Vec<_> = choices.iter().map(Json::to_string).collect();
            self.error(place, format!("should be one of {}", choices.join(", ")));
        }
    }

    fn alternatives(&mut self, value: &Json, schema: &Keywords<'a>, place: &Place<'_>) {
        if let Some(Json::Array(all)) = schema.all_of {
            for part in all {
                self.value(value, part, &place.deeper());
            }
        }
        if let Some(Json::Array(any)) = schema.any_of {
            let errors = self.tried(value, any, place);
            if !errors.iter().any(Vec::is_empty) {
                self.nearest(errors, place);
            }
        }
        if let Some(Json::Array(one)) = schema.one_of {
            let errors = self.tried(value, one, place);
            match errors.iter().filter(|errors| errors.is_empty()).count() {
                1 => {}
                0 => self.nearest(errors, place),
                _ => self.error(place, "fits more than one of its alternatives"),
            }
        }
    }

    fn tried(
        &self,
        value: &Json,
        alternatives: &'a [Json],
        place: &Place<'_>,
    ) -> Vec<Vec<SchemaError>> {
        alternatives
            .iter()
            .map(|alternative| {
                let mut check = Check {
                    root: self.root,
                    errors: Vec::new(),
                };
                check.value(value, alternative, &place.deeper());
                check.errors
            })
            .collect()
    }

    /// Reports the alternative that was missed by the least.
    fn nearest(&mut self, alternatives: Vec<Vec<SchemaError>>, place: &Place<'_>) {
        match alternatives.into_iter().min_by_key(Vec::len) {
            Some(errors) => self.errors.extend(errors),
            None => self.error(place, "has no alternative that it could fit"),
        }
    }

    fn object(&mut self, fields: &Map<String, Json>, schema: &Keywords<'a>, place: &Place<'_>) {
        if let Some(Json::Array(required)) = schema.required {
            for name in required.iter().filter_map(Json::as_str) {
                if !fields.contains_key(name) {
                    self.error(place, format!("lacks `{name}`"));
                }
            }
        }
        let properties = schema.properties.and_then(Json::as_object);
        for (name, value) in fields {
            let below = place.below(Step::Field(name));
            match properties.and_then(|properties| properties.get(name)) {
                Some(property) => self.value(value, property, &below),
                None => self.additional(value, schema, &below),
            }
        }
    }

    fn additional(&mut self, value: &Json, schema: &Keywords<'a>, place: &Place<'_>) {
        match schema.additional {
            Some(Json::Bool(false)) => self.error(place, "is not asked for"),
            Some(additional) => self.value(value, additional, place),
            None => {}
        }
    }

    fn array(&mut self, elements: &[Json], schema: &Keywords<'a>, place: &Place<'_>) {
        if let Some(least) = schema.min_items
            && (elements.len() as f64) < least
        {
            self.error(place, format!("has fewer than {least} elements"));
        }
        if let Some(most) = schema.max_items
            && (elements.len() as f64) > most
        {
            self.error(place, format!("has more than {most} elements"));
        }
        if let Some(items) = schema.items {
            for (index, element) in elements.iter().enumerate() {
                self.value(element, items, &place.below(Step::Element(index)));
            }
        }
    }

    fn number(&mut self, number: Option<f64>, schema: &Keywords<'a>, place: &Place<'_>) {
        let Some(number) = number else { return };
        if let Some(least) = schema.minimum
            && number < least
        {
            self.error(place, format!("is less than {least}"));
        }
        if let Some(most) = schema.maximum
            && number > most
        {
            self.error(place, format!("is more than {most}"));
        }
    }

    fn text(&mut self, text: &str, schema: &Keywords<'a>, place: &Place<'_>) {
        let length = || text.chars().count() as f64;
        if let Some(least) = schema.min_length
            && length() < least
        {
            self.error(place, format!("is shorter than {least} characters"));
        }
        if let Some(most) = schema.max_length
            && length() > most
        {
            self.error(place, format!("is longer than {most} characters"));
        }
    }
}

fn is_of_type(value: &Json, name: &str) -> bool {
    match name {
        "integer" => value.is_i64() || value.is_u64() || is_whole(value),
        "number" => value.is_number(),
        _ => type_of(value) == name,
    }
}

fn is_whole(value: &Json) -> bool {
    value.as_f64().is_some_and(|number| number.fract() == 0.0)
}

fn type_of(value: &Json) -> &'static str {
    match value {
        Json::Null => "null",
        Json::Bool(_) => "boolean",
        Json::Number(_) => "number",
        Json::String(_) => "string",
        Json::Array(_) => "array",
        Json::Object(_) => "object",
    }
}

/// Equality of JSON Schema, to which 1 and 1.0 are the same.
fn same(one: &Json, other: &Json) -> bool {
    match (one, other) {
        (Json::Number(a), Json::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        (Json::Array(a), Json::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Json::Object(a), Json::Object(b)) => {
            a.len() == b.len()
                && a.iter()
                    .all(|(name, a)| b.get(name).is_some_and(|b| same(a, b)))
        }
        _ => one == other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn errors(value: Json, schema: Json) -> Vec<String> {
        let errors = fits(&value, &schema).expect_err("it should not fit");
        errors.iter().map(SchemaError::to_string).collect()
    }

    #[test]
    fn every_place_that_does_not_fit_is_named() {
        let schema = json!({
            "type": "object",
            "properties": {"label": {"enum": [0, 1]}, "a/b": {"type": "array", "items": {"type": "string"}}},
            "required": ["label", "thought"],
            "additionalProperties": false,
        });
        let value = json!({"label": 2, "a/b": ["x", 3], "more": true});
        assert_eq!(
            errors(value, schema),
            [
                "the answer lacks `thought`",
                "`/label` should be one of 0, 1",
                "`/a~1b/1` should be string, and is number",
                "`/more` is not asked for",
            ]
        );
    }

    #[test]
    fn a_schema_that_goes_round_in_circles_ends() {
        let schema = json!({"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/a"}}});
        assert_eq!(
            errors(json!(1), schema),
            ["the answer is nested too deeply"]
        );
    }

    fn leaf_schema() -> impl Strategy<Value = Json> {
        prop_oneof![
            Just(json!({})),
            Just(json!({"type": "string"})),
            Just(json!({"type": "string", "minLength": 2, "maxLength": 3})),
            Just(json!({"type": "integer", "minimum": 1})),
            Just(json!({"type": "number", "maximum": 2.5})),
            Just(json!({"type": ["boolean", "null"]})),
            Just(json!({"enum": ["a", 1, null, [1]]})),
            Just(json!({"const": 1})),
            Just(json!({"$ref": "#/$defs/short"})),
            Just(Json::Bool(true)),
            Just(Json::Bool(false)),
        ]
    }

    fn any_schema() -> impl Strategy<Value = Json> {
        leaf_schema().prop_recursive(3, 24, 3, |inner| {
            let list = prop::collection::vec(inner.clone(), 1..3);
            prop_oneof![
                (inner.clone(), 0_u8..3, 0_u8..3).prop_map(|(items, least, more)| json!({
                    "type": "array", "items": items, "minItems": least, "maxItems": least + more,
                })),
                list.clone().prop_map(|any| json!({"anyOf": any})),
                list.clone().prop_map(|one| json!({"oneOf": one})),
                list.prop_map(|all| json!({"allOf": all})),
                (inner.clone(), inner.clone(), inner).prop_map(|(a, b, more)| json!({
                    "type": "object",
                    "properties": {"a": a, "b": b},
                    "required": ["a"],
                    "additionalProperties": more,
                })),
            ]
        })
    }

    fn any_value() -> impl Strategy<Value = Json> {
        let leaf = prop_oneof![
            Just(Json::Null),
            any::<bool>().prop_map(Json::from),
            (-2_i64..4).prop_map(Json::from),
            Just(json!(1.0)),
            Just(json!(2.5)),
            "[aé]{0,4}".prop_map(Json::from),
        ];
        leaf.prop_recursive(3, 16, 3, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Json::from),
                prop::collection::btree_map("[abc]", inner, 0..3)
                    .prop_map(|fields| fields.into_iter().collect()),
            ]
        })
    }

    proptest! {
        #[test]
        fn another_validator_agrees(schema in any_schema(), value in any_value()) {
            let whole = json!({
                "allOf": [schema],
                "$defs": {"short": {"type": "array", "items": {"$ref": "#/$defs/short"}}},
            });
            let oracle = jsonschema::is_valid(&whole, &value);
            prop_assert_eq!(fits(&value, &whole).is_ok(), oracle);
        }
    }
}
