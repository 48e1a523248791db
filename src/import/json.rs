//! JSON that knows its places.
//!
//! A document is checked once as a whole; after that its values are taken apart one level at a
//! time, as far as anybody asks. The text of a value is a slice of the document's, which is how
//! it knows where it stands.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::kind::Kind;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{SourceFile, Span};

/// One JSON value and where it stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Value<'t> {
    raw: &'t str,
    span: Span,
}

impl<'t> Value<'t> {
    /// The value that a file holds, or why it is no JSON.
    pub fn document(file: &'t SourceFile) -> Result<Self, Box<Diagnostic>> {
        let text = file.text();
        serde_json::from_str::<IgnoredAny>(text)
            .map_err(|error| Box::new(syntax_error(file, &error)))?;
        let raw = text.trim_ascii();
        let start = file.span().start + (text.len() - text.trim_ascii_start().len()) as u32;
        Ok(Self::at(raw, start))
    }

    /// The value that one line of a file holds, or why it is no JSON.
    pub fn line(file: &'t SourceFile, span: Span) -> Result<Self, Box<Diagnostic>> {
        let line = &file.text()[file.local(span.start) as usize..file.local(span.end) as usize];
        serde_json::from_str::<IgnoredAny>(line).map_err(|error| {
            let column = (error.column() as u32).saturating_sub(1);
            let place = (span.start + column).min(span.end);
            Box::new(not_json(file, place, &error))
        })?;
        let start = span.start + (line.len() - line.trim_ascii_start().len()) as u32;
        Ok(Self::at(line.trim_ascii(), start))
    }

    fn at(raw: &'t str, start: u32) -> Self {
        let span = Span::new(start, start + raw.len() as u32);
        Self { raw, span }
    }

    /// The place of the whole value.
    pub fn span(self) -> Span {
        self.span
    }

    /// The place of its first character: an opening brace or bracket.
    pub fn opening(self) -> Span {
        Span::new(self.span.start, self.span.start + 1)
    }

    /// The place of its last character: a closing brace or bracket.
    pub fn closing(self) -> Span {
        Span::new(self.span.end - 1, self.span.end)
    }

    /// The text as it stands in the file.
    pub fn raw(self) -> &'t str {
        self.raw
    }

    /// What it is.
    pub fn kind(self) -> Kind {
        match self.raw.as_bytes().first() {
            Some(b'{') => Kind::Object,
            Some(b'[') => Kind::Array,
            Some(b'"') => Kind::String,
            Some(b't' | b'f') => Kind::Bool,
            Some(b'n') => Kind::Null,
            _ => Kind::Number,
        }
    }

    /// The text of a string, with escapes replaced.
    pub fn string(self) -> Option<String> {
        serde_json::from_str(self.raw).ok()
    }

    /// The value of a boolean.
    pub fn bool(self) -> Option<bool> {
        serde_json::from_str(self.raw).ok()
    }

    /// The value of an integer that fits.
    pub fn int(self) -> Option<i64> {
        serde_json::from_str(self.raw).ok()
    }

    /// The value of a number.
    pub fn float(self) -> Option<f64> {
        serde_json::from_str(self.raw).ok()
    }

    /// The values of an array; none for anything else.
    pub fn elements(self) -> Vec<Value<'t>> {
        let raws: Vec<&RawValue> = serde_json::from_str(self.raw).unwrap_or_default();
        raws.into_iter().map(|raw| self.child(raw)).collect()
    }

    /// The fields of an object, in order, repeated ones too; none for anything else.
    pub fn members(self) -> Vec<(Value<'t>, Value<'t>)> {
        let mut json = serde_json::Deserializer::from_str(self.raw);
        let pairs = Pairs(PhantomData).deserialize(&mut json);
        let member = |(name, value)| (self.child(name), self.child(value));
        pairs.unwrap_or_default().into_iter().map(member).collect()
    }

    /// The field of this name; the last, where it is given more than once, as in other readers.
    pub fn get(self, name: &str) -> Option<Value<'t>> {
        self.members()
            .into_iter()
            .rfind(|(key, _)| key.string().as_deref() == Some(name))
            .map(|(_, value)| value)
    }

    fn child(self, raw: &'t RawValue) -> Value<'t> {
        let inside = raw.get().as_ptr() as usize - self.raw.as_ptr() as usize;
        Self::at(raw.get(), self.span.start + inside as u32)
    }
}

fn syntax_error(file: &SourceFile, error: &serde_json::Error) -> Diagnostic {
    let line = error.line() as u32;
    let place = match file.line_span(line) {
        Some(span) => {
            let column = (error.column() as u32).saturating_sub(1);
            (span.start + column).min(span.end)
        }
        None => file.span().end,
    };
    not_json(file, place, error)
}

fn not_json(file: &SourceFile, place: u32, error: &serde_json::Error) -> Diagnostic {
    // Columns count bytes: one may lie within a character.
    let span = Span::at(file.span().start + file.local(place));
    // The position is in the span already.
    let message = error.to_string();
    let what = message.split(" at line ").next().unwrap_or(&message);
    let message = format!("`{}` is not JSON: {what}", file.name());
    Diagnostic::new(Code::BadImport, span, message).label("it stops being JSON here")
}

type RawPair<'t> = (&'t RawValue, &'t RawValue);

/// Reads an object into its fields; `serde_json::Map` would lose places and repeated names.
struct Pairs<'t>(PhantomData<RawPair<'t>>);

impl<'t> DeserializeSeed<'t> for Pairs<'t> {
    type Value = Vec<RawPair<'t>>;

    fn deserialize<D: Deserializer<'t>>(self, json: D) -> Result<Self::Value, D::Error> {
        json.deserialize_map(self)
    }
}

impl<'t> Visitor<'t> for Pairs<'t> {
    type Value = Vec<RawPair<'t>>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'t>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut pairs = Vec::new();
        while let Some(pair) = map.next_entry()? {
            pairs.push(pair);
        }
        Ok(pairs)
    }
}
