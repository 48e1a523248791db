//! Diagnostics for programs: one JSON object a line.

use serde::Serialize;

use super::{Diagnostic, Fix, Label};
use crate::source::{SourceMap, Span};

/// One JSON object on one line, without the line break.
pub fn render_json(diagnostic: &Diagnostic, sources: &SourceMap) -> String {
    let places = Places(sources);
    let object = Object {
        code: diagnostic.code.name(),
        severity: diagnostic.severity().word(),
        message: &diagnostic.message,
        file: places.file(diagnostic.span),
        span: places.span(diagnostic.span),
        labels: diagnostic
            .others
            .iter()
            .map(|label| places.label(label))
            .collect(),
        help: diagnostic.help.as_deref(),
        fix: diagnostic.fix.as_ref().map(|fix| places.fix(fix)),
    };
    serde_json::to_string(&object).expect("texts and numbers always become JSON")
}

#[derive(Serialize)]
struct Object<'a> {
    code: &'a str,
    severity: &'a str,
    message: &'a str,
    file: &'a str,
    span: JsonSpan,
    labels: Vec<JsonLabel<'a>>,
    help: Option<&'a str>,
    fix: Option<JsonFix<'a>>,
}

#[derive(Serialize)]
struct JsonSpan {
    start: Position,
    end: Position,
}

/// Line and column from 1, the column in characters; the offset in bytes of the file.
#[derive(Serialize)]
struct Position {
    line: u32,
    column: u32,
    offset: u32,
}

#[derive(Serialize)]
struct JsonLabel<'a> {
    file: &'a str,
    span: JsonSpan,
    message: &'a str,
}

#[derive(Serialize)]
struct JsonFix<'a> {
    title: &'a str,
    edits: Vec<JsonEdit<'a>>,
}

#[derive(Serialize)]
struct JsonEdit<'a> {
    file: &'a str,
    span: JsonSpan,
    text: &'a str,
}

/// Turns spans of the shared offset space into places in files.
struct Places<'a>(&'a SourceMap);

impl<'a> Places<'a> {
    fn file(&self, span: Span) -> &'a str {
        self.0.file_at(span.start).map_or("", |file| file.name())
    }

    fn span(&self, span: Span) -> JsonSpan {
        JsonSpan {
            start: self.position(span, span.start),
            end: self.position(span, span.end),
        }
    }

    /// An offset of a span, in the file that the span begins in.
    fn position(&self, span: Span, offset: u32) -> Position {
        match self.0.file_at(span.start) {
            Some(file) => {
                let place = file.line_column(offset);
                Position {
                    line: place.line,
                    column: place.column,
                    offset: file.local(offset),
                }
            }
            None => Position {
                line: 1,
                column: 1,
                offset: 0,
            },
        }
    }

    fn label(&self, label: &'a Label) -> JsonLabel<'a> {
        JsonLabel {
            file: self.file(label.span),
            span: self.span(label.span),
            message: &label.message,
        }
    }

    fn fix(&self, fix: &'a Fix) -> JsonFix<'a> {
        let edits = fix.edits.iter().map(|edit| JsonEdit {
            file: self.file(edit.span),
            span: self.span(edit.span),
            text: &edit.text,
        });
        JsonFix {
            title: &fix.title,
            edits: edits.collect(),
        }
    }
}
