//! The order in which families of rules run, and what they share.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use super::entities::{Key, Outcome, Persona, Role};
use super::model::Model;
use super::program::{Program, Scenario};
use super::relocation::Relocation;
use super::tool_types::ToolkitTypes;
use crate::diagnostic::{self, Code, Diagnostic};
use crate::resolve::{DeclarationId, DeclarationKind, ModuleId, Workspace};
use crate::source::Span;
use crate::syntax::{Item, ItemKind};

/// Gives the checked program, and every problem of every module.
///
/// The program is whole only where no diagnostic is an error. Lints wait until then.
pub fn check(workspace: &Workspace) -> (Program, Vec<Diagnostic>) {
    let mut checker = Checker::new(workspace);
    checker.check_declarations();
    checker.check_templates();
    checker.check_scenarios();
    let program = checker.check_program();
    if !checker.has_errors() {
        checker.lint(&program);
    }
    let mut diagnostics = checker.diagnostics.into_inner();
    diagnostic::sort(&mut diagnostics);
    (program, diagnostics)
}

/// What the families of rules share: the workspace, what is known of it, and what is wrong with it.
pub(super) struct Checker<'w> {
    pub workspace: &'w Workspace,
    diagnostics: RefCell<Vec<Diagnostic>>,
    /// Declarations that something refers to.
    pub used: RefCell<BTreeSet<DeclarationId>>,
    /// Regular expressions that were found right: many rules ask for the same.
    pub right_patterns: RefCell<BTreeSet<String>>,
    /// Where problems inside a template are shown while one of its calls is checked.
    pub relocation: RefCell<Option<Relocation>>,
    pub toolkits: BTreeMap<DeclarationId, ToolkitTypes>,
    pub outcomes: BTreeMap<DeclarationId, Outcome>,
    pub personas: BTreeMap<DeclarationId, Persona>,
    pub models: BTreeMap<DeclarationId, Model>,
    pub prompts: BTreeMap<DeclarationId, (Role, String)>,
    pub scenarios: BTreeMap<DeclarationId, CheckedScenario>,
    /// Templates with errors of their own, and the names that they miss: their calls are silent about them.
    pub broken_templates: BTreeMap<DeclarationId, BTreeSet<String>>,
    ids: BTreeMap<(DeclarationKind, Key), DeclarationId>,
}

/// A scenario, and what lints ask of it.
pub(super) struct CheckedScenario {
    pub scenario: Scenario,
    pub unused_axes: Vec<(String, Span)>,
    /// The outcomes that it may lead to.
    pub outcomes: BTreeSet<Key>,
}

impl<'w> Checker<'w> {
    fn new(workspace: &'w Workspace) -> Self {
        let mut checker = Self {
            workspace,
            diagnostics: RefCell::default(),
            used: RefCell::default(),
            right_patterns: RefCell::default(),
            relocation: RefCell::default(),
            toolkits: BTreeMap::new(),
            outcomes: BTreeMap::new(),
            personas: BTreeMap::new(),
            models: BTreeMap::new(),
            prompts: BTreeMap::new(),
            scenarios: BTreeMap::new(),
            broken_templates: BTreeMap::new(),
            ids: BTreeMap::new(),
        };
        checker.ids = checker.index();
        checker
    }

    /// The declarations by their keys; the first of two of one name.
    fn index(&self) -> BTreeMap<(DeclarationKind, Key), DeclarationId> {
        let mut ids = BTreeMap::new();
        for (id, item) in self.items() {
            if let Some(kind) = kind_of(item) {
                ids.entry((kind, self.key(id))).or_insert(id);
            }
        }
        ids
    }

    /// Reports a problem; one inside a template whose call is being checked is shown at the call.
    pub fn say(&self, diagnostic: Diagnostic) {
        if self.is_about_recursion(&diagnostic) {
            return;
        }
        let told = match &*self.relocation.borrow() {
            Some(relocation) => {
                relocation.place(diagnostic, &self.workspace.sources, &|code, span| {
                    self.has_said(code, span)
                })
            }
            None => Some(diagnostic),
        };
        self.diagnostics.borrow_mut().extend(told);
    }

    /// Reports what there is to report.
    pub fn say_all(&self, problems: impl IntoIterator<Item = Diagnostic>) {
        problems.into_iter().for_each(|problem| self.say(problem));
    }

    /// How many problems are told so far.
    pub fn diagnostic_count(&self) -> usize {
        self.diagnostics.borrow().len()
    }

    /// Takes back what was told after there were `count` problems.
    pub fn forget_after(&self, count: usize) {
        self.diagnostics.borrow_mut().truncate(count);
    }

