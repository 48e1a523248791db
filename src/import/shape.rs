//! What schemas say of a value before it is written as a type, and how that is put together:
//! `allOf` narrows, `oneOf` and `anyOf` widen.

use std::collections::{BTreeMap, BTreeSet};

use super::build::{name, named_type, optional_type};
use super::node::Member;
use crate::source::Span;
use crate::syntax::{Docs, FieldType, Text, TypeExpr, TypeKind};

/// What a value is.
#[derive(Debug)]
pub(super) enum Shape<'t> {
    /// Nothing is said.
    Anything,
    Object(Object<'t>),
    Other(TypeExpr),
}

/// An object, as far as schemas tell its properties.
#[derive(Debug, Default)]
pub(super) struct Object<'t> {
    pub properties: Vec<Property<'t>>,
    /// The properties that it must have, those told elsewhere too.
    pub required: BTreeSet<String>,
}

/// One property of an object's schema.
#[derive(Debug)]
pub(super) struct Property<'t> {
    pub member: Member<'t>,
    pub name: String,
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

impl<'t> Shape<'t> {
    /// The shape of a value for which both hold.
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Anything, shape) | (shape, Self::Anything) => shape,
            (Self::Object(one), Self::Object(other)) => Self::Object(one.and(other)),
            (Self::Other(one), Self::Other(other)) => Self::Other(narrower(one, other)),
            (one, _) => one,
        }
    }

    /// The shape of a value for which one of the two holds.
    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Object(one), Self::Object(other)) => Self::Object(one.or(other)),
            (Self::Other(one), Self::Other(other)) => match wider(one, other) {
                kind if is_any(&kind) => Self::Anything,
                kind => Self::Other(kind),
            },
            _ => Self::Anything,
        }
    }

    /// The type of the shape, written at `span`.
    pub fn into_type(self, span: Span) -> TypeExpr {
        match self {
            Self::Anything => named_type("any", span),
            Self::Object(object) => object.into_type(span),
            Self::Other(kind) => kind,
        }
    }
}

impl<'t> Object<'t> {
    /// The properties, each knowing whether it must be there.
    pub fn into_properties(self) -> Vec<Property<'t>> {
        let Self {
            properties,
            required,
        } = self;
        let settled = |property: Property<'t>| Property {
            is_required: property.is_required || required.contains(&property.name),
            ..property
        };
        properties.into_iter().map(settled).collect()
    }

    fn and(mut self, other: Self) -> Self {
        let places = places(self.properties.iter().map(|it| &it.name));
        for theirs in other.properties {
            match places.get(&theirs.name) {
                Some(index) => self.properties[*index].narrow(theirs),
                None => self.properties.push(theirs),
            }
        }
        self.required.extend(other.required);
        self
    }

    /// Of an object that may have any properties nothing is known; otherwise what only one of the
    /// two has need not be there.
    fn or(self, other: Self) -> Self {
        if self.properties.is_empty() || other.properties.is_empty() {
            return Self::default();
        }
        let mut properties = self.into_properties();
        let others = other.into_properties();
        let theirs: BTreeSet<String> = others.iter().map(|it| it.name.clone()).collect();
        let places = places(properties.iter().map(|it| &it.name));
        for ours in &mut properties {
            ours.is_required &= theirs.contains(&ours.name);
        }
        for theirs in others {
            match places.get(&theirs.name) {
                Some(index) => properties[*index].widen(theirs),
                None => properties.push(theirs.required_if(false)),
            }
        }
        Self {
            properties,
            required: BTreeSet::new(),
        }
    }

    fn into_type(self, span: Span) -> TypeExpr {
        let field = |property: Property<'_>| FieldType {
            docs: property.docs.clone(),
            name: name(property.name.clone(), property.member.name.span()),
            kind: property.kind_where_absent(),
        };
        let fields = self.into_properties().into_iter().map(field).collect();
        TypeExpr {
            kind: TypeKind::Record(fields),
            span,
        }
    }
}

impl<'t> Property<'t> {
    fn narrow(&mut self, other: Self) {
        replace(&mut self.kind, |ours| narrower(ours, other.kind));
        self.is_required |= other.is_required;
        // The part that stands further on says more of this very object.
        self.docs = other.docs.or(self.docs.take());
        self.member = other.member;
    }

    fn widen(&mut self, other: Self) {
        replace(&mut self.kind, |ours| wider(ours, other.kind));
        self.is_required &= other.is_required;
        self.docs = self.docs.take().or(other.docs);
    }
}

/// A type that stands for what could not be read.
pub(super) fn broken(span: Span) -> TypeExpr {
    TypeExpr {
        kind: TypeKind::Error,
        span,
    }
}

/// A list of these.
pub(super) fn list_type(items: TypeExpr, span: Span) -> TypeExpr {
    let kind = TypeKind::List(Box::new(items));
    TypeExpr { kind, span }
}

