//! The walk over a tree, with its comments taken along in the order of the file.

use super::align::{Row, RowKind};
use super::damage::{Damage, lines_around};
use super::doc::{Doc, HARD_LINE, NOTHING, SOFT_LINE, broken, concat, group, indent, text};
use crate::source::{SourceFile, Span};
use crate::syntax::{Comment, Name, Path, Text, TextStyle, Tree};

/// Makes docs of nodes; each comment is printed with the node that it stands before or behind.
pub(super) struct Printer<'s> {
    pub(super) source: &'s SourceFile,
    pub(super) damage: &'s Damage,
    comments: &'s [Comment],
    next_comment: usize,
    /// Up to where damaged lines have been printed.
    kept_until: u32,
    /// How many levels deep the walk is.
    pub(super) depth: usize,
}

/// How a list in brackets is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Brackets {
    /// `[a]`, `(a)`
    Tight,
    /// `{ a }`
    Spaced,
    /// `[a]`; where it is broken, as many values on a line as fit.
    Filled,
}

/// An opening bracket, a closing one, and where that stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Enclosure {
    pub(super) open: &'static str,
    pub(super) close: &'static str,
    pub(super) close_at: u32,
}

impl<'s> Printer<'s> {
    /// The walk at its beginning.
    pub(super) fn new(source: &'s SourceFile, tree: &'s Tree, damage: &'s Damage) -> Self {
        Self {
            source,
            damage,
            comments: &tree.comments,
            next_comment: 0,
            kept_until: 0,
            depth: 0,
        }
    }

