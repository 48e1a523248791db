//! Types of tools' parameters and results: their JSON Schema, and values held against them.

use std::fmt;

use serde_json::{Map, Value as Json, json};

use super::expressions::{both, describe_expression};
use crate::diagnostic::nearest;
use crate::source::Span;
use crate::syntax::{Docs, Expr, ExprKind, Name};

/// The names of types that need nothing beside them.
pub(super) const TYPE_NAMES: [&str; 5] = ["string", "int", "float", "bool", "any"];

/// A type of the language.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Type {
    String,
    Int,
    Float,
    Bool,
    Any,
    List(Box<Type>),
    Enum(Vec<String>),
    Record(Vec<RecordField>),
    Optional(Box<Type>),
    /// Could not be read, or names no type: told already, and silent from here on.
    Broken,
}

/// A field of a record type.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct RecordField {
    pub name: String,
    pub kind: Type,
    pub describe: String,
}

/// Why a value does not fit a type, and where.
pub(super) struct Misfit {
    pub span: Span,
    pub message: String,
    pub near: Option<String>,
}

impl Type {
    /// The JSON Schema of the type.
    pub fn schema(&self) -> Json {
        match self {
            Self::String => json!({ "type": "string" }),
            Self::Int => json!({ "type": "integer" }),
            Self::Float => json!({ "type": "number" }),
            Self::Bool => json!({ "type": "boolean" }),
            Self::Any | Self::Broken => json!({}),
            Self::List(item) => json!({ "type": "array", "items": item.schema() }),
            Self::Enum(words) => json!({ "type": "string", "enum": words }),
            Self::Record(fields) if fields.is_empty() => json!({ "type": "object" }),
            Self::Record(fields) => record_schema(fields),
            Self::Optional(inner) => json!({ "anyOf": [inner.schema(), { "type": "null" }] }),
        }
    }

    /// The type without the `?`.
    pub fn required(&self) -> &Type {
        match self {
            Self::Optional(inner) => inner.required(),
            other => other,
        }
    }

    /// The type that conditions see: a condition on a list holds when it holds for any element.
    pub fn element(&self) -> &Type {
        match self.required() {
            Self::List(item) => item.element(),
            other => other,
        }
    }

    /// Whether a value may be left out.
    pub fn is_optional(&self) -> bool {
        matches!(self, Self::Optional(_))
    }
}

impl fmt::Display for Type {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::String => formatter.write_str("string"),
            Self::Int => formatter.write_str("int"),
            Self::Float => formatter.write_str("float"),
            Self::Bool => formatter.write_str("bool"),
            Self::Any | Self::Broken => formatter.write_str("any"),
            Self::List(item) => write!(formatter, "list<{item}>"),
            Self::Enum(words) => write!(formatter, "enum({})", quoted(words)),
            Self::Record(fields) => {
                let shown: Vec<_> = fields.iter().map(RecordField::to_string).collect();
                write!(formatter, "{{ {} }}", shown.join(", "))
            }
            Self::Optional(inner) => write!(formatter, "{inner}?"),
        }
    }
}

impl fmt::Display for RecordField {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.name, self.kind)
    }
}

fn quoted(words: &[String]) -> String {
    let quoted: Vec<_> = words.iter().map(|word| format!("{word:?}")).collect();
    quoted.join(", ")
}

/// The schema of an object; optional fields are those that are not required.
pub(super) fn record_schema(fields: &[RecordField]) -> Json {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for field in fields {
        if !field.kind.is_optional() {
            required.push(Json::from(field.name.as_str()));
        }
        let schema = described(field.kind.required().schema(), &field.describe);
        properties.insert(field.name.clone(), schema);
    }
    object_schema(properties, required)
}

/// The schema of an object with these properties and no others.
pub(super) fn object_schema(properties: Map<String, Json>, required: Vec<Json>) -> Json {
    let mut schema = Map::new();
    schema.insert("type".to_owned(), json!("object"));
    schema.insert("properties".to_owned(), Json::Object(properties));
    if !required.is_empty() {
        schema.insert("required".to_owned(), Json::Array(required));
    }
    schema.insert("additionalProperties".to_owned(), json!(false));
    Json::Object(schema)
}

/// The schema with a description, where there is one.
pub(super) fn described(mut schema: Json, describe: &str) -> Json {
    if let (Json::Object(map), false) = (&mut schema, describe.is_empty()) {
        map.insert("description".to_owned(), Json::from(describe));
    }
    schema
}

/// The text of docs, or none.
pub(super) fn docs_text(docs: Option<&Docs>) -> String {
    docs.map(|docs| docs.text.clone()).unwrap_or_default()
}

