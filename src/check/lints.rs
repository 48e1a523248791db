//! Lints: what is left over, what is styled otherwise, what is said twice.

use std::collections::BTreeSet;

use super::checker::{Checker, kind_of};
use super::program::{Program, Scenario};
use crate::diagnostic::{Code, Diagnostic};
use crate::resolve::{DeclarationId, DeclarationKind, ModuleId};
use crate::syntax::{Entry, EntryKind, Item, ItemKind, Name, Parameter, Toolkit};

impl<'w> Checker<'w> {
    /// Tells every lint that no `allow` silences.
    pub fn lint(&self, program: &Program) {
        self.lint_axes();
        self.lint_unused();
        self.lint_outcomes(program);
        self.lint_names();
        self.lint_likeness(program);
        self.silence();
    }

    fn lint_axes(&self) {
        for (id, checked) in &self.scenarios {
            if self.is_others(*id) {
                continue;
            }
            for (name, span) in &checked.unused_axes {
                let problem = Diagnostic::new(
                    Code::UnusedAxis,
                    *span,
                    format!("the axis `{name}` is never used"),
                )
                .label("it makes rows that do not differ")
                .help("name it in prose, a rule or a constraint, or take it out");
                if !self.has_said(Code::UnusedAxis, *span) {
                    self.say(problem);
                }
            }
        }
    }

    /// Declarations of the entry file that nothing names, if it is no library.
    fn lint_unused(&self) {
        let used = self.used.borrow();
        let has_campaign = self.has_in_entry(DeclarationKind::Campaign);
        if !has_campaign && !self.has_in_entry(DeclarationKind::Scenario) {
            return;
        }
        for (id, item) in self.items().filter(|(id, _)| id.module == ModuleId::ENTRY) {
            let Some(kind) = kind_of(item) else { continue };
            let is_root = match kind {
                DeclarationKind::Campaign | DeclarationKind::Outcome => true,
                DeclarationKind::Scenario => !has_campaign || self.runs_all(),
                _ => false,
            };
            if !is_root && !used.contains(&id) {
                let name = self.workspace.name(id);
                let message = format!("{} `{name}` is never used", kind.word());
                let span = self.workspace.name_span(id);
                self.say(Diagnostic::new(Code::UnusedDeclaration, span, message));
            }
        }
    }

    /// Whether a campaign of the entry file takes every scenario.
    fn runs_all(&self) -> bool {
        self.items().any(|(id, item)| match &item.kind {
            ItemKind::Campaign(block) if id.module == ModuleId::ENTRY => !block
                .body
                .entries
                .iter()
                .any(|entry| field_name(entry).is_some_and(|name| name.text == "scenarios")),
            _ => false,
        })
    }

    fn has_in_entry(&self, kind: DeclarationKind) -> bool {
        self.declarations_of(kind)
            .any(|id| id.module == ModuleId::ENTRY)
    }

    /// Outcomes of the entry file that no scenario of any campaign leads to.
    fn lint_outcomes(&self, program: &Program) {
        if program.campaigns.is_empty() {
            return;
        }
        let run: BTreeSet<_> = program
            .campaigns
            .iter()
            .flat_map(|campaign| &campaign.scenarios)
            .filter_map(|index| program.scenarios.get(*index))
            .map(|scenario| scenario.span)
            .collect();
        let reached: BTreeSet<_> = self
            .scenarios
            .values()
            .filter(|checked| run.contains(&checked.scenario.span))
            .flat_map(|checked| &checked.outcomes)
            .collect();
        for id in self
            .outcomes
            .keys()
            .filter(|id| id.module == ModuleId::ENTRY)
        {
            if !reached.contains(&self.key(*id)) {
                let name = self.workspace.name(*id);
                let message = format!("no scenario of a campaign leads to outcome `{name}`");
                let span = self.workspace.name_span(*id);
                self.say(Diagnostic::new(Code::UnreachedOutcome, span, message));
            }
        }
    }

    fn lint_likeness(&self, program: &Program) {
        let mut seen: Vec<(String, &Scenario)> = Vec::new();
        for scenario in &program.scenarios {
            let likeness = likeness(scenario);
            match seen.iter().find(|(known, _)| *known == likeness) {
                Some((_, first)) => {
                    let message = format!(
                        "scenarios `{}` and `{}` have the same rows and prose",
                        first.name, scenario.name
                    );
                    self.say(
                        Diagnostic::new(Code::SameScenario, scenario.span, message)
                            .other(first.span, "the first of the two"),
                    );
                }
                None => seen.push((likeness, scenario)),
            }
        }
    }

