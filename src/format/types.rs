//! Types of parameters and results.

use super::doc::{Doc, HARD_LINE, concat, indent, text};
use super::printer::{Brackets, Enclosure, Printer};
use crate::syntax::{FieldType, Text, TypeExpr, TypeKind};

impl<'s> Printer<'s> {
    /// A type; records are broken where they do not fit.
    pub(super) fn type_expr(&mut self, kind: &TypeExpr) -> Doc<'s> {
        match &kind.kind {
            TypeKind::Named(name) => self.name(name),
            TypeKind::List(element) => self.list_type(kind, element),
            TypeKind::Enum(words) => {
                let enclosure = Enclosure {
                    open: "(",
                    close: ")",
                    close_at: kind.span.end - 1,
                };
                let place = |word: &Text| word.span;
                let words = self.enclosed(enclosure, Brackets::Filled, words, place, |it, word| {
                    it.text(word)
                });
                concat([text("enum"), words])
            }
            TypeKind::Record(fields) => {
                let enclosure = Enclosure {
                    open: "{",
                    close: "}",
                    close_at: kind.span.end - 1,
                };
                let place = |field: &FieldType| field.name.span.to(field.kind.span);
                self.enclosed(enclosure, Brackets::Spaced, fields, place, Self::field_type)
            }
            TypeKind::Optional(base) => concat([self.type_expr(base), text("?")]),
            TypeKind::Error => self.verbatim(kind.span),
        }
    }

    fn field_type(&mut self, field: &FieldType) -> Doc<'s> {
        let name = self.name(&field.name);
        concat([name, text(": "), self.type_expr(&field.kind)])
    }

    /// `list<T>`; the angles stand beside what they hold, unless comments come between.
    fn list_type(&mut self, kind: &TypeExpr, element: &TypeExpr) -> Doc<'s> {
        let close = kind.span.end - 1;
        let opened = self.trailing(element.span.start);
        let above = self.own_lines_before(element.span.start, false);
        let inside = self.type_expr(element);
        let behind = self.trailing(close);
        let below = self.own_lines_before(close, true);
        let is_commented = [&opened, &above, &behind, &below]
            .iter()
            .any(|doc| doc.breaks());
        if !is_commented {
            return concat([text("list<"), inside, text(">")]);
        }
        let lines = concat([HARD_LINE, above, inside, behind, below]);
        concat([text("list<"), opened, indent(lines), HARD_LINE, text(">")])
    }
}

/// Whether a type holds a record, which can be broken.
pub(super) fn holds_record(kind: &TypeExpr) -> bool {
    match &kind.kind {
        TypeKind::Record(fields) => !fields.is_empty(),
        TypeKind::List(inner) | TypeKind::Optional(inner) => holds_record(inner),
        TypeKind::Named(_) | TypeKind::Enum(_) | TypeKind::Error => false,
    }
}
