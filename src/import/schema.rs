//! JSON Schema to types.
//!
//! What the language's types cannot say (bounds, patterns, alternatives) becomes the nearest
//! wider type, so that whatever the schema allows the type allows too.

use std::collections::BTreeSet;

use super::build::{Reader, name, named_type, optional_type, text_of};
use super::json::{Kind, Member, Node};
use crate::diagnostic::{Code, Diagnostic, nearest};
use crate::source::Span;
use crate::syntax::{Docs, FieldType, TypeExpr, TypeKind};

/// How deep types may lie in each other.
pub(super) const MAX_DEPTH: usize = 64;

/// How many types one file may have.
const MAX_TYPES: usize = 50_000;

const WORDS: [&str; 7] = [
    "string", "integer", "number", "boolean", "array", "object", "null",
];

/// One property of an object's schema.
pub(super) struct Property<'t> {
    pub member: Member<'t>,
    pub docs: Option<Docs>,
    pub kind: TypeExpr,
    /// Whether the object must have it.
    pub is_required: bool,
}

impl Property<'_> {
    /// Its type where it may be left out without anything standing in for it.
    pub fn kind_where_absent(self) -> TypeExpr {
        if self.is_required {
            self.kind
        } else {
            optional_type(self.kind)
        }
    }

    /// The same, needed only where the object itself is needed.
    #[must_use]
    pub fn required_if(mut self, object_is_required: bool) -> Self {
        self.is_required &= object_is_required;
        self
    }
}

impl<'t> Reader<'t> {
    /// The type of a schema.
    pub fn schema_type(&mut self, schema: Node<'t>) -> TypeExpr {
        self.type_of(schema, MAX_DEPTH)
    }

    /// The properties of an object's schema.
    pub fn properties(&mut self, schema: Node<'t>) -> Vec<Property<'t>> {
        self.properties_within(schema, MAX_DEPTH)
    }

    /// The schema that `$ref` leads to, or the one that is given.
    pub fn follow(&mut self, schema: Node<'t>) -> Node<'t> {
        let mut here = schema;
        // As many steps as a chain of references could sensibly have.
        for _ in 0..MAX_DEPTH {
            match here
                .get("$ref")
                .and_then(|reference| self.target(reference))
            {
                Some(next) => here = next,
                None => break,
            }
        }
        here
    }

    fn type_of(&mut self, schema: Node<'t>, depth: usize) -> TypeExpr {
        self.types += 1;
        let broken = TypeExpr {
            kind: TypeKind::Error,
            span: schema.span(),
        };
        let Some(depth) = depth.checked_sub(1) else {
            self.refuse(
                Code::TooDeep,
                schema.span(),
                format!("this type lies more than {MAX_DEPTH} deep"),
            );
            return broken;
        };
        if self.types > MAX_TYPES {
            if self.types == MAX_TYPES + 1 {
                let message = format!("`{}` has more than {MAX_TYPES} types", self.file);
                self.refuse(Code::TooLarge, schema.span(), message);
            }
            return broken;
        }
        match schema.kind() {
            Kind::Object => self.type_of_object_schema(schema, depth),
            Kind::Bool => named_type("any", schema.span()),
            _ => {
                let _ = self.expect(schema, Kind::Object, "a schema");
                broken
            }
        }
    }

    fn type_of_object_schema(&mut self, schema: Node<'t>, depth: usize) -> TypeExpr {
        let kind = if let Some(reference) = schema.get("$ref") {
            self.type_of_reference(reference, depth)
        } else if let Some(values) = schema.get("enum") {
            type_of_values(schema, values)
        } else if let Some(alternatives) = schema.get("anyOf").or_else(|| schema.get("oneOf")) {
            self.type_of_alternatives(alternatives, depth)
        } else if let Some(word) = schema.get("type") {
            self.type_of_word(schema, word, depth)
        } else {
            self.type_of_untyped(schema, depth)
        };
        match schema.get("nullable").and_then(Node::bool) {
            Some(true) => optional_type(kind),
            _ => kind,
        }
    }

    fn type_of_untyped(&mut self, schema: Node<'t>, depth: usize) -> TypeExpr {
        if let Some(constant) = schema.get("const").filter(|it| it.kind() == Kind::String) {
            let kind = TypeKind::Enum(vec![text_of(constant)]);
            return TypeExpr {
                kind,
                span: constant.span(),
            };
        }
        if schema.get("properties").is_some() {
            return self.record(schema, depth);
        }
        if schema.get("items").is_some() {
            return self.list_of(schema, depth);
        }
        // `allOf` of a single schema is how some writers add a description to a reference.
        match schema.get("allOf").map(Node::elements).as_deref() {
            Some([only]) => self.type_of(*only, depth),
            _ => named_type("any", schema.span()),
        }
    }

    fn type_of_word(&mut self, schema: Node<'t>, word: Node<'t>, depth: usize) -> TypeExpr {
        if word.kind() == Kind::Array {
            return self.type_of_words(schema, word, depth);
        }
        let Some(text) = word.string() else {
            let _ = self.expect(word, Kind::String, "`type` of a schema");
            return TypeExpr {
                kind: TypeKind::Error,
                span: word.span(),
            };
        };
        match text.as_str() {
            "array" => self.list_of(schema, depth),
            "object" => self.record(schema, depth),
            other => self.simple_type(other, word.span()),
        }
    }

    /// `["string", "null"]` is an optional string; several other words are anything.
    fn type_of_words(&mut self, schema: Node<'t>, words: Node<'t>, depth: usize) -> TypeExpr {
        let (null, others): (Vec<_>, Vec<_>) = words
            .elements()
            .into_iter()
            .partition(|word| word.string().as_deref() == Some("null"));
        let kind = match others.as_slice() {
            [only] => self.type_of_word(schema, *only, depth.saturating_sub(1)),
            _ => named_type("any", words.span()),
        };
        if null.is_empty() {
            kind
        } else {
            optional_type(kind)
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
            "array" | "list" => list(named_type("any", span), span),
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
                TypeExpr {
                    kind: TypeKind::Error,
                    span,
                }
            }
        }
    }

    fn type_of_alternatives(&mut self, alternatives: Node<'t>, depth: usize) -> TypeExpr {
        let is_null =
            |it: &Node<'_>| it.get("type").and_then(Node::string).as_deref() == Some("null");
        let (null, others): (Vec<_>, Vec<_>) =
            alternatives.elements().into_iter().partition(is_null);
        let kind = match others.as_slice() {
            [only] => self.type_of(*only, depth),
            _ => named_type("any", alternatives.span()),
        };
        if null.is_empty() {
            kind
        } else {
            optional_type(kind)
        }
    }

    fn list_of(&mut self, schema: Node<'t>, depth: usize) -> TypeExpr {
        let items = match schema
            .get("items")
            .filter(|items| items.kind() != Kind::Array)
        {
            Some(items) => self.type_of(items, depth),
            None => named_type("any", schema.span()),
        };
        list(items, schema.span())
    }

    fn record(&mut self, schema: Node<'t>, depth: usize) -> TypeExpr {
        let field = |property: Property<'_>| {
            let member = property.member.name;
            Some(FieldType {
                docs: property.docs.clone(),
                name: name(member.string()?, member.span()),
                kind: property.kind_where_absent(),
            })
        };
        let fields = self.properties_within(schema, depth);
        TypeExpr {
            kind: TypeKind::Record(fields.into_iter().filter_map(field).collect()),
            span: schema.span(),
        }
    }

