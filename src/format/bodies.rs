//! What stands in braces: fields, blocks, axes, rules and examples.

use super::align::{Keyed, Row, RowKind, stacked};
use super::doc::{Doc, HARD_LINE, concat, indent, text};
use super::layout::{INDENT, MAX_WIDTH};
use super::printer::Printer;
use crate::source::Span;
use crate::syntax::{
    Axis, Block, Body, Braces, Constraint, ConstraintKind, Entry, EntryKind, Example,
    ExampleVerdict, Field, Vary,
};

impl<'s> Printer<'s> {
    /// The entries of a declaration, each on a line of its own.
    pub(super) fn body(&mut self, body: &Body) -> Doc<'s> {
        self.braced(body.braces, &body.entries, |entry| entry.span, Self::entry)
    }

    /// `{`, rows, `}`
    pub(super) fn braced<T>(
        &mut self,
        braces: Braces,
        entries: &[T],
        place: fn(&T) -> Span,
        print: fn(&mut Self, &T) -> Option<RowKind<'s>>,
    ) -> Doc<'s> {
        let close = braces.close.start;
        let first = entries.first().map_or(close, |entry| place(entry).start);
        let opened = self.trailing(first.min(close));
        self.depth += 1;
        let mut rows = self.rows(entries, close, place, print);
        rows.extend(self.rows_before(close));
        let inside = stacked(rows, self.depth);
        self.depth -= 1;
        match (&inside, opened.breaks()) {
            (Doc::Concat(lines), false) if lines.is_empty() => text("{}"),
            _ => concat([text("{"), opened, indent(inside), HARD_LINE, text("}")]),
        }
    }

    /// The rows of nodes that follow each other up to `close`. Damaged ones are kept as they are.
    pub(super) fn rows<T>(
        &mut self,
        nodes: &[T],
        close: u32,
        place: fn(&T) -> Span,
        print: fn(&mut Self, &T) -> Option<RowKind<'s>>,
    ) -> Vec<Row<'s>> {
        let mut rows = Vec::new();
        for (index, node) in nodes.iter().enumerate() {
            let span = place(node);
            rows.extend(self.rows_before_entry(span.start));
            if self.is_kept(span.start) {
                rows.extend(self.keep_rest(span));
                continue;
            }
            let Some(kind) = print(self, node) else {
                rows.extend(self.keep(span));
                continue;
            };
            let next = nodes.get(index + 1).map_or(close, |next| place(next).start);
            let mut row = self.row(span.start, kind);
            row.tail = self.trailing(next);
            rows.push(row);
        }
        rows
    }

    pub(super) fn entry(&mut self, entry: &Entry) -> Option<RowKind<'s>> {
        if self.is_broken(entry) {
            return None;
        }
        Some(match &entry.kind {
            EntryKind::Field(field) | EntryKind::Plant(field) => self.field(entry.span, field),
            EntryKind::Block(block) => RowKind::Other(self.block(block)),
            EntryKind::Vary(vary) => RowKind::Other(self.vary(vary)),
            EntryKind::Constraint(constraint) => RowKind::Other(self.constraint(constraint)),
            EntryKind::Rule(rule) => RowKind::Other(self.rule(rule)),
            EntryKind::Example(example) => self.example(example),
            EntryKind::Tool(tool) => RowKind::Other(self.tool(tool)),
            EntryKind::Error { .. } => return None,
        })
    }

    /// Whether an entry is to be kept as it is: damaged, and not just within the braces it has.
    fn is_broken(&self, entry: &Entry) -> bool {
        let braces = match &entry.kind {
            EntryKind::Block(block) => Some(block.body.braces),
            EntryKind::Vary(vary) => Some(vary.braces),
            _ => None,
        };
        self.is_damaged(entry.span, braces)
    }

    /// Whether damage touches a node elsewhere than on the lines within its braces.
    pub(super) fn is_damaged(&self, span: Span, braces: Option<Braces>) -> bool {
        if !self.damage.touches(self.source, span) {
            return false;
        }
        let Some(braces) = braces else {
            return true;
        };
        let header = Span::new(span.start, braces.open.end.max(span.start));
        let footer = Span::new(braces.close.start, span.end.max(braces.close.start));
        self.damage.touches(self.source, header) || self.damage.touches(self.source, footer)
    }

    /// `name = value`, or the same behind `plant`.
    fn field(&mut self, span: Span, field: &Field) -> RowKind<'s> {
        let name = self.written(field.name.span);
        let key = match field.name.span.start > span.start {
            true => format!("plant {name}"),
            false => name.to_owned(),
        };
        let between = gap(field.name.span, field.value.span);
        RowKind::Keyed(Keyed {
            key,
            column: self.sign_column(span, between, "="),
            sign: "=",
            value: self.value(&field.value),
        })
    }

    /// Where the sign that stands within `between` stands behind the beginning of its line's code.
    fn sign_column(&self, span: Span, between: Span, sign: &str) -> Option<usize> {
        let before = &self.source.text()[..self.source.local(span.start) as usize];
        let line = before.rsplit('\n').next().unwrap_or(before);
        let offset = self.written(between).find(sign)?;
        let written = self.written(Span::new(span.start, between.start + offset as u32));
        line.trim().is_empty().then(|| written.chars().count())
    }

    /// `limits { … }`; on one line where it was written so and fits.
    fn block(&mut self, block: &Block) -> Doc<'s> {
        let name = self.name(&block.name);
        if let Some(body) = self.one_line_body(&block.body) {
            let line = concat([name.clone(), text(" "), body]);
            if self.depth * INDENT + line.width() <= MAX_WIDTH {
                return line;
            }
        }
        concat([name, text(" "), self.body(&block.body)])
    }

    /// `{ a = 1, b = 2 }`, where it was written so and nothing in it has to begin a line.
    ///
    /// There is no comment in such a body, so that it may be printed again.
    pub(super) fn one_line_body(&mut self, body: &Body) -> Option<Doc<'s>> {
        if !self.is_on_one_line(body.braces.open.to(body.braces.close)) {
            return None;
        }
        let mut entries = Vec::new();
        for entry in &body.entries {
            let kind = self.entry(entry)?;
            let doc = self.row(entry.span.start, kind).into_doc();
            if doc.breaks() {
                return None;
            }
            entries.push(doc.flat());
        }
        Some(match entries.is_empty() {
            true => text("{}"),
            false => text(format!("{{ {} }}", entries.join(", "))),
        })
    }

    fn vary(&mut self, vary: &Vary) -> Doc<'s> {
        let axes = self.braced(vary.braces, &vary.axes, |axis| axis.span, Self::axis);
        concat([text("vary "), axes])
    }

    fn axis(&mut self, axis: &Axis) -> Option<RowKind<'s>> {
        if self.is_damaged(axis.span, None) {
            return None;
        }
        let between = gap(axis.name.span, axis.values.span);
        Some(RowKind::Keyed(Keyed {
            key: self.written(axis.name.span).to_owned(),
            column: self.sign_column(axis.span, between, "in"),
            sign: "in",
            value: self.value(&axis.values),
        }))
    }

    fn constraint(&mut self, constraint: &Constraint) -> Doc<'s> {
        let word = match constraint.kind {
            ConstraintKind::Forbid => "forbid ",
            ConstraintKind::Require => "require ",
        };
        concat([text(word), self.condition(&constraint.condition)])
    }

    fn example(&mut self, example: &Example) -> RowKind<'s> {
        RowKind::Example {
            word: match example.verdict {
                ExampleVerdict::Unsafe => "unsafe",
                ExampleVerdict::Allowed => "allowed",
            },
            call: self.call(&example.call),
        }
    }
}

/// What lies between two places. In what could not be read they may overlap.
fn gap(before: Span, behind: Span) -> Span {
    Span::new(before.end, behind.start.max(before.end))
}
