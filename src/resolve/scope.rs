//! Which names are in scope in which module.
//!
//! Own declarations come first, for all modules; what a module uses of others is bound after
//! that, so the order of files and cycles between them do not matter.

use std::collections::{BTreeMap, BTreeSet};

use super::file_path;
use super::names::{
    DeclarationId, DeclarationKind, Definition, ModuleId, ScopeEntry, Workspace, name_of,
};
use super::target::{Target, Targets};
use crate::diagnostic::{Code, Diagnostic, nearest};
use crate::source::Span;
use crate::syntax::{Import, ItemKind, Name, Use, UseSource, UseWhat, UsedName};

/// Fills the scopes of all modules, and gives what is wrong with them.
pub(super) fn bind(workspace: &mut Workspace, targets: &Targets) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    for module in workspace.module_ids() {
        let (scope, problems) = own_names(workspace, module);
        workspace.modules[module.0 as usize].scope = scope;
        diagnostics.extend(problems);
    }
    for module in workspace.module_ids() {
        let mut binder = Binder::new(workspace, module);
        binder.bind_items(targets);
        let Binder {
            scope,
            has_unknown_names,
            diagnostics: problems,
            ..
        } = binder;
        let module = &mut workspace.modules[module.0 as usize];
        module.scope = scope;
        module.has_unknown_names = has_unknown_names;
        diagnostics.extend(problems);
    }
    diagnostics
}

type Scope = BTreeMap<String, ScopeEntry>;

fn own_names(workspace: &Workspace, module: ModuleId) -> (Scope, Vec<Diagnostic>) {
    let mut scope = Scope::from([("sim".to_owned(), entry(Definition::Sim, Span::default()))]);
    let mut diagnostics = Vec::new();
    for id in workspace.declarations(module) {
        let span = workspace.name_span(id);
        let name = workspace.name(id);
        match scope.get(name).map(|first| (first.definition, first.span)) {
            None => {
                let declared = entry(Definition::Declaration(id), span);
                scope.insert(name.to_owned(), declared);
            }
            Some((Definition::Declaration(first), at)) => {
                // Where one of them could not be read, it is not known what was meant.
                let is_broken = |id| workspace.kind(id) == DeclarationKind::Broken;
                if !is_broken(first) && !is_broken(id) {
                    diagnostics.push(declared_twice(name, at, span));
                }
            }
            Some(_) => diagnostics.push(predefined(name, span)),
        }
    }
    (scope, diagnostics)
}

fn entry(definition: Definition, span: Span) -> ScopeEntry {
    ScopeEntry {
        definition,
        span,
        clashes_with: None,
        is_imported: false,
    }
}

fn declared_twice(name: &str, one: Span, other: Span) -> Diagnostic {
    let (first, second) = (one.min(other), one.max(other));
    let message = format!("`{name}` is declared twice");
    Diagnostic::new(Code::DuplicateName, second, message)
        .label("declared here again")
        .other(first, "declared here first")
}

fn predefined(name: &str, span: Span) -> Diagnostic {
    let message = format!("`{name}` is declared already: it is the embedded simulated model");
    Diagnostic::new(Code::DuplicateName, span, message).help("give it another name")
}

/// A name that a `use` or `import` brings.
struct Binding<'a> {
    name: &'a str,
    definition: Definition,
    span: Span,
    /// Whether `.*` brings it: then it gives way to what is named.
    is_swept: bool,
}

struct Binder<'w> {
    workspace: &'w Workspace,
    module: ModuleId,
    scope: Scope,
    swept: BTreeSet<String>,
    has_unknown_names: bool,
    diagnostics: Vec<Diagnostic>,
}

impl<'w> Binder<'w> {
    fn new(workspace: &'w Workspace, module: ModuleId) -> Self {
        Self {
            workspace,
            module,
            scope: workspace.module(module).scope.clone(),
            swept: BTreeSet::new(),
            has_unknown_names: false,
            diagnostics: Vec::new(),
        }
    }

    fn bind_items(&mut self, targets: &Targets) {
        let workspace = self.workspace;
        for (index, item) in workspace.module(self.module).tree.items.iter().enumerate() {
            let id = DeclarationId {
                module: self.module,
                item: index as u32,
            };
            let target = targets.get(&id).copied().unwrap_or(Target::Broken);
            match &item.kind {
                ItemKind::Use(it) => self.bind_use(it, target),
                ItemKind::Import(it) => self.bind_import(it, target),
                ItemKind::Error { .. } => {
                    self.has_unknown_names |= is_broken_use(workspace.sources.text(item.span));
                }
                _ => {}
            }
        }
    }

    fn bind_import(&mut self, import: &Import, target: Target) {
        let definition = match target {
            Target::Module(module) => Definition::Module(module),
            Target::Toolkit(id) => Definition::Declaration(id),
            Target::Broken => Definition::Broken,
        };
        self.bind_name(&import.alias, definition);
    }

    fn bind_use(&mut self, written: &Use, target: Target) {
        let rest = match &written.source {
            UseSource::Path(path) => path.segments.get(2..).unwrap_or_default(),
            UseSource::File(_) => &[],
        };
        let module = match target {
            Target::Module(module) => Some(module),
            Target::Toolkit(_) | Target::Broken => None,
        };
        match (rest, &written.what) {
            ([], UseWhat::Whole { alias }) => self.bind_module(written, alias.as_ref(), module),
            ([], UseWhat::Names(names)) => {
                for UsedName { name, alias } in names {
                    self.bind_member(module, name, alias.as_ref());
                }
            }
            ([], UseWhat::All(span)) => self.sweep(module, *span),
            ([name], UseWhat::Whole { alias }) => {
                self.bind_member(module, name, alias.as_ref());
            }
            ([first, ..], what) => self.bind_part_of_no_module(module, first, rest, what),
        }
    }

