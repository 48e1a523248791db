//! JSON Schema to types.
//!
//! What the language's types cannot say (bounds, patterns, alternatives of several kinds) becomes
//! the nearest wider type, so that whatever the schema allows the type allows too.

use super::build::{named_type, optional_type, text_as, text_of};
use super::keywords::Keywords;
use super::kind::Kind;
use super::node::{Member, Node};
use super::reader::{Reader, Side};
use super::shape::{Object, Property, Shape, broken, list_type, wider};
use crate::diagnostic::{Code, Diagnostic, nearest};
use crate::source::Span;
use crate::syntax::{TypeExpr, TypeKind};

/// How deep types may lie in each other.
pub(super) const MAX_DEPTH: usize = 64;

/// How many types one file may have.
pub(super) const MAX_TYPES: usize = 50_000;

const WORDS: [&str; 7] = [
    "string", "integer", "number", "boolean", "array", "object", "null",
];

/// What a schema says, and whether null will do as well.
type Read<'t> = (Shape<'t>, bool);

/// How a schema came to be read from another: references count only where values nest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Inward,
    Same,
}

impl<'t> Reader<'t> {
    /// The type of a schema.
    pub fn schema_type(&mut self, schema: Node<'t>) -> TypeExpr {
        self.type_of(schema, MAX_DEPTH)
    }

    /// The properties of an object's schema, put together from its parts; or its type, where the
    /// schema is of something else or of an object that may have any.
    pub fn properties(&mut self, schema: Node<'t>) -> Result<Vec<Property<'t>>, TypeExpr> {
        match self.shape(schema, MAX_DEPTH, Step::Same) {
            (Shape::Object(object), _) if !object.properties.is_empty() => {
                Ok(object.into_properties())
            }
            other => Err(into_type(other, schema.span())),
        }
    }

    fn type_of(&mut self, schema: Node<'t>, depth: usize) -> TypeExpr {
        let read = self.shape(schema, depth, Step::Inward);
        into_type(read, schema.span())
    }

    fn shape(&mut self, schema: Node<'t>, depth: usize, step: Step) -> Read<'t> {
        let refused = (Shape::Other(broken(schema.span())), false);
        let Some(depth) = depth.checked_sub(1) else {
            let message = format!("this type lies more than {MAX_DEPTH} deep");
            self.refuse(Code::TooDeep, schema.span(), message);
            return refused;
        };
        if self.are_types_too_many(1, schema.span()) {
            return refused;
        }
        match schema.kind() {
            Kind::Object => self.shape_of_keywords(schema, depth, step),
            Kind::Bool | Kind::Null => (Shape::Anything, false),
            _ => {
                let _ = self.expect(schema, Kind::Object, "a schema");
                refused
            }
        }
    }

    /// Counts types, and tells once that there are more than can be handled.
    fn are_types_too_many(&mut self, more: usize, span: Span) -> bool {
        let before = self.types;
        self.types += more;
        if self.types > MAX_TYPES && before <= MAX_TYPES {
            let message = format!("`{}` has more than {MAX_TYPES} types", self.file);
            self.refuse(Code::TooLarge, span, message);
        }
        self.types > MAX_TYPES
    }

    /// A schema says of a value whatever its keywords say: all of it holds.
    fn shape_of_keywords(&mut self, schema: Node<'t>, depth: usize, step: Step) -> Read<'t> {
        let keywords = Keywords::of(schema);
        let (mut shape, mut is_nullable) = self.own_shape(schema, &keywords, depth);
        if let Some(reference) = keywords.reference {
            let (target, null) = self.shape_of_reference(reference, depth, step);
            (shape, is_nullable) = (target.and(shape), is_nullable || null);
        }
        for part in keywords.all_of {
            let (part, null) = self.shape(part, depth, Step::Same);
            (shape, is_nullable) = (shape.and(part), is_nullable || null);
        }
        for alternatives in keywords.alternatives {
            let (either, null) = self.shape_of_alternatives(&alternatives, depth);
            (shape, is_nullable) = (shape.and(either), is_nullable || null);
        }
        (shape, is_nullable || keywords.is_nullable)
    }

    /// What a schema says without the help of others.
    fn own_shape(&mut self, schema: Node<'t>, keywords: &Keywords<'t>, depth: usize) -> Read<'t> {
        if let Some(values) = keywords.values {
            return self.shape_of_values(&values.elements(), keywords.word, values.span());
        }
        if let Some(constant) = keywords.constant {
            return self.shape_of_values(&[constant], keywords.word, constant.span());
        }
        match keywords.word {
            Some(word) if word.kind() == Kind::Array => {
                self.shape_of_words(schema, keywords, word, depth)
            }
            Some(word) => (self.shape_of_word(schema, keywords, word, depth), false),
            None if keywords.properties.is_some() || keywords.required.is_some() => {
                (self.object(schema, depth), false)
            }
            None if keywords.items.is_some() => (self.list_of(schema, keywords, depth), false),
            None => (Shape::Anything, false),
        }
    }

    /// `["string", "null"]` is an optional string.
    fn shape_of_words(
        &mut self,
        schema: Node<'t>,
        keywords: &Keywords<'t>,
        words: Node<'t>,
        depth: usize,
    ) -> Read<'t> {
        let (null, others): (Vec<_>, Vec<_>) = words
            .elements()
            .into_iter()
            .partition(|word| word.string().as_deref() == Some("null"));
        let shapes = others
            .into_iter()
            .map(|word| self.shape_of_word(schema, keywords, word, depth));
        let shape = shapes.reduce(Shape::or).unwrap_or(Shape::Anything);
        (shape, !null.is_empty())
    }

    fn shape_of_word(
        &mut self,
        schema: Node<'t>,
        keywords: &Keywords<'t>,
        word: Node<'t>,
        depth: usize,
    ) -> Shape<'t> {
        let Some(text) = word.string() else {
            let _ = self.expect(word, Kind::String, "`type` of a schema");
            return Shape::Other(broken(word.span()));
        };
        match text.as_str() {
            "array" => self.list_of(schema, keywords, depth),
            "object" => self.object(schema, depth),
            "any" | "null" => Shape::Anything,
            other => Shape::Other(self.simple_type(other, word.span())),
        }
    }