/// The JSON of a literal that fits a type.
///
/// `None` in the error stands for a value that is unreadable and told already.
pub(super) fn fit_literal(kind: &Type, expr: &Expr) -> Result<Json, Option<Misfit>> {
    fit(kind, expr, &fit_enum)
}

/// Whether a text stands for a word of an enum.
pub(super) type FitWord<'f> = dyn Fn(&[String], &str, Span) -> Result<Json, Option<Misfit>> + 'f;

/// As [`fit_literal`], with another way to tell whether a text is a word of an enum.
pub(super) fn fit(
    kind: &Type,
    expr: &Expr,
    fit_word: &FitWord<'_>,
) -> Result<Json, Option<Misfit>> {
    match (kind.required(), &expr.kind) {
        (_, ExprKind::Error) | (Type::Broken, _) => Err(None),
        (Type::Any, _) => literal(expr).ok_or_else(|| misfit(kind, expr)),
        (Type::String, ExprKind::Text(text)) => Ok(Json::from(text.value.as_str())),
        (Type::Enum(words), ExprKind::Text(text)) => fit_word(words, &text.value, expr.span),
        (Type::Int, ExprKind::Int(value)) => Ok(Json::from(*value)),
        (Type::Float, ExprKind::Int(value)) => Ok(Json::from(*value)),
        (Type::Float, ExprKind::Float(value)) => Ok(Json::from(*value)),
        (Type::Bool, ExprKind::Bool(value)) => Ok(Json::from(*value)),
        (Type::List(item), ExprKind::List(values)) => values
            .iter()
            .map(|value| fit(item, value, fit_word))
            .collect::<Result<Vec<_>, _>>()
            .map(Json::Array),
        (Type::Record(fields), ExprKind::Record(values)) => {
            fit_record(fields, values, expr, fit_word)
        }
        _ => Err(misfit(kind, expr)),
    }
}

fn misfit(kind: &Type, expr: &Expr) -> Option<Misfit> {
    Some(Misfit {
        span: expr.span,
        message: format!("expected `{kind}`, found {}", describe_expression(expr)),
        near: None,
    })
}

/// Whether a word belongs to an enum.
pub(super) fn fit_enum(words: &[String], word: &str, span: Span) -> Result<Json, Option<Misfit>> {
    if words.iter().any(|known| known == word) {
        return Ok(Json::from(word));
    }
    let known: Vec<_> = words.iter().map(String::as_str).collect();
    Err(Some(Misfit {
        span,
        message: format!("`{word}` is none of {}", both(&known)),
        near: nearest(word, known.iter().copied()).map(|near| format!("{near:?}")),
    }))
}

fn fit_record(
    fields: &[RecordField],
    values: &[crate::syntax::RecordField],
    expr: &Expr,
    fit_word: &FitWord<'_>,
) -> Result<Json, Option<Misfit>> {
    let mut object = Map::new();
    for value in values {
        let name = &value.name.text;
        let kind = match fields.iter().find(|field| field.name == *name) {
            Some(field) => &field.kind,
            None if fields.is_empty() => &Type::Any,
            None => return Err(Some(unknown_record_field(fields, &value.name))),
        };
        object.insert(name.clone(), fit(kind, &value.value, fit_word)?);
    }
    let missing = fields
        .iter()
        .find(|field| !field.kind.is_optional() && !object.contains_key(&field.name));
    match missing {
        Some(field) => Err(Some(Misfit {
            span: expr.span,
            message: format!("the field `{}` is missing", field.name),
            near: None,
        })),
        None => Ok(Json::Object(object)),
    }
}

fn unknown_record_field(fields: &[RecordField], name: &Name) -> Misfit {
    let known = fields.iter().map(|field| field.name.as_str());
    Misfit {
        span: name.span,
        message: format!("there is no field `{}` here", name.text),
        near: nearest(&name.text, known).map(str::to_owned),
    }
}

/// The JSON of a literal; `None` for what is no literal.
pub(super) fn literal(expr: &Expr) -> Option<Json> {
    Some(match &expr.kind {
        ExprKind::Text(text) => Json::from(text.value.as_str()),
        ExprKind::Int(value) => Json::from(*value),
        ExprKind::Float(value) => Json::from(*value),
        ExprKind::Bool(value) => Json::from(*value),
        ExprKind::List(values) => values
            .iter()
            .map(literal)
            .collect::<Option<Vec<_>>>()?
            .into(),
        ExprKind::Record(fields) => {
            let mut object = Map::new();
            for field in fields {
                object.insert(field.name.text.clone(), literal(&field.value)?);
            }
            Json::Object(object)
        }
        _ => return None,
    })
}
