//! Values.

use super::doc::{Doc, concat, text};
use super::printer::{Brackets, Enclosure, Printer};
use crate::source::Span;
use crate::syntax::{Argument, Call, Expr, ExprKind, RecordField};

/// The longest value of a list that has several on a line when it is broken.
const MAX_FILLED: usize = 24;

impl<'s> Printer<'s> {
    /// A value, its numbers and texts as they were written.
    pub(super) fn value(&mut self, value: &Expr) -> Doc<'s> {
        match &value.kind {
            ExprKind::Text(written) => self.text(written),
            ExprKind::Int(_)
            | ExprKind::Float(_)
            | ExprKind::Percent(_)
            | ExprKind::Duration(_)
            | ExprKind::Bool(_) => text(self.bare(value.span)),
            ExprKind::Path(path) => self.path(path),
            ExprKind::List(values) => self.list(value.span, values),
            ExprKind::Record(fields) => self.record(value.span, fields),
            ExprKind::Range { start, end } => {
                let start = self.value(start);
                concat([start, text(".."), self.value(end)])
            }
            ExprKind::Call(call) => self.call(call),
            ExprKind::With { base, body } => {
                let base = self.value(base);
                let body = match self.one_line_body(body) {
                    Some(line) => line,
                    None => self.body(body),
                };
                concat([base, text(" with "), body])
            }
            ExprKind::Prose {
                modifiers,
                text: prose,
            } => {
                let words: Vec<&str> = modifiers
                    .iter()
                    .map(|word| self.written(word.span))
                    .collect();
                concat([text(words.join(" ")), text(" "), self.text(prose)])
            }
            ExprKind::Weighted { value, weight } => {
                let value = self.value(value);
                concat([value, text(" weight "), self.value(weight)])
            }
            ExprKind::Over { base, elements } => {
                let end = base.span.end;
                let base = self.value(base);
                concat([base, text(" over "), self.list(Span::at(end), elements)])
            }
            ExprKind::Not(_) | ExprKind::Binary { .. } => self.condition(value),
            // Reported, so its lines are kept; this is for those that the report does not name.
            ExprKind::Error => self.verbatim(value.span),
        }
    }

    /// A number or boolean without the parentheses that a condition may have put around it.
    fn bare(&self, span: Span) -> &'s str {
        let written = self.written(span);
        match written.starts_with('(') {
            true => written
                .lines()
                .map(|line| line.split("//").next().unwrap_or_default())
                .map(|line| line.trim_matches(['(', ')', ' ', '\t', '\r']))
                .find(|line| !line.is_empty())
                .unwrap_or(written),
            false => written,
        }
    }

    fn list(&mut self, span: Span, values: &[Expr]) -> Doc<'s> {
        let last = values.last().map_or(span.start, |value| value.span.end);
        let enclosure = Enclosure {
            open: "[",
            close: "]",
            close_at: self.find_sign(last, ']'),
        };
        let is_short = |value: &Expr| value.span.len() as usize <= MAX_FILLED && is_plain(value);
        let brackets = match values.iter().all(is_short) {
            true => Brackets::Filled,
            false => Brackets::Tight,
        };
        self.enclosed(enclosure, brackets, values, |value| value.span, Self::value)
    }

    fn record(&mut self, span: Span, fields: &[RecordField]) -> Doc<'s> {
        let last = fields
            .last()
            .map_or(span.start, |field| field.value.span.end);
        let enclosure = Enclosure {
            open: "{",
            close: "}",
            close_at: self.find_sign(last, '}'),
        };
        let place = |field: &RecordField| field.name.span.to(field.value.span);
        self.enclosed(
            enclosure,
            Brackets::Spaced,
            fields,
            place,
            Self::record_field,
        )
    }

    fn record_field(&mut self, field: &RecordField) -> Doc<'s> {
        let name = self.name(&field.name);
        concat([name, text(": "), self.value(&field.value)])
    }

    /// `callee(a, name = b)`
    pub(super) fn call(&mut self, call: &Call) -> Doc<'s> {
        let callee = self.path(&call.callee);
        let enclosure = Enclosure {
            open: "(",
            close: ")",
            close_at: call.span.end - 1,
        };
        let place = |argument: &Argument| argument.span;
        let arguments = self.enclosed(
            enclosure,
            Brackets::Tight,
            &call.arguments,
            place,
            Self::argument,
        );
        concat([callee, arguments])
    }

    fn argument(&mut self, argument: &Argument) -> Doc<'s> {
        let value = self.value(&argument.value);
        match &argument.name {
            Some(name) => concat([self.name(name), text(" = "), value]),
            None => value,
        }
    }
}

/// Whether a value is a word, a number or a text of one line, with or without a weight.
fn is_plain(value: &Expr) -> bool {
    match &value.kind {
        ExprKind::Text(_)
        | ExprKind::Int(_)
        | ExprKind::Float(_)
        | ExprKind::Percent(_)
        | ExprKind::Duration(_)
        | ExprKind::Bool(_)
        | ExprKind::Path(_)
        | ExprKind::Range { .. } => true,
        ExprKind::Weighted { value, .. } => is_plain(value),
        _ => false,
    }
}