    fn is_others(&self, id: DeclarationId) -> bool {
        let module = self.workspace.module(id.module);
        module.is_std || module.is_foreign
    }

    fn lint_names(&self) {
        for (id, item) in self.items() {
            if !self.is_others(id) {
                self.lint_item_names(item);
            }
        }
    }

    fn lint_item_names(&self, item: &Item) {
        match &item.kind {
            ItemKind::Toolkit(toolkit) => self.lint_toolkit_names(toolkit),
            ItemKind::Outcome(block)
            | ItemKind::Persona(block)
            | ItemKind::Model(block)
            | ItemKind::Campaign(block) => self.lint_upper(&block.name),
            ItemKind::Scenario(scenario) => {
                self.lint_upper(&scenario.name);
                let body = scenario.body.iter();
                body.for_each(|body| self.lint_entry_names(&body.entries));
            }
            ItemKind::Template(template) => {
                self.lint_upper(&template.name);
                self.lint_parameters(&template.parameters);
                self.lint_entry_names(&template.body.entries);
            }
            ItemKind::Prompt(prompt) => self.lint_upper(&prompt.name),
            ItemKind::Use(_) | ItemKind::Import(_) | ItemKind::Error { .. } => {}
        }
    }

    fn lint_toolkit_names(&self, toolkit: &Toolkit) {
        self.lint_upper(&toolkit.name);
        for tool in &toolkit.tools {
            self.lint_snake(&tool.name);
            self.lint_parameters(&tool.parameters);
        }
    }

    fn lint_parameters(&self, parameters: &[Parameter]) {
        parameters
            .iter()
            .for_each(|parameter| self.lint_snake(&parameter.name));
    }

    fn lint_entry_names(&self, entries: &[Entry]) {
        for entry in entries {
            match &entry.kind {
                EntryKind::Vary(vary) => {
                    vary.axes
                        .iter()
                        .for_each(|axis| self.lint_snake(&axis.name));
                }
                EntryKind::Plant(plant) => self.lint_snake(&plant.name),
                _ => {}
            }
        }
    }

    fn lint_upper(&self, name: &Name) {
        let is_upper = name.text.starts_with(char::is_uppercase) && !name.text.contains('_');
        if !is_upper && !name.quoted {
            self.say_style(name, &upper_camel(&name.text), "UpperCamel");
        }
    }

    fn lint_snake(&self, name: &Name) {
        // A name in backquotes is somebody else's.
        if name.text.chars().any(char::is_uppercase) && !name.quoted {
            self.say_style(name, &snake(&name.text), "snake_case");
        }
    }

    fn say_style(&self, name: &Name, better: &str, style: &str) {
        if name.quoted || better == name.text {
            return;
        }
        let message = format!("`{}` is not in {style}", name.text);
        self.say(
            Diagnostic::new(Code::NamingStyle, name.span, message)
                .help(format!("the usual form is `{better}`")),
        );
    }
}

fn field_name(entry: &Entry) -> Option<&Name> {
    match &entry.kind {
        EntryKind::Field(field) => Some(&field.name),
        _ => None,
    }
}

fn upper_camel(name: &str) -> String {
    name.split('_')
        .filter(|part| !part.is_empty())
        .map(|part| {
            let mut letters = part.chars();
            let first = letters.next().into_iter().flat_map(char::to_uppercase);
            first.chain(letters.clone()).collect::<String>()
        })
        .collect()
}

fn snake(name: &str) -> String {
    let mut snake = String::new();
    let mut was_lower = false;
    for letter in name.chars() {
        if letter.is_uppercase() && was_lower {
            snake.push('_');
        }
        was_lower = letter.is_lowercase() || letter.is_numeric();
        snake.extend(letter.to_lowercase());
    }
    snake
}

/// All that makes rows and prose, without names and places.
fn likeness(scenario: &Scenario) -> String {
    let axes: Vec<_> = scenario
        .axes
        .iter()
        .map(|axis| {
            let values = axis.values.iter();
            let values: Vec<_> = values.map(|value| (&value.value, value.weight)).collect();
            (&axis.name, values)
        })
        .collect();
    let constraints: Vec<_> = scenario
        .constraints
        .iter()
        .map(|constraint| &constraint.predicate)
        .collect();
    let rows = (
        &scenario.outcomes,
        &scenario.toolkits,
        &scenario.persona,
        axes,
        constraints,
        &scenario.cover.value,
        &scenario.parameters,
    );
    let prose = (
        &scenario.instructions,
        &scenario.contexts,
        &scenario.trigger,
        &scenario.rules,
        &scenario.safe,
        &scenario.benign,
        &scenario.plants,
    );
    format!("{rows:?} {prose:?}")
}