    /// The source under a span.
    pub(super) fn written(&self, span: Span) -> &'s str {
        let (start, end) = (self.source.local(span.start), self.source.local(span.end));
        &self.source.text()[start as usize..end as usize]
    }

    /// The source under a span, as it is.
    pub(super) fn verbatim(&self, span: Span) -> Doc<'s> {
        text(self.written(span))
    }

    /// A name, in its backquotes where it has some.
    pub(super) fn name(&self, name: &Name) -> Doc<'s> {
        self.verbatim(name.span)
    }

    /// Names with dots between them.
    pub(super) fn path(&self, path: &Path) -> Doc<'s> {
        let names: Vec<&str> = path
            .segments
            .iter()
            .map(|name| self.written(name.span))
            .collect();
        text(names.join("."))
    }

    /// A text in its own style. The lines of a block move with the code around it.
    pub(super) fn text(&self, written: &Text) -> Doc<'s> {
        let source = self.written(written.span);
        if written.style != TextStyle::Block || !source.contains('\n') {
            return text(source);
        }
        let quotes = text("\"\"\"");
        if written.value.is_empty() {
            return concat([quotes.clone(), HARD_LINE, quotes]);
        }
        let lines = written
            .value
            .split('\n')
            .flat_map(|line| [HARD_LINE, text(line.to_owned())]);
        concat([quotes.clone(), indent(concat(lines)), HARD_LINE, quotes])
    }

    /// Whether an empty line stands before what begins at `start`.
    pub(super) fn is_after_blank(&self, start: u32) -> bool {
        let before = &self.source.text()[..self.source.local(start) as usize];
        let blanks = &before[before.trim_end().len()..];
        blanks.matches('\n').count() > 1
    }

    /// Whether a span stands on one line.
    pub(super) fn is_on_one_line(&self, span: Span) -> bool {
        !self.written(span).contains('\n')
    }

    /// Where the next code stands at or behind `offset`.
    pub(super) fn skip_trivia(&self, offset: u32) -> u32 {
        self.find_code(offset, |character| !character.is_whitespace())
    }

    /// The place of the first `sign` behind `offset`, comments passed over.
    pub(super) fn find_sign(&self, offset: u32, sign: char) -> u32 {
        self.find_code(offset, |character| character == sign)
    }

    fn find_code(&self, offset: u32, is_wanted: impl Fn(char) -> bool) -> u32 {
        let base = self.source.span().start;
        let mut at = self.source.local(offset) as usize;
        let text = self.source.text();
        while let Some(next) = text[at..].chars().next() {
            if text[at..].starts_with("//") {
                at += text[at..].find('\n').unwrap_or(text.len() - at);
            } else if is_wanted(next) {
                break;
            } else {
                at += next.len_utf8();
            }
        }
        base + at as u32
    }

    /// Whether a comment that was not printed yet begins before `offset`.
    pub(super) fn has_comment_before(&self, offset: u32) -> bool {
        self.comments
            .get(self.next_comment)
            .is_some_and(|comment| comment.span.start < offset)
    }

    /// The comments behind the code just printed, up to what begins at `until`.
    pub(super) fn trailing(&mut self, until: u32) -> Doc<'s> {
        let mut found = Vec::new();
        while let Some(comment) = self.comments.get(self.next_comment) {
            if comment.span.start >= until || !comment.trails_code {
                break;
            }
            let line = lines_around(self.source, comment.span).start;
            found.push(Doc::Comment {
                text: self.written(comment.span),
                before: self.written(Span::new(line, comment.span.start)),
            });
            self.next_comment += 1;
        }
        Doc::Concat(found)
    }

    /// What stands on lines of its own up to `until`: comments, and lines that cannot be read.
    pub(super) fn rows_before(&mut self, until: u32) -> Vec<Row<'s>> {
        let mut rows = Vec::new();
        loop {
            let comment = self
                .comments
                .get(self.next_comment)
                .map(|comment| comment.span);
            let comment = comment.filter(|span| span.start < until);
            let kept = self.damage_before(until);
            match (comment, kept) {
                (Some(comment), kept) if kept.is_none_or(|kept| comment.start < kept.start) => {
                    self.next_comment += 1;
                    rows.push(self.row(comment.start, RowKind::Comment(self.verbatim(comment))));
                }
                (_, Some(kept)) => rows.extend(self.keep(kept)),
                _ => return rows,
            }
        }
    }

    /// The same, with a comma below documentation that a comma keeps from what begins at `start`.
    pub(super) fn rows_before_entry(&mut self, start: u32) -> Vec<Row<'s>> {
        let first = self.next_comment;
        let mut rows = self.rows_before(start);
        let comments = &self.comments[first..self.next_comment];
        if let Some(last) = comments.last() {
            let end = last.span.end.min(start);
            let is_kept_apart = self.written(Span::new(end, start)).contains(',');
            if is_kept_apart && comments.iter().any(|comment| comment.is_doc) {
                rows.push(self.row(end, RowKind::Other(text(","))));
            }
        }
        rows
    }

    /// The damaged lines that come next, where they begin before `until`.
    fn damage_before(&self, until: u32) -> Option<Span> {
        let lines = self.damage.first_from(self.kept_until)?;
        let start = lines.start.max(self.kept_until);
        let written = self.written(Span::new(start, lines.end.max(start)));
        let start = start + (written.len() - written.trim_start().len()) as u32;
        (start < until).then(|| Span::new(start, lines.end.max(start)))
    }

    /// Source kept word for word to the end of its lines, comments included.
    pub(super) fn keep(&mut self, span: Span) -> Option<Row<'s>> {
        let end = lines_around(self.source, span).end;
        self.kept_until = end + 1;
        while self.has_comment_before(end) {
            self.next_comment += 1;
        }
        let written = self.written(Span::new(span.start, end));
        let start = end - written.trim_start().len() as u32;
        let kept = Doc::Raw(written.trim());
        (start < end).then(|| self.row(start, RowKind::Other(kept)))
    }

    /// Whether what begins at `start` has been printed with the damaged lines before it.
    pub(super) fn is_kept(&self, start: u32) -> bool {
        start < self.kept_until
    }

    /// What of a span was not printed with the damaged lines before it.
    pub(super) fn keep_rest(&mut self, span: Span) -> Option<Row<'s>> {
        let rest = Span::new(self.kept_until.min(span.end), span.end);
        (!rest.is_empty()).then(|| self.keep(rest)).flatten()
    }

    /// A row that begins at `start`.
    pub(super) fn row(&self, start: u32, kind: RowKind<'s>) -> Row<'s> {
        Row {
            is_after_blank: self.is_after_blank(start),
            kind,
            tail: NOTHING,
        }
    }

    /// Values between brackets, with commas: on one line, or each on its own.
    pub(super) fn enclosed<T>(
        &mut self,
        enclosure: Enclosure,
        brackets: Brackets,
        values: &[T],
        place: fn(&T) -> Span,
        print: fn(&mut Self, &T) -> Doc<'s>,
    ) -> Doc<'s> {
        let close_at = enclosure.close_at;
        let has_comments = self.has_comment_before(close_at);
        if values.is_empty() && !has_comments {
            return text(format!("{}{}", enclosure.open, enclosure.close));
        }
        self.depth += 1;
        let first = values.first().map_or(close_at, |value| place(value).start);
        let opened = self.trailing(first);
        let rows = self.enclosed_rows(close_at, values, place, print);
        self.depth -= 1;
        match (brackets, has_comments) {
            (Brackets::Filled, false) => fill(enclosure, rows),
            (_, true) => broken(between(enclosure, brackets, opened, rows)),
            (_, false) => group(between(enclosure, brackets, opened, rows)),
        }
    }

    /// Each value with its comma and the comments around it, and whether a blank line stands before it.
    fn enclosed_rows<T>(
        &mut self,
        close_at: u32,
        values: &[T],
        place: fn(&T) -> Span,
        print: fn(&mut Self, &T) -> Doc<'s>,
    ) -> Vec<(bool, Doc<'s>)> {
        let mut rows: Vec<(bool, Doc<'s>)> = Vec::new();
        for (index, value) in values.iter().enumerate() {
            let next = values
                .get(index + 1)
                .map_or(close_at, |next| place(next).start);
            rows.extend(self.comment_lines(place(value).start));
            let is_after_blank = self.is_after_blank(place(value).start);
            let printed = print(self, value);
            let comma = match index + 1 < values.len() {
                true => self.comma(place(value).end, next),
                false => Doc::IfBroken(","),
            };
            let tail = self.trailing(next);
            rows.push((is_after_blank, concat([printed, comma, tail])));
        }
        rows.extend(self.comment_lines(close_at));
        rows
    }

    /// The comma between a value and the next. Documentation that stands before it documents
    /// nothing, and would document what comes next if it came behind.
    fn comma(&mut self, end: u32, next: u32) -> Doc<'s> {
        if !self.has_comment_before(next) {
            return text(",");
        }
        let comma_at = self.find_sign(end, ',').min(next);
        let ahead = self.comments[self.next_comment..].iter();
        let mut ahead = ahead.take_while(|comment| comment.span.start < comma_at);
        if !ahead.any(|comment| comment.is_doc && !comment.trails_code) {
            return text(",");
        }
        let behind = self.trailing(comma_at);
        let below = self.comment_lines(comma_at).into_iter();
        let below = below.flat_map(|(_, line)| [HARD_LINE, line]).collect();
        concat([behind, Doc::Concat(below), HARD_LINE, text(",")])
    }

    fn comment_lines(&mut self, until: u32) -> Vec<(bool, Doc<'s>)> {
        let rows = self.rows_before(until).into_iter();
        rows.map(|row| (row.is_after_blank, row.into_doc()))
            .collect()
    }
}

