//! Files and declarations.

use pest::iterators::Pair;

use super::Builder;
use crate::source::Spanned;
use crate::syntax::grammar::{Children, Rule, tight_span};
use crate::syntax::{
    Block, Body, Braces, Entry, EntryKind, Import, Item, ItemKind, Prompt, Scenario, Template,
    Tool, Toolkit, Use, UseSource, UseWhat, UsedName,
};

/// The number of `ots 1` as it is written.
pub(in crate::syntax) type WrittenVersion = Spanned<String>;

impl Builder<'_> {
    /// The version and the declarations of a `file`.
    pub(in crate::syntax) fn file(
        &mut self,
        file: Pair<'_, Rule>,
    ) -> (Option<WrittenVersion>, Vec<Item>) {
        let mut version = None;
        let mut items = Vec::new();
        for pair in file.into_inner() {
            match pair.as_rule() {
                Rule::version => version = Some(self.version(pair)),
                Rule::EOI | Rule::error_semicolon => {}
                _ => items.push(self.item(pair)),
            }
        }
        (version, items)
    }

    fn version(&self, pair: Pair<'_, Rule>) -> WrittenVersion {
        let number = Children::of(pair).expect(Rule::version_number);
        Spanned::new(number.as_str().to_owned(), self.span(&number))
    }

    fn item(&mut self, pair: Pair<'_, Rule>) -> Item {
        let span = self.span(&pair);
        let docs = self.docs(span.start);
        let kind = match pair.as_rule() {
            Rule::use_item => ItemKind::Use(self.use_item(pair)),
            Rule::import_item => ItemKind::Import(self.import_item(pair)),
            Rule::toolkit => ItemKind::Toolkit(self.toolkit(pair)),
            Rule::outcome => ItemKind::Outcome(self.block(pair)),
            Rule::persona => ItemKind::Persona(self.block(pair)),
            Rule::model => ItemKind::Model(self.block(pair)),
            Rule::campaign => ItemKind::Campaign(self.block(pair)),
            Rule::scenario => ItemKind::Scenario(self.scenario(pair)),
            Rule::template => ItemKind::Template(self.template(pair)),
            Rule::prompt => ItemKind::Prompt(self.prompt(pair)),
            _ => ItemKind::Error {
                declares: self.declared_item(tight_span(&pair)),
            },
        };
        Item { docs, kind, span }
    }

    fn use_item(&mut self, pair: Pair<'_, Rule>) -> Use {
        let mut children = Children::of(pair);
        let module = children
            .find(&[Rule::text, Rule::path])
            .expect("the grammar puts a module here");
        let source = match module.as_rule() {
            Rule::path => UseSource::Path(self.path(module)),
            _ => UseSource::File(self.text(module)),
        };
        let parts = [Rule::star, Rule::used_names, Rule::used_name, Rule::alias];
        let what = match children.find(&parts) {
            Some(star) if star.as_rule() == Rule::star => UseWhat::All(self.span(&star)),
            Some(names) if names.as_rule() == Rule::used_names => {
                UseWhat::Names(self.used_names(names))
            }
            Some(name) if name.as_rule() == Rule::used_name => {
                UseWhat::Names(vec![self.used_name(name)])
            }
            alias => UseWhat::Whole {
                alias: alias.map(|alias| self.alias(alias)),
            },
        };
        Use { source, what }
    }

    fn used_names(&self, pair: Pair<'_, Rule>) -> Vec<UsedName> {
        Children::of(pair)
            .all(Rule::used_name)
            .map(|used| self.used_name(used))
            .collect()
    }

    fn used_name(&self, pair: Pair<'_, Rule>) -> UsedName {
        let mut children = Children::of(pair);
        UsedName {
            name: self.next_name(&mut children),
            alias: children.next_if(Rule::alias).map(|alias| self.alias(alias)),
        }
    }

    fn alias(&self, pair: Pair<'_, Rule>) -> crate::syntax::Name {
        self.next_name(&mut Children::of(pair))
    }

    fn import_item(&mut self, pair: Pair<'_, Rule>) -> Import {
        let mut children = Children::of(pair);
        Import {
            what: self.next_name(&mut children),
            path: self.text(children.expect(Rule::text)),
            alias: self.next_name(&mut children),
        }
    }

    fn toolkit(&mut self, pair: Pair<'_, Rule>) -> Toolkit {
        let Block { name, body } = self.block(pair);
        let (tools, others) = split_tools(body.entries);
        Toolkit {
            name,
            body: body.braces,
            tools,
            others,
        }
    }

    /// A name and a body: a declaration, or an entry such as `limits { … }`.
    pub(super) fn block(&mut self, pair: Pair<'_, Rule>) -> Block {
        let mut children = Children::of(pair);
        Block {
            name: self.next_name(&mut children),
            body: self.body(children.expect(Rule::body)),
        }
    }

    /// `{ … }`
    pub(super) fn body(&mut self, pair: Pair<'_, Rule>) -> Body {
        let braces = self.braces(&pair);
        Body {
            braces,
            entries: self.entries(pair),
        }
    }

    /// The braces that a pair opens somewhere and ends with.
    pub(super) fn braces(&self, pair: &Pair<'_, Rule>) -> Braces {
        let mut children = Children::of(pair.clone());
        let open = children
            .find(&[Rule::open_brace, Rule::error_brace_below])
            .map(|open| open.as_span().end())
            .expect("the grammar opens a body with a brace");
        let close = children.expect(Rule::close_brace);
        Braces {
            open: self.source_span(open - 1..open),
            close: self.span(&close),
        }
    }

    fn scenario(&mut self, pair: Pair<'_, Rule>) -> Scenario {
        let mut children = Children::of(pair);
        let name = self.next_name(&mut children);
        let mut scenario = Scenario {
            name,
            base: None,
            body: None,
        };
        while let Some(part) = children.find(&[Rule::call, Rule::body]) {
            match part.as_rule() {
                Rule::call => scenario.base = Some(self.call(part)),
                _ => scenario.body = Some(self.body(part)),
            }
        }
        scenario
    }

    fn template(&mut self, pair: Pair<'_, Rule>) -> Template {
        let mut children = Children::of(pair);
        Template {
            name: self.next_name(&mut children),
            parameters: self.parameters(children.expect(Rule::parameters)),
            body: self.body(children.expect(Rule::body)),
        }
    }

    fn prompt(&mut self, pair: Pair<'_, Rule>) -> Prompt {
        let mut children = Children::of(pair);
        Prompt {
            name: self.next_name(&mut children),
            role: self.next_name(&mut children),
            text: self.text(children.expect(Rule::text)),
        }
    }
}

/// The tools among the entries of a toolkit, and what has no business there.
fn split_tools(entries: Vec<Entry>) -> (Vec<Tool>, Vec<Entry>) {
    let mut tools = Vec::new();
    let mut others = Vec::new();
    for entry in entries {
        match entry.kind {
            EntryKind::Tool(tool) => tools.push(tool),
            _ => others.push(entry),
        }
    }
    (tools, others)
}
