//! Lines that could not be read, and are kept as they are.

use crate::diagnostic::Diagnostic;
use crate::source::{SourceFile, Span};
use crate::syntax::{Axis, Body, Entry, EntryKind, ExprKind, Item, ItemKind, Tree};

/// The lines that a problem touches, in order; lines that follow each other are one range.
#[derive(Debug, Default)]
pub(super) struct Damage {
    lines: Vec<Span>,
}

impl Damage {
    /// What the problems of a file, and what could not be read in it, leave to be kept.
    pub(super) fn of(source: &SourceFile, tree: &Tree, problems: &[Diagnostic]) -> Self {
        let mut places: Vec<Span> = problems.iter().flat_map(places_of).collect();
        tree.items
            .iter()
            .for_each(|item| errors_of_item(item, &mut places));
        Self::at(source, places)
    }

    /// The same, with all of every declaration that is damaged.
    pub(super) fn widened(&self, source: &SourceFile, tree: &Tree) -> Self {
        let touched = tree.items.iter().map(|item| item.span);
        let items = touched.filter(|span| self.touches(source, *span));
        Self::at(source, self.lines.iter().copied().chain(items).collect())
    }

    fn at(source: &SourceFile, places: Vec<Span>) -> Self {
        let mut lines: Vec<Span> = places
            .iter()
            .map(|place| lines_around(source, *place))
            .collect();
        lines.sort();
        let mut merged: Vec<Span> = Vec::new();
        for line in lines {
            match merged.last_mut() {
                // One line break lies between lines that follow each other.
                Some(last) if line.start <= last.end + 1 => last.end = last.end.max(line.end),
                _ => merged.push(line),
            }
        }
        Self { lines: merged }
    }

    /// Whether nothing is damaged.
    pub(super) fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Whether a place has a line in common with what is damaged.
    pub(super) fn touches(&self, source: &SourceFile, place: Span) -> bool {
        !self.is_empty()
            && self
                .first_from(lines_around(source, place).start)
                .is_some_and(|lines| lines.start <= lines_around(source, place).end)
    }

    /// The first damaged lines that end at or behind `offset`.
    pub(super) fn first_from(&self, offset: u32) -> Option<Span> {
        let before = self.lines.partition_point(|lines| lines.end < offset);
        self.lines.get(before).copied()
    }
}

/// The whole lines that a place touches, without the last line break.
pub(super) fn lines_around(source: &SourceFile, place: Span) -> Span {
    let base = source.span().start;
    let text = source.text();
    let (start, end) = (
        source.local(place.start) as usize,
        source.local(place.end) as usize,
    );
    let first = text[..start].rfind('\n').map_or(0, |at| at + 1);
    let last = text[end..]
        .find('\n')
        .map_or(text.len(), |length| end + length);
    Span::new(base + first as u32, base + last as u32)
}

fn places_of(problem: &Diagnostic) -> impl Iterator<Item = Span> {
    let edits = problem.fix.iter().flat_map(|fix| &fix.edits);
    let others = problem.others.iter().map(|other| other.span);
    std::iter::once(problem.span)
        .chain(others)
        .chain(edits.map(|edit| edit.span))
}

fn errors_of_item(item: &Item, places: &mut Vec<Span>) {
    match &item.kind {
        ItemKind::Error { .. } => places.push(item.span),
        ItemKind::Toolkit(toolkit) => errors_of(&toolkit.others, places),
        ItemKind::Outcome(block)
        | ItemKind::Persona(block)
        | ItemKind::Model(block)
        | ItemKind::Campaign(block) => errors_of_body(&block.body, places),
        ItemKind::Scenario(scenario) => {
            scenario
                .body
                .iter()
                .for_each(|body| errors_of_body(body, places));
        }
        ItemKind::Template(template) => errors_of_body(&template.body, places),
        ItemKind::Use(_) | ItemKind::Import(_) | ItemKind::Prompt(_) => {}
    }
}

fn errors_of_body(body: &Body, places: &mut Vec<Span>) {
    errors_of(&body.entries, places);
}

fn errors_of(entries: &[Entry], places: &mut Vec<Span>) {
    for entry in entries {
        match &entry.kind {
            EntryKind::Error { .. } => places.push(entry.span),
            EntryKind::Block(block) => errors_of_body(&block.body, places),
            EntryKind::Vary(vary) => {
                let is_broken = |axis: &&Axis| axis.values.kind == ExprKind::Error;
                places.extend(vary.axes.iter().filter(is_broken).map(|axis| axis.span));
            }
            _ => {}
        }
    }
}