/// The nearest type that takes whatever one of the two takes.
pub(super) fn wider(one: TypeExpr, other: TypeExpr) -> TypeExpr {
    let is_optional = is_optional(&one) || is_optional(&other);
    let (one, other) = (without_optional(one), without_optional(other));
    let span = one.span;
    let kind = match (one.kind, other.kind) {
        (TypeKind::Error, _) | (_, TypeKind::Error) => TypeKind::Error,
        (TypeKind::Enum(words), TypeKind::Enum(others)) => TypeKind::Enum(union(words, others)),
        (TypeKind::Enum(_), TypeKind::Named(word)) | (TypeKind::Named(word), TypeKind::Enum(_))
            if word.text == "string" =>
        {
            TypeKind::Named(word)
        }
        (TypeKind::Named(one), TypeKind::Named(other)) => {
            let word = wider_word(&one.text, &other.text);
            return optional_if(is_optional, named_type(word, span));
        }
        (TypeKind::List(one), TypeKind::List(other)) => {
            TypeKind::List(Box::new(wider(*one, *other)))
        }
        (TypeKind::Record(fields), TypeKind::Record(others)) => {
            TypeKind::Record(either_record(fields, others))
        }
        _ => return optional_if(is_optional, named_type("any", span)),
    };
    optional_if(is_optional, TypeExpr { kind, span })
}

/// The nearest type that takes what both take; the first where they have nothing in common.
fn narrower(one: TypeExpr, other: TypeExpr) -> TypeExpr {
    let is_optional =
        (is_optional(&one) || is_any(&one)) && (is_optional(&other) || is_any(&other));
    let (one, other) = (without_optional(one), without_optional(other));
    let span = one.span;
    let kind = match (one.kind, other.kind) {
        (TypeKind::Named(word), kind) | (kind, TypeKind::Named(word)) if word.text == "any" => kind,
        (TypeKind::Named(word), TypeKind::Enum(words))
        | (TypeKind::Enum(words), TypeKind::Named(word))
            if word.text == "string" =>
        {
            TypeKind::Enum(words)
        }
        (TypeKind::Named(one), TypeKind::Named(other))
            if one.text == "float" && other.text == "int" =>
        {
            TypeKind::Named(other)
        }
        (TypeKind::Enum(words), TypeKind::Enum(others)) => TypeKind::Enum(common(words, &others)),
        (TypeKind::List(one), TypeKind::List(other)) => {
            TypeKind::List(Box::new(narrower(*one, *other)))
        }
        (TypeKind::Record(fields), TypeKind::Record(others)) => {
            TypeKind::Record(both_records(fields, others))
        }
        (kind, _) => kind,
    };
    optional_if(is_optional, TypeExpr { kind, span })
}

fn wider_word(one: &str, other: &str) -> &'static str {
    match (one, other) {
        ("string", "string") => "string",
        ("int", "int") => "int",
        ("bool", "bool") => "bool",
        ("int" | "float", "int" | "float") => "float",
        _ => "any",
    }
}

fn union(words: Vec<Text>, others: Vec<Text>) -> Vec<Text> {
    let mut known = BTreeSet::new();
    let all = words.into_iter().chain(others);
    all.filter(|word| known.insert(word.value.clone()))
        .collect()
}

fn common(words: Vec<Text>, others: &[Text]) -> Vec<Text> {
    let others: BTreeSet<&str> = others.iter().map(|other| other.value.as_str()).collect();
    let is_common = |word: &&Text| others.contains(word.value.as_str());
    let common: Vec<Text> = words.iter().filter(is_common).cloned().collect();
    if common.is_empty() { words } else { common }
}

fn either_record(mut fields: Vec<FieldType>, others: Vec<FieldType>) -> Vec<FieldType> {
    if fields.is_empty() || others.is_empty() {
        return Vec::new();
    }
    let theirs: BTreeSet<String> = others.iter().map(|it| it.name.text.clone()).collect();
    let places = places(fields.iter().map(|it| &it.name.text));
    for ours in &mut fields {
        if !theirs.contains(&ours.name.text) {
            replace(&mut ours.kind, optional_type);
        }
    }
    for theirs in others {
        match places.get(&theirs.name.text) {
            Some(index) => replace(&mut fields[*index].kind, |ours| wider(ours, theirs.kind)),
            None => fields.push(FieldType {
                kind: optional_type(theirs.kind),
                ..theirs
            }),
        }
    }
    fields
}

fn both_records(mut fields: Vec<FieldType>, others: Vec<FieldType>) -> Vec<FieldType> {
    let places = places(fields.iter().map(|it| &it.name.text));
    for theirs in others {
        match places.get(&theirs.name.text) {
            Some(index) => replace(&mut fields[*index].kind, |ours| narrower(ours, theirs.kind)),
            None => fields.push(theirs),
        }
    }
    fields
}

/// Where each name stands.
fn places<'n>(names: impl Iterator<Item = &'n String>) -> BTreeMap<String, usize> {
    names.cloned().zip(0..).collect()
}

fn replace(kind: &mut TypeExpr, change: impl FnOnce(TypeExpr) -> TypeExpr) {
    let span = kind.span;
    *kind = change(std::mem::replace(kind, broken(span)));
}

fn is_any(kind: &TypeExpr) -> bool {
    matches!(&kind.kind, TypeKind::Named(word) if word.text == "any")
}

fn is_optional(kind: &TypeExpr) -> bool {
    matches!(kind.kind, TypeKind::Optional(_))
}

fn without_optional(kind: TypeExpr) -> TypeExpr {
    match kind.kind {
        TypeKind::Optional(inner) => *inner,
        _ => kind,
    }
}

fn optional_if(is_optional: bool, kind: TypeExpr) -> TypeExpr {
    match is_optional {
        true => optional_type(kind),
        false => kind,
    }
}
