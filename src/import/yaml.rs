//! YAML that knows its places.
//!
//! A document is one table of values that name each other by their places in it, so that what an
//! anchor marks is there once, however many aliases stand for it.

use std::borrow::Cow;

use super::kind::Kind;
use super::yaml_scalar;
use crate::source::{SourceFile, Span};

/// A document taken apart.
#[derive(Debug)]
pub(super) struct Tree<'t> {
    pub(super) file: &'t SourceFile,
    pub(super) entries: Vec<Entry<'t>>,
    pub(super) root: Index,
}

/// The place of a value in the table of its document.
pub(super) type Index = u32;

#[derive(Debug, Clone)]
pub(super) struct Entry<'t> {
    pub span: Span,
    pub content: Content<'t>,
}

#[derive(Debug, Clone)]
pub(super) enum Content<'t> {
    Scalar(Scalar<'t>),
    List(Vec<Index>),
    /// Keys and their values; the keys are strings.
    Map(Vec<(Index, Index)>),
}

/// A value without parts.
#[derive(Debug, Clone)]
pub(super) struct Scalar<'t> {
    pub text: Cow<'t, str>,
    pub kind: Kind,
    /// Whether it is written without quotes and on a line: what it is follows from its text.
    pub is_plain: bool,
    pub is_quoted: bool,
}

/// One value of a document.
#[derive(Debug, Clone, Copy)]
pub(super) struct Value<'t> {
    tree: &'t Tree<'t>,
    index: Index,
}

impl<'t> Tree<'t> {
    /// The value that everything lies in.
    pub fn root(&self) -> Value<'_> {
        Value {
            tree: self,
            index: self.root,
        }
    }
}

impl<'t> Value<'t> {
    fn entry(self) -> &'t Entry<'t> {
        &self.tree.entries[self.index as usize]
    }

    fn scalar(self) -> Option<&'t Scalar<'t>> {
        match &self.entry().content {
            Content::Scalar(scalar) => Some(scalar),
            _ => None,
        }
    }

    fn beside(self, index: Index) -> Self {
        Self { index, ..self }
    }

    /// The place of the whole value; of an anchor's value for its aliases.
    pub fn span(self) -> Span {
        self.entry().span
    }

    /// The first field, element or character.
    pub fn opening(self) -> Span {
        match &self.entry().content {
            Content::Map(pairs) => match pairs.first() {
                Some((key, _)) => self.beside(*key).span(),
                None => self.span(),
            },
            Content::List(elements) => match elements.first() {
                Some(first) => self.beside(*first).opening(),
                None => self.span(),
            },
            Content::Scalar(_) => self.span(),
        }
    }

    /// The text as it stands in the file.
    pub fn raw(self) -> &'t str {
        let (file, span) = (self.tree.file, self.span());
        let base = file.span().start;
        &file.text()[(span.start - base) as usize..(span.end - base) as usize]
    }

    /// What it is.
    pub fn kind(self) -> Kind {
        match &self.entry().content {
            Content::Scalar(scalar) => scalar.kind,
            Content::List(_) => Kind::Array,
            Content::Map(_) => Kind::Object,
        }
    }

    /// Whether its kind follows from its text.
    pub fn is_plain(self) -> bool {
        self.scalar().is_some_and(|scalar| scalar.is_plain)
    }

    /// Whether it stands in quotes.
    pub fn is_quoted(self) -> bool {
        self.scalar().is_some_and(|scalar| scalar.is_quoted)
    }

    /// The text of a string.
    pub fn string(self) -> Option<&'t str> {
        let scalar = self.scalar()?;
        (scalar.kind == Kind::String).then_some(&*scalar.text)
    }

    /// The text of a scalar that is not null.
    pub fn words(self) -> Option<&'t str> {
        let scalar = self.scalar()?;
        (scalar.kind != Kind::Null).then_some(&*scalar.text)
    }

    /// The value of a boolean.
    pub fn bool(self) -> Option<bool> {
        let scalar = self.scalar()?;
        (scalar.kind == Kind::Bool).then(|| scalar.text.eq_ignore_ascii_case("true"))
    }

    /// The value of an integer that fits.
    pub fn int(self) -> Option<i64> {
        let scalar = self.scalar()?;
        (scalar.kind == Kind::Number)
            .then(|| yaml_scalar::int(&scalar.text))
            .flatten()
    }

    /// The value of a number that is finite.
    pub fn float(self) -> Option<f64> {
        let scalar = self.scalar()?;
        (scalar.kind == Kind::Number)
            .then(|| yaml_scalar::float(&scalar.text))
            .flatten()
    }

    /// The values of a list.
    pub fn elements(self) -> impl Iterator<Item = Value<'t>> {
        let elements: &[Index] = match &self.entry().content {
            Content::List(elements) => elements,
            _ => &[],
        };
        elements.iter().map(move |index| self.beside(*index))
    }

    /// The fields of a map, in order.
    pub fn members(self) -> impl DoubleEndedIterator<Item = (Value<'t>, Value<'t>)> {
        let pairs: &[(Index, Index)] = match &self.entry().content {
            Content::Map(pairs) => pairs,
            _ => &[],
        };
        let member = move |(key, value): &(Index, Index)| (self.beside(*key), self.beside(*value));
        pairs.iter().map(member)
    }

    /// The field of this name.
    pub fn get(self, name: &str) -> Option<Value<'t>> {
        self.members()
            .find(|(key, _)| key.string() == Some(name))
            .map(|(_, value)| value)
    }
}
