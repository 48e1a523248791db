//! From the events of the YAML library to the table of a document.
//!
//! What would make YAML dangerous or unclear is refused here: depth, size, aliases that multiply,
//! aliases within what they name, keys given twice and keys that are no words.

use std::borrow::Cow;
use std::collections::BTreeMap;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, StrInput, Tag};

use super::kind::Kind;
use super::yaml::{Content, Entry, Index, Scalar, Tree};
use super::yaml_places::Places;
use super::yaml_scalar::{kind_of, kind_tagged};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{BYTE_ORDER_MARK, SourceFile, Span};

/// How deep values may lie in each other, as in JSON.
const MAX_DEPTH: usize = 128;

/// How many values a document may have, those counted that aliases repeat.
const MAX_VALUES: u64 = 2_000_000;

/// The key that copies the fields of another map (YAML 1.1, and most descriptions that use anchors).
const MERGE: &str = "<<";

/// What was wrong, where going on makes no sense.
type Stop = Box<Diagnostic>;

/// Puts a document together.
pub(super) struct Builder<'t> {
    file: &'t SourceFile,
    places: Places<'t>,
    entries: Vec<Entry<'t>>,
    /// How many values each entry stands for, aliases followed.
    sizes: Vec<u64>,
    /// How many values there were so far, those counted that aliases and merges repeat.
    counted: u64,
    /// What anchors mark, once it is whole.
    anchors: BTreeMap<usize, Index>,
    open: Vec<Open>,
    root: Option<Index>,
    problems: Vec<Diagnostic>,
}

/// A list or map of which the end has not come.
struct Open {
    span: Span,
    anchor: usize,
    is_map: bool,
    /// The elements; of a map keys and values by turns.
    parts: Vec<Index>,
}

impl<'t> Builder<'t> {
    /// A builder that has seen nothing yet.
    pub fn new(file: &'t SourceFile) -> Self {
        Self {
            file,
            places: Places::new(file),
            entries: Vec::new(),
            sizes: Vec::new(),
            counted: 0,
            anchors: BTreeMap::new(),
            open: Vec::new(),
            root: None,
            problems: Vec::new(),
        }
    }