/// Rows between brackets; each begins a line where they do not fit on one.
fn between<'s>(
    Enclosure { open, close, .. }: Enclosure,
    brackets: Brackets,
    opened: Doc<'s>,
    rows: Vec<(bool, Doc<'s>)>,
) -> Doc<'s> {
    let edge = match brackets {
        Brackets::Spaced => super::doc::LINE,
        Brackets::Tight | Brackets::Filled => SOFT_LINE,
    };
    let mut inside = vec![opened];
    for (index, (is_after_blank, row)) in rows.into_iter().enumerate() {
        inside.push(match index {
            0 => edge.clone(),
            _ => Doc::Line {
                flat: " ",
                blank: is_after_blank,
            },
        });
        inside.push(row);
    }
    concat([text(open), indent(Doc::Concat(inside)), edge, text(close)])
}

/// Values of which each has a comma already, as many on a line as fit.
fn fill<'s>(enclosure: Enclosure, rows: Vec<(bool, Doc<'s>)>) -> Doc<'s> {
    let without_comma = |(_, row): (bool, Doc<'s>)| match row {
        Doc::Concat(mut parts) => {
            parts.truncate(1);
            Doc::Concat(parts)
        }
        other => other,
    };
    let values = rows.into_iter().map(without_comma).collect();
    group(concat([
        text(enclosure.open),
        indent(concat([SOFT_LINE, Doc::Fill(values)])),
        SOFT_LINE,
        text(enclosure.close),
    ]))
}