    /// Whether this problem is told already.
    pub fn has_said(&self, code: Code, span: Span) -> bool {
        self.diagnostics
            .borrow()
            .iter()
            .any(|told| told.code == code && told.span == span)
    }

    /// The names that are said to be nowhere, by what was told after there were `count` problems.
    pub fn names_missed_after(&self, count: usize) -> BTreeSet<String> {
        let told = self.diagnostics.borrow();
        let told = told.iter().skip(count);
        told.filter(|told| matches!(told.code, Code::UnknownName | Code::UnknownVariable))
            .map(|told| self.workspace.sources.text(told.span).to_owned())
            .collect()
    }

    /// How many errors are known so far.
    pub fn error_count(&self) -> usize {
        let diagnostics = self.diagnostics.borrow();
        diagnostics.iter().filter(|told| told.is_error()).count()
    }

    /// Whether it says that a call has no place where a template calling itself is told already.
    fn is_about_recursion(&self, diagnostic: &Diagnostic) -> bool {
        diagnostic.code == Code::WrongType
            && self.diagnostics.borrow().iter().any(|told| {
                told.code == Code::RecursiveTemplate && diagnostic.span.start == told.span.start
            })
    }

    fn has_errors(&self) -> bool {
        self.error_count() > 0
    }

    /// Takes lints out that `keep` does not want.
    pub fn retain(&self, keep: impl FnMut(&Diagnostic) -> bool) {
        self.diagnostics.borrow_mut().retain(keep);
    }

    /// What a declaration is known by in the program.
    pub fn key(&self, id: DeclarationId) -> Key {
        Key(self.workspace.key(id))
    }

    /// The declaration of this key.
    pub fn id_of(&self, kind: DeclarationKind, key: &Key) -> Option<DeclarationId> {
        self.ids.get(&(kind, key.clone())).copied()
    }

    /// Every declaration of a kind, in all modules.
    pub fn declarations_of(
        &self,
        kind: DeclarationKind,
    ) -> impl Iterator<Item = DeclarationId> + use<'w, '_> {
        self.items()
            .filter(move |(_, item)| kind_of(item) == Some(kind))
            .map(|(id, _)| id)
    }

    /// Every item of every module.
    pub fn items(&self) -> impl Iterator<Item = (DeclarationId, &'w Item)> + use<'w> {
        let modules = self.workspace.modules.iter().enumerate();
        modules.flat_map(|(module, loaded)| {
            let items = loaded.tree.items.iter().enumerate();
            items.map(move |(item, node)| {
                let id = DeclarationId {
                    module: ModuleId(module as u32),
                    item: item as u32,
                };
                (id, node)
            })
        })
    }

    fn check_declarations(&mut self) {
        for (id, item) in self.items() {
            match &item.kind {
                ItemKind::Toolkit(toolkit) => self.check_toolkit(id, item, toolkit),
                ItemKind::Outcome(block) => self.check_outcome(id, item, block),
                ItemKind::Persona(block) => self.check_persona(id, item, block),
                ItemKind::Model(block) => self.check_model(id, block),
                ItemKind::Prompt(prompt) => self.check_prompt(id, prompt),
                ItemKind::Use(_)
                | ItemKind::Import(_)
                | ItemKind::Campaign(_)
                | ItemKind::Scenario(_)
                | ItemKind::Template(_)
                | ItemKind::Error { .. } => {}
            }
        }
    }

    fn check_templates(&mut self) {
        self.check_recursion();
        for (id, item) in self.items() {
            if let ItemKind::Template(template) = &item.kind {
                self.check_template(id, item, template);
            }
        }
    }

    fn check_scenarios(&mut self) {
        for (id, item) in self.items() {
            if let ItemKind::Scenario(scenario) = &item.kind {
                self.check_scenario(id, item, scenario);
            }
        }
    }
}

/// What an item declares; `None` for those that declare nothing, or nothing certain.
pub(super) fn kind_of(item: &Item) -> Option<DeclarationKind> {
    match item.kind {
        ItemKind::Toolkit(_) => Some(DeclarationKind::Toolkit),
        ItemKind::Outcome(_) => Some(DeclarationKind::Outcome),
        ItemKind::Persona(_) => Some(DeclarationKind::Persona),
        ItemKind::Model(_) => Some(DeclarationKind::Model),
        ItemKind::Campaign(_) => Some(DeclarationKind::Campaign),
        ItemKind::Scenario(_) => Some(DeclarationKind::Scenario),
        ItemKind::Template(_) => Some(DeclarationKind::Template),
        ItemKind::Prompt(_) => Some(DeclarationKind::Prompt),
        ItemKind::Use(_) | ItemKind::Import(_) | ItemKind::Error { .. } => None,
    }
}