    /// The document, or what is wrong with it.
    pub fn build(mut self) -> Result<Tree<'t>, Vec<Diagnostic>> {
        if let Err(stop) = self.read_events() {
            self.problems.push(*stop);
        }
        match self.root {
            Some(root) if self.problems.is_empty() => Ok(Tree {
                file: self.file,
                entries: self.entries,
                root,
            }),
            _ => Err(self.problems),
        }
    }

    fn read_events(&mut self) -> Result<(), Stop> {
        let text = self.file.text();
        let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
        let mut parser: Parser<'t, StrInput<'t>> = Parser::new_from_str(text);
        let mut documents = 0;
        while let Some(event) = parser.next_event() {
            let (event, span) =
                event.map_err(|error| self.no_yaml(*error.marker(), error.info()))?;
            let span = self.places.span(span);
            match event {
                Event::StreamEnd => break,
                Event::DocumentStart(_) => {
                    documents += 1;
                    if documents == 2 {
                        return Err(self.second_document(span));
                    }
                }
                event => self.take(event, span)?,
            }
        }
        if self.root.is_none() {
            let end = Span::at(self.file.span().end);
            let null = self.scalar(Cow::Borrowed(""), ScalarStyle::Plain, None);
            self.value(end, Content::Scalar(null), 0, 1)?;
        }
        Ok(())
    }

    fn take(&mut self, event: Event<'t>, span: Span) -> Result<(), Stop> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let scalar = self.scalar(text, style, tag.as_deref());
                let span = match style {
                    ScalarStyle::Literal | ScalarStyle::Folded => self.places.trimmed(span),
                    _ => span,
                };
                self.value(span, Content::Scalar(scalar), anchor, 1)
            }
            Event::Alias(anchor) => self.alias(anchor, span),
            Event::SequenceStart(anchor, _) => self.opened(span, anchor, false),
            Event::MappingStart(anchor, _) => self.opened(span, anchor, true),
            Event::SequenceEnd | Event::MappingEnd => self.closed(span),
            _ => Ok(()),
        }
    }

    fn scalar(&self, text: Cow<'t, str>, style: ScalarStyle, tag: Option<&Tag>) -> Scalar<'t> {
        let is_plain = style == ScalarStyle::Plain;
        let untagged = match is_plain {
            true => kind_of(&text),
            false => Kind::String,
        };
        let kind = match tag {
            Some(tag) if tag.is_yaml_core_schema() => kind_tagged(&tag.suffix, &text),
            Some(tag) if tag.handle.is_empty() && tag.suffix == "!" => Some(Kind::String),
            _ => None,
        };
        Scalar {
            kind: kind.unwrap_or(untagged),
            is_plain: is_plain && tag.is_none(),
            is_quoted: matches!(style, ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted),
            text,
        }
    }

    fn opened(&mut self, span: Span, anchor: usize, is_map: bool) -> Result<(), Stop> {
        if self.open.len() == MAX_DEPTH {
            return Err(self.too_deep(span));
        }
        self.open.push(Open {
            span,
            anchor,
            is_map,
            parts: Vec::new(),
        });
        Ok(())
    }

    fn closed(&mut self, end: Span) -> Result<(), Stop> {
        let open = self.open.pop().expect("each end has a start before it");
        let last = open.parts.last().map(|part| self.entry(*part).span.end);
        // In block style the end is where the next thing begins; flow style has a bracket.
        let end = match end.is_empty() {
            true => last.unwrap_or(open.span.end),
            false => end.end,
        };
        let span = Span::new(open.span.start, end.max(open.span.start));
        let anchor = open.anchor;
        let (content, size) = match open.is_map {
            true => self.map(&open.parts),
            false => {
                let sizes = open.parts.iter().map(|part| self.sizes[*part as usize]);
                let size = sizes.fold(0, u64::saturating_add);
                (Content::List(open.parts), size)
            }
        };
        self.value(span, content, anchor, size.saturating_add(1))
    }

    /// Puts a value into the table, and where it belongs.
    fn value(
        &mut self,
        span: Span,
        content: Content<'t>,
        anchor: usize,
        size: u64,
    ) -> Result<(), Stop> {
        let index = self.add(Entry { span, content }, size);
        if anchor != 0 {
            self.anchors.insert(anchor, index);
        }
        self.count(1, span)?;
        self.place(index);
        Ok(())
    }

    fn alias(&mut self, anchor: usize, span: Span) -> Result<(), Stop> {
        let Some(&index) = self.anchors.get(&anchor) else {
            let message = "this alias lies within what it stands for";
            return Err(Box::new(Diagnostic::new(Code::BadImport, span, message)));
        };
        self.count(self.sizes[index as usize], span)?;
        self.place(index);
        Ok(())
    }

    fn add(&mut self, entry: Entry<'t>, size: u64) -> Index {
        self.entries.push(entry);
        self.sizes.push(size);
        self.entries.len() as Index - 1
    }

    fn place(&mut self, index: Index) {
        match self.open.last_mut() {
            Some(open) => open.parts.push(index),
            None => self.root = Some(index),
        }
    }

    fn count(&mut self, values: u64, span: Span) -> Result<(), Stop> {
        self.counted = self.counted.saturating_add(values);
        if self.counted <= MAX_VALUES {
            return Ok(());
        }
        let message = format!("`{}` has more than {MAX_VALUES} values", self.file.name());
        Err(Box::new(
            Diagnostic::new(Code::TooLarge, span, message)
                .label("counted as often as aliases repeat them"),
        ))
    }

    /// The fields of a map, and how many values they are; keys given twice are told.
    fn map(&mut self, parts: &[Index]) -> (Content<'t>, u64) {
        let mut pairs = Vec::with_capacity(parts.len() / 2);
        let mut merged = Vec::new();
        let mut known = BTreeMap::new();
        for pair in parts.chunks_exact(2) {
            let (key, value) = (pair[0], pair[1]);
            if self.is_merge(key) {
                merged.push(value);
            } else if let Some((key, name)) = self.key(key)
                && self.is_new(&mut known, name, key)
            {
                pairs.push((key, value));
            }
        }
        for value in merged {
            self.merge(value, &mut known, &mut pairs);
        }
        let size =
            |(key, value): &(Index, Index)| self.sizes[*key as usize] + self.sizes[*value as usize];
        let size = pairs.iter().map(size).fold(0, u64::saturating_add);
        (Content::Map(pairs), size)
    }

    fn is_merge(&self, key: Index) -> bool {
        matches!(
            &self.entry(key).content,
            Content::Scalar(scalar) if scalar.is_plain && scalar.text == MERGE
        )
    }

    /// The key as a string: `200` and `true` name fields as they are written.
    fn key(&mut self, key: Index) -> Option<(Index, String)> {
        let entry = self.entry(key).clone();
        let Content::Scalar(scalar) = entry.content else {
            let message = "a key of a map should be a word, not a list or a map";
            self.problems
                .push(Diagnostic::new(Code::BadImport, entry.span, message));
            return None;
        };
        let name = scalar.text.to_string();
        if scalar.kind == Kind::String {
            return Some((key, name));
        }
        let kind = Kind::String;
        let content = Content::Scalar(Scalar { kind, ..scalar });
        let span = entry.span;
        // A value of its own: an alias of the same anchor may stand for the number elsewhere.
        Some((self.add(Entry { span, content }, 1), name))
    }

    fn is_new(&mut self, known: &mut BTreeMap<String, Index>, name: String, key: Index) -> bool {
        let span = self.entry(key).span;
        if let Some(first) = known.get(&name) {
            let first = self.entry(*first).span;
            let message = format!("the key `{name}` is given twice");
            self.problems.push(
                Diagnostic::new(Code::BadImport, span, message)
                    .label("again here")
                    .other(first, "first given here"),
            );
            return false;
        }
        known.insert(name, key);
        true
    }

    /// Adds the fields of the map, or of each map in the list, that are not there yet.
    fn merge(
        &mut self,
        value: Index,
        known: &mut BTreeMap<String, Index>,
        pairs: &mut Vec<(Index, Index)>,
    ) {
        let sources = match &self.entry(value).content {
            Content::List(elements) => elements.clone(),
            _ => vec![value],
        };
        for source in sources {
            let Content::Map(fields) = self.entry(source).content.clone() else {
                let span = self.entry(source).span;
                let message = format!("`{MERGE}` copies the fields of maps, and this is none");
                self.problems
                    .push(Diagnostic::new(Code::BadImport, span, message));
                continue;
            };
            self.counted = self.counted.saturating_add(fields.len() as u64);
            for (key, value) in fields {
                let name = match &self.entry(key).content {
                    Content::Scalar(scalar) => scalar.text.to_string(),
                    _ => continue,
                };
                if known.insert(name, key).is_none() {
                    pairs.push((key, value));
                }
            }
        }
    }

    fn entry(&self, index: Index) -> &Entry<'t> {
        &self.entries[index as usize]
    }

    fn no_yaml(&mut self, marker: Marker, info: &str) -> Stop {
        let span = Span::at(self.places.at(marker.index()));
        // The library looks ahead, and has a bound of its own.
        if info == "recursion limit exceeded" {
            return self.too_deep(span);
        }
        let name = self.file.name();
        let ending = name.rsplit('.').next().unwrap_or_default();
        let message = match ending.to_ascii_lowercase().as_str() {
            "yaml" | "yml" => format!("`{name}` is not YAML: {info}"),
            _ => format!("`{name}` is neither JSON nor YAML: {info}"),
        };
        Box::new(
            Diagnostic::new(Code::BadImport, span, message)
                .label("it stops being YAML here")
                .help("tool files are MCP `tools/list`, OpenAPI 3 or ToolEmu, in JSON or YAML"),
        )
    }

    fn too_deep(&self, span: Span) -> Stop {
        let message = format!("`{}` nests more than {MAX_DEPTH} deep", self.file.name());
        Box::new(Diagnostic::new(Code::TooDeep, span, message))
    }

    fn second_document(&self, span: Span) -> Stop {
        let message = format!("`{}` holds more than one YAML document", self.file.name());
        Box::new(
            Diagnostic::new(Code::BadImport, span, message)
                .label("the second begins here")
                .help("put each description into a file of its own"),
        )
    }
}