    /// `use std.x`, `use "./f.ots" as people`.
    fn bind_module(&mut self, written: &Use, alias: Option<&Name>, module: Option<ModuleId>) {
        let definition = module.map_or(Definition::Broken, Definition::Module);
        if let Some(alias) = alias {
            return self.bind_name(alias, definition);
        }
        match &written.source {
            UseSource::Path(path) => {
                if let Some(last) = path.segments.last() {
                    self.bind_name(last, definition);
                }
            }
            UseSource::File(text) => self.add(Binding {
                name: file_path::stem(&text.value),
                definition,
                span: text.span,
                is_swept: false,
            }),
        }
    }

    /// One name that a module declares.
    fn bind_member(&mut self, module: Option<ModuleId>, name: &Name, alias: Option<&Name>) {
        let found = module.and_then(|module| self.workspace.declared(module, &name.text));
        if let (None, Some(module)) = (found, module) {
            let problem = not_declared(self.workspace, module, name);
            self.diagnostics.push(problem);
            if alias.is_none() {
                self.bind_meant(module, name);
            }
        }
        let definition = found.map_or(Definition::Broken, Definition::Declaration);
        self.bind_name(alias.unwrap_or(name), definition);
    }

    /// What a misspelt name was to bring: its uses are right, and silent.
    fn bind_meant(&mut self, module: ModuleId, name: &Name) {
        let Some(meant) = nearest_declared(self.workspace, module, name) else {
            return;
        };
        if !self.scope.contains_key(meant) {
            self.add(Binding {
                name: meant,
                definition: Definition::Broken,
                span: name.span,
                // A name that is brought properly takes its place.
                is_swept: true,
            });
        }
    }

    /// Every name that a module declares.
    fn sweep(&mut self, module: Option<ModuleId>, span: Span) {
        let Some(module) = module else {
            self.has_unknown_names = true;
            return;
        };
        for id in self.workspace.declarations(module) {
            let name = self.workspace.name(id);
            // Of two with one name the first counts.
            if self.workspace.declared(module, name) == Some(id) {
                self.add(Binding {
                    name,
                    definition: Definition::Declaration(id),
                    span,
                    is_swept: true,
                });
            }
        }
    }

    /// `use std.x.A.B`: only modules have parts.
    fn bind_part_of_no_module(
        &mut self,
        module: Option<ModuleId>,
        first: &Name,
        rest: &[Name],
        what: &UseWhat,
    ) {
        if let Some(module) = module {
            let problem = match self.workspace.declared(module, &first.text) {
                Some(id) => {
                    let kind = self.workspace.kind(id).with_article();
                    let message = format!("`{}` is {kind}, not a module", first.text);
                    Diagnostic::new(Code::WrongKind, first.span, message)
                        .label("nothing can be used out of it")
                }
                None => not_declared(self.workspace, module, first),
            };
            self.diagnostics.push(problem);
        }
        let last = rest.last().unwrap_or(first);
        match what {
            UseWhat::Whole { alias } => {
                self.bind_name(alias.as_ref().unwrap_or(last), Definition::Broken);
            }
            UseWhat::Names(names) => {
                for UsedName { name, alias } in names {
                    self.bind_name(alias.as_ref().unwrap_or(name), Definition::Broken);
                }
            }
            UseWhat::All(_) => self.has_unknown_names = true,
        }
    }

    fn bind_name(&mut self, name: &Name, definition: Definition) {
        self.add(Binding {
            name: &name.text,
            definition,
            span: name.span,
            is_swept: false,
        });
    }

    fn add(&mut self, binding: Binding<'_>) {
        match self.scope.get_mut(binding.name) {
            None => self.insert(binding),
            Some(first) if !first.is_imported => {
                let problem = match first.definition {
                    _ if binding.is_swept => return,
                    Definition::Sim => predefined(binding.name, binding.span),
                    _ => declared_twice(binding.name, first.span, binding.span),
                };
                self.diagnostics.push(problem);
            }
            Some(first) if first.definition == binding.definition => {}
            Some(first) => match (self.swept.contains(binding.name), binding.is_swept) {
                (true, false) => self.insert(binding),
                (false, true) => {}
                _ => first.clashes_with = first.clashes_with.or(Some(binding.span)),
            },
        }
    }

    fn insert(&mut self, binding: Binding<'_>) {
        let name = binding.name.to_owned();
        match binding.is_swept {
            true => self.swept.insert(name.clone()),
            false => self.swept.remove(&name),
        };
        let imported = ScopeEntry {
            is_imported: true,
            ..entry(binding.definition, binding.span)
        };
        self.scope.insert(name, imported);
    }
}

/// That a module declares no such name, with the nearest that it does declare.
pub(super) fn not_declared(workspace: &Workspace, module: ModuleId, name: &Name) -> Diagnostic {
    let near = nearest_declared(workspace, module, name);
    let of = workspace.module_name(module);
    let message = format!("`{of}` declares no `{}`", name.text);
    Diagnostic::new(Code::UnknownName, name.span, message).did_you_mean(near)
}

fn nearest_declared<'w>(
    workspace: &'w Workspace,
    module: ModuleId,
    name: &Name,
) -> Option<&'w str> {
    let items = &workspace.module(module).tree.items;
    let known = items.iter().filter_map(name_of);
    nearest(&name.text, known.map(|known| known.text.as_str()))
}

/// Whether a part of a file that could not be read was to bring names into scope.
fn is_broken_use(text: &str) -> bool {
    let first = text.split_whitespace().next().unwrap_or_default();
    nearest(first, ["use", "import"]).is_some()
}