    /// The type of a word that needs nothing else, in the words of JSON Schema or Python.
    pub fn simple_type(&mut self, word: &str, span: Span) -> TypeExpr {
        match word {
            "string" | "str" => named_type("string", span),
            "integer" | "int" => named_type("int", span),
            "number" | "float" => named_type("float", span),
            "boolean" | "bool" => named_type("bool", span),
            "any" | "null" => named_type("any", span),
            "array" | "list" => list_type(named_type("any", span), span),
            "object" | "dict" => TypeExpr {
                kind: TypeKind::Record(Vec::new()),
                span,
            },
            other => {
                let near = nearest(other, WORDS).map(|near| format!("\"{near}\""));
                let wrong =
                    Diagnostic::new(Code::BadImport, span, format!("unknown type `{other}`"))
                        .label("types are those of JSON Schema")
                        .did_you_mean(near.as_deref());
                self.diagnostics.push(wrong);
                broken(span)
            }
        }
    }

    fn shape_of_alternatives(&mut self, alternatives: &[Node<'t>], depth: usize) -> Read<'t> {
        let mut is_nullable = false;
        let mut either: Option<Shape<'t>> = None;
        for alternative in alternatives {
            if is_null(*alternative) {
                is_nullable = true;
                continue;
            }
            let (shape, null) = self.shape(*alternative, depth, Step::Same);
            is_nullable |= null;
            either = Some(match either {
                Some(others) => others.or(shape),
                None => shape,
            });
        }
        (either.unwrap_or(Shape::Anything), is_nullable)
    }

    /// An `enum` of strings is one of ours, with null an optional one; of another kind it is any
    /// value of that kind. Where strings are wanted, YAML's plain `1.0` is one.
    fn shape_of_values(
        &mut self,
        values: &[Node<'t>],
        word: Option<Node<'t>>,
        span: Span,
    ) -> Read<'t> {
        if self.are_types_too_many(values.len(), span) {
            return (Shape::Other(broken(span)), false);
        }
        let wants_strings = word.and_then(Node::string).as_deref() == Some("string");
        let (null, others): (Vec<Node<'t>>, Vec<Node<'t>>) =
            values.iter().partition(|value| value.kind() == Kind::Null);
        let words: Option<Vec<_>> = others
            .iter()
            .map(|value| match wants_strings {
                true => Some(text_as(*value, value.text()?)),
                false => (value.kind() == Kind::String).then(|| text_of(*value)),
            })
            .collect();
        let shape = match words {
            Some(words) if !words.is_empty() => {
                let kind = TypeKind::Enum(words);
                Shape::Other(TypeExpr { kind, span })
            }
            _ => others
                .iter()
                .map(|value| type_of_value(*value))
                .reduce(wider)
                .map_or(Shape::Anything, Shape::Other),
        };
        (shape, !null.is_empty())
    }

    fn list_of(&mut self, schema: Node<'t>, keywords: &Keywords<'t>, depth: usize) -> Shape<'t> {
        let items = keywords.items.filter(|it| it.kind() != Kind::Array);
        let items = match items {
            Some(items) => self.type_of(items, depth),
            None => named_type("any", schema.span()),
        };
        Shape::Other(list_type(items, schema.span()))
    }

    fn object(&mut self, schema: Node<'t>, depth: usize) -> Shape<'t> {
        let required = self.list(schema, "required", "a schema");
        let members = self.members(schema, "properties", "a schema");
        let properties = members.into_iter();
        Shape::Object(Object {
            properties: properties
                .filter_map(|member| self.property(member, depth))
                .collect(),
            required: required.into_iter().filter_map(Node::string).collect(),
        })
    }

    fn property(&mut self, member: Member<'t>, depth: usize) -> Option<Property<'t>> {
        let other_side = match self.side {
            Side::Either => None,
            Side::Request => Some("readOnly"),
            Side::Response => Some("writeOnly"),
        };
        let is_set = |word| member.value.get(word).and_then(Node::bool) == Some(true);
        if other_side.is_some_and(is_set) {
            return None;
        }
        let docs = match member.value.kind() {
            Kind::Object => self.docs(member.value, &["description", "title"], "a schema"),
            _ => None,
        };
        Some(Property {
            name: member.name.string()?,
            kind: self.type_of(member.value, depth),
            is_required: false,
            docs,
            member,
        })
    }

    /// A type that contains itself is anything from there on.
    fn shape_of_reference(&mut self, reference: Node<'t>, depth: usize, step: Step) -> Read<'t> {
        let written = reference.string().unwrap_or_default();
        let is_far = step == Step::Inward && self.inward >= self.max_references;
        if is_far || self.references.contains(&written) {
            return (Shape::Anything, false);
        }
        let Some(target) = self.target(reference) else {
            return (Shape::Other(broken(reference.span())), false);
        };
        let inward = usize::from(step == Step::Inward);
        self.references.push(written);
        self.inward += inward;
        let read = self.shape(target, depth, Step::Same);
        self.inward -= inward;
        self.references.pop();
        read
    }

    fn refuse(&mut self, code: Code, span: Span, message: String) {
        self.diagnostics.push(Diagnostic::new(code, span, message));
    }
}

fn into_type((shape, is_nullable): Read<'_>, span: Span) -> TypeExpr {
    let kind = shape.into_type(span);
    match is_nullable {
        true => optional_type(kind),
        false => kind,
    }
}

/// The type of which this is a value.
fn type_of_value(value: Node<'_>) -> TypeExpr {
    let word = match value.kind() {
        Kind::String => "string",
        Kind::Bool => "bool",
        Kind::Number if value.int().is_some() => "int",
        Kind::Number => "float",
        Kind::Object | Kind::Array | Kind::Null => "any",
    };
    named_type(word, value.span())
}

fn is_null(schema: Node<'_>) -> bool {
    let is_word = |word: Node<'_>| word.string().as_deref() == Some("null");
    schema.get("type").is_some_and(is_word)
        || schema
            .get("const")
            .is_some_and(|constant| constant.kind() == Kind::Null)
}