    fn properties_within(&mut self, schema: Node<'t>, depth: usize) -> Vec<Property<'t>> {
        let required: BTreeSet<String> = self
            .list(schema, "required", "a schema")
            .into_iter()
            .filter_map(Node::string)
            .collect();
        self.members(schema, "properties", "a schema")
            .into_iter()
            .map(|member| self.property(member, &required, depth))
            .collect()
    }

    fn property(
        &mut self,
        member: Member<'t>,
        required: &BTreeSet<String>,
        depth: usize,
    ) -> Property<'t> {
        let kind = self.type_of(member.value, depth);
        let is_required = member
            .name
            .string()
            .is_some_and(|name| required.contains(&name));
        let docs = match member.value.kind() {
            Kind::Object => self.docs(member.value, &["description", "title"], "a schema"),
            _ => None,
        };
        Property {
            member,
            docs,
            kind,
            is_required,
        }
    }

    /// A type that contains itself is anything from there on.
    fn type_of_reference(&mut self, reference: Node<'t>, depth: usize) -> TypeExpr {
        let written = reference.string().unwrap_or_default();
        if self.references.contains(&written) || self.references.len() >= self.max_references {
            return named_type("any", reference.span());
        }
        match self.target(reference) {
            Some(target) => {
                self.references.push(written);
                let kind = self.type_of(target, depth);
                self.references.pop();
                kind
            }
            None => TypeExpr {
                kind: TypeKind::Error,
                span: reference.span(),
            },
        }
    }

    fn target(&mut self, reference: Node<'t>) -> Option<Node<'t>> {
        let written = reference.string().unwrap_or_default();
        let pointer = written.strip_prefix('#');
        let target = pointer.and_then(|it| {
            self.pointed(self.scope, it)
                .or_else(|| self.pointed(self.root, it))
        });
        if target.is_none() {
            let message = format!("`{written}` leads to no schema in this file");
            self.reject(reference.span(), message);
        }
        target
    }

    /// What a pointer leads to; many point into the same object, which is taken apart once.
    fn pointed(&mut self, from: Node<'t>, pointer: &str) -> Option<Node<'t>> {
        let Some((parent, last)) = pointer.rsplit_once('/') else {
            return from.pointer(pointer);
        };
        let key = (from.span(), parent.to_owned());
        if !self.pointed.contains_key(&key) {
            let members = from.pointer(parent).map(Node::members).unwrap_or_default();
            let named = |member: Member<'t>| Some((member.name.string()?, member.value));
            let children = members.into_iter().filter_map(named).collect();
            self.pointed.insert(key.clone(), children);
        }
        let last = last.replace("~1", "/").replace("~0", "~");
        self.pointed.get(&key)?.get(&last).copied()
    }

    fn refuse(&mut self, code: Code, span: Span, message: String) {
        self.diagnostics.push(Diagnostic::new(code, span, message));
    }
}

fn list(items: TypeExpr, span: Span) -> TypeExpr {
    let kind = TypeKind::List(Box::new(items));
    TypeExpr { kind, span }
}

/// An `enum` of strings is one of ours, with null an optional one; another is anything.
fn type_of_values(schema: Node<'_>, values: Node<'_>) -> TypeExpr {
    let (null, others): (Vec<_>, Vec<_>) = values
        .elements()
        .into_iter()
        .partition(|value| value.kind() == Kind::Null);
    let are_strings = !others.is_empty() && others.iter().all(|it| it.kind() == Kind::String);
    if !are_strings {
        return named_type("any", schema.span());
    }
    let kind = TypeExpr {
        kind: TypeKind::Enum(others.into_iter().map(text_of).collect()),
        span: values.span(),
    };
    if null.is_empty() {
        kind
    } else {
        optional_type(kind)
    }
}
