//! Files and declarations.

use super::align::{Row, RowKind, stacked};
use super::doc::{Doc, NOTHING, concat, text};
use super::printer::{Brackets, Enclosure, Printer};
use crate::source::Span;
use crate::syntax::{
    Block, Braces, Entry, Import, Item, ItemKind, Prompt, Scenario, Template, Tool, Toolkit, Tree,
    Use, UseSource, UseWhat, UsedName,
};

impl<'s> Printer<'s> {
    /// A whole file.
    pub(super) fn file(&mut self, tree: &Tree) -> Doc<'s> {
        let end = self.source.span().end;
        let mut rows = self.version(tree);
        let mut needs_blank = !rows.is_empty();
        for (index, item) in tree.items.iter().enumerate() {
            let next = tree
                .items
                .get(index + 1)
                .map_or(end, |next| next.span.start);
            let first = rows.len();
            rows.extend(self.rows(
                std::slice::from_ref(item),
                next,
                |item| item.span,
                Self::item,
            ));
            if let Some(row) = rows.get_mut(first) {
                row.is_after_blank |= needs_blank || is_tall(item);
            }
            needs_blank = is_tall(item);
        }
        let first = rows.len();
        rows.extend(self.rows_before(end + 1));
        if let Some(row) = rows.get_mut(first) {
            row.is_after_blank |= needs_blank && first > 0;
        }
        stacked(rows, 0)
    }

    /// `ots 1` and the comments above it.
    fn version(&mut self, tree: &Tree) -> Vec<Row<'s>> {
        let Some(version) = &tree.version else {
            return Vec::new();
        };
        let start = self.source.span().start;
        let word = self.skip_trivia(start);
        let mut rows = self.rows_before(word);
        if self.is_damaged(version.span, None) {
            rows.extend(self.keep(Span::new(word.min(version.span.start), version.span.end)));
            return rows;
        }
        let number = self.written(version.span);
        let mut row = self.row(word, RowKind::Other(text(format!("ots {number}"))));
        row.tail = self.trailing(tree.items.first().map_or(u32::MAX, |item| item.span.start));
        rows.push(row);
        rows
    }

    fn item(&mut self, item: &Item) -> Option<RowKind<'s>> {
        if self.is_damaged(item.span, braces_of(&item.kind)) {
            return None;
        }
        Some(RowKind::Other(match &item.kind {
            ItemKind::Use(used) => self.use_item(item, used),
            ItemKind::Import(import) => self.import(import),
            ItemKind::Toolkit(toolkit) => self.toolkit(toolkit),
            ItemKind::Outcome(block) => self.declaration("outcome", block),
            ItemKind::Persona(block) => self.declaration("persona", block),
            ItemKind::Model(block) => self.declaration("model", block),
            ItemKind::Campaign(block) => self.declaration("campaign", block),
            ItemKind::Scenario(scenario) => self.scenario(scenario),
            ItemKind::Template(template) => self.template(template),
            ItemKind::Prompt(prompt) => self.prompt(prompt),
            ItemKind::Error { .. } => return None,
        }))
    }

    fn use_item(&mut self, item: &Item, used: &Use) -> Doc<'s> {
        let (source, end) = match &used.source {
            UseSource::Path(path) => (self.path(path), path.span.end),
            UseSource::File(file) => (self.text(file), file.span.end),
        };
        let what = match &used.what {
            UseWhat::Whole { alias: None } => NOTHING,
            UseWhat::Whole { alias: Some(alias) } => concat([text(" as "), self.name(alias)]),
            UseWhat::All(_) => text(".*"),
            UseWhat::Names(names) => self.used_names(names, Span::new(end, item.span.end.max(end))),
        };
        concat([text("use "), source, what])
    }

    /// `.{A, B as C}`, or `.A` where it was written so.
    fn used_names(&mut self, names: &[UsedName], span: Span) -> Doc<'s> {
        if let ([only], false) = (names, self.written(span).contains('{')) {
            return concat([text("."), self.used_name(only)]);
        }
        let enclosure = Enclosure {
            open: "{",
            close: "}",
            close_at: span.end - 1,
        };
        let place = |used: &UsedName| match &used.alias {
            Some(alias) => used.name.span.to(alias.span),
            None => used.name.span,
        };
        let names = self.enclosed(enclosure, Brackets::Filled, names, place, Self::used_name);
        concat([text("."), names])
    }

    fn used_name(&mut self, used: &UsedName) -> Doc<'s> {
        let name = self.name(&used.name);
        match &used.alias {
            Some(alias) => concat([name, text(" as "), self.name(alias)]),
            None => name,
        }
    }

    fn import(&mut self, import: &Import) -> Doc<'s> {
        concat([
            text("import "),
            self.name(&import.what),
            text(" "),
            self.text(&import.path),
            text(" as "),
            self.name(&import.alias),
        ])
    }

    fn declaration(&mut self, word: &'static str, block: &Block) -> Doc<'s> {
        let name = self.name(&block.name);
        concat([
            text(word),
            text(" "),
            name,
            text(" "),
            self.body(&block.body),
        ])
    }

    fn toolkit(&mut self, toolkit: &Toolkit) -> Doc<'s> {
        let name = self.name(&toolkit.name);
        let tools = toolkit.tools.iter().map(Member::Tool);
        let others = toolkit.others.iter().map(Member::Other);
        let mut members: Vec<Member<'_>> = tools.chain(others).collect();
        members.sort_by_key(|member| member.span().start);
        let body = self.braced(toolkit.body, &members, Member::span, Self::member);
        concat([text("toolkit "), name, text(" "), body])
    }

    fn member(&mut self, member: &Member<'_>) -> Option<RowKind<'s>> {
        match member {
            Member::Tool(tool) if self.is_damaged(tool.span, None) => None,
            Member::Tool(tool) => Some(RowKind::Other(self.tool(tool))),
            Member::Other(entry) => self.entry(entry),
        }
    }

    fn scenario(&mut self, scenario: &Scenario) -> Doc<'s> {
        let mut parts = vec![text("scenario "), self.name(&scenario.name)];
        if let Some(base) = &scenario.base {
            parts.extend([text(" = "), self.call(base)]);
        }
        if let Some(body) = &scenario.body {
            parts.extend([text(" "), self.body(body)]);
        }
        Doc::Concat(parts)
    }

    fn template(&mut self, template: &Template) -> Doc<'s> {
        let name = self.name(&template.name);
        let parameters = self.parameters(template.name.span.end, &template.parameters);
        let body = self.body(&template.body);
        concat([text("template "), name, parameters, text(" "), body])
    }

    fn prompt(&mut self, prompt: &Prompt) -> Doc<'s> {
        concat([
            text("prompt "),
            self.name(&prompt.name),
            text(" for "),
            self.name(&prompt.role),
            text(" = "),
            self.text(&prompt.text),
        ])
    }
}

