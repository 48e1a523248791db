//! Types as they are written: what they say, and what is wrong with them.

use super::checker::Checker;
use super::expressions::either;
use super::types::{RecordField, TYPE_NAMES, Type, docs_text};
use crate::diagnostic::{Code, Diagnostic, nearest};
use crate::source::Span;
use crate::syntax::{FieldType, Name, Text, TypeExpr, TypeKind};

impl Checker<'_> {
    /// The type that is written, with its problems told.
    pub fn read_type(&self, written: &TypeExpr) -> Type {
        match &written.kind {
            TypeKind::Named(name) => self.read_named_type(name),
            TypeKind::List(item) => Type::List(Box::new(self.read_type(item))),
            TypeKind::Enum(words) => self.read_enum(written, words),
            TypeKind::Record(fields) => Type::Record(self.read_record_type(fields)),
            TypeKind::Optional(inner) => match self.read_type(inner) {
                Type::Broken => Type::Broken,
                inner => Type::Optional(Box::new(inner)),
            },
            TypeKind::Error => Type::Broken,
        }
    }

    fn read_named_type(&self, name: &Name) -> Type {
        match name.text.as_str() {
            "string" => Type::String,
            "int" => Type::Int,
            "float" => Type::Float,
            "bool" => Type::Bool,
            "any" => Type::Any,
            _ => {
                self.say_unknown_type(name, &TYPE_NAMES);
                Type::Broken
            }
        }
    }

    /// Says that a word names no type here.
    pub fn say_unknown_type(&self, name: &Name, known: &[&str]) {
        let message = format!("there is no type `{}` here", name.text);
        let label = format!("expected {}", either(known));
        let near = nearest(&name.text, known.iter().copied()).or(match name.text.as_str() {
            "str" | "text" => Some("string"),
            "integer" | "number" => Some("int"),
            "double" => Some("float"),
            _ => None,
        });
        self.say(
            Diagnostic::new(Code::WrongType, name.span, message)
                .label(label)
                .did_you_mean(near),
        );
    }

    fn read_enum(&self, written: &TypeExpr, words: &[Text]) -> Type {
        if words.is_empty() {
            let message = "an enum without values allows nothing";
            self.say(Diagnostic::new(Code::WrongType, written.span, message));
            return Type::Broken;
        }
        let mut values: Vec<String> = Vec::new();
        for word in words {
            match words.iter().find(|known| known.value == word.value) {
                Some(first) if first.span != word.span => {
                    self.say_duplicate_name(&word.value, first.span, word.span);
                }
                _ => values.push(word.value.clone()),
            }
        }
        Type::Enum(values)
    }

    fn read_record_type(&self, written: &[FieldType]) -> Vec<RecordField> {
        let mut fields: Vec<(RecordField, Span)> = Vec::new();
        for field in written {
            let kind = self.read_type(&field.kind);
            if let Some((_, first)) = fields
                .iter()
                .find(|(known, _)| known.name == field.name.text)
            {
                self.say_duplicate_name(&field.name.text, *first, field.name.span);
                continue;
            }
            let read = RecordField {
                name: field.name.text.clone(),
                kind,
                describe: docs_text(field.docs.as_ref()),
            };
            fields.push((read, field.name.span));
        }
        fields.into_iter().map(|(field, _)| field).collect()
    }

    /// Says that a name is given twice.
    pub fn say_duplicate_name(&self, name: &str, first: Span, second: Span) {
        self.say(
            Diagnostic::new(
                Code::DuplicateName,
                second,
                format!("`{name}` is declared twice"),
            )
            .label("declared again here")
            .other(first, "declared first here"),
        );
    }
}