/// What stands in a toolkit.
enum Member<'t> {
    Tool(&'t Tool),
    Other(&'t Entry),
}

impl Member<'_> {
    fn span(&self) -> Span {
        match self {
            Self::Tool(tool) => tool.span,
            Self::Other(entry) => entry.span,
        }
    }
}

/// Whether empty lines set a declaration apart from its neighbours.
fn is_tall(item: &Item) -> bool {
    match &item.kind {
        ItemKind::Use(_) | ItemKind::Import(_) | ItemKind::Error { .. } => false,
        ItemKind::Scenario(scenario) => scenario.body.is_some(),
        _ => true,
    }
}

/// The braces within which damage leaves the rest of a declaration whole.
fn braces_of(kind: &ItemKind) -> Option<Braces> {
    match kind {
        ItemKind::Toolkit(toolkit) => Some(toolkit.body),
        ItemKind::Outcome(block)
        | ItemKind::Persona(block)
        | ItemKind::Model(block)
        | ItemKind::Campaign(block) => Some(block.body.braces),
        ItemKind::Scenario(scenario) => scenario.body.as_ref().map(|body| body.braces),
        ItemKind::Template(template) => Some(template.body.braces),
        ItemKind::Use(_) | ItemKind::Import(_) | ItemKind::Prompt(_) | ItemKind::Error { .. } => {
            None
        }
    }
}
