//! What every name stands for.
//!
//! A [`Workspace`] holds the trees of all modules of a program and the names that are in scope in
//! each. Declarations are known by small ids; what a later stage learns goes into tables of its own.

use std::collections::BTreeMap;

use crate::source::{FileId, SourceMap, Span};
use crate::syntax::{Item, ItemKind, Name, Tree};

/// A module: one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModuleId(pub u32);

impl ModuleId {
    /// The entry file.
    pub const ENTRY: ModuleId = ModuleId(0);
}

/// A declaration: an item of a module's tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeclarationId {
    pub module: ModuleId,
    /// Index into the tree's items.
    pub item: u32,
}

/// What kind of thing a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DeclarationKind {
    Toolkit,
    Outcome,
    Persona,
    Scenario,
    Template,
    Model,
    Prompt,
    Campaign,
    /// Declared, but broken: whatever depends on it is silent.
    Broken,
}

impl DeclarationKind {
    /// Every kind that can be written.
    pub const ALL: [DeclarationKind; 8] = [
        Self::Toolkit,
        Self::Outcome,
        Self::Persona,
        Self::Scenario,
        Self::Template,
        Self::Model,
        Self::Prompt,
        Self::Campaign,
    ];

    /// The word that declares it, and that messages use.
    pub fn word(self) -> &'static str {
        match self {
            Self::Toolkit => "toolkit",
            Self::Outcome => "outcome",
            Self::Persona => "persona",
            Self::Scenario => "scenario",
            Self::Template => "template",
            Self::Model => "model",
            Self::Prompt => "prompt",
            Self::Campaign => "campaign",
            Self::Broken => "declaration that could not be read",
        }
    }

    /// The kind that a word declares.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// `a toolkit`, `an outcome`.
    pub fn with_article(self) -> String {
        let article = match self {
            Self::Outcome => "an",
            _ => "a",
        };
        format!("{article} {}", self.word())
    }
}

/// What a name in scope stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Definition {
    Declaration(DeclarationId),
    /// Another module, by `use … as` or `import … as`.
    Module(ModuleId),
    /// The embedded simulated model, `sim`.
    Sim,
    /// Of a module that could not be loaded: silent.
    Broken,
}

/// A name in a module's scope.
#[derive(Debug, Clone)]
pub struct ScopeEntry {
    pub definition: Definition,
    /// Where it was declared or used.
    pub span: Span,
    /// For names that two imports bring: the other one. An error when the name is used.
    pub clashes_with: Option<Span>,
    /// Whether it comes from another module.
    pub is_imported: bool,
}

/// One loaded module.
#[derive(Debug)]
pub struct Module {
    /// `""` for the entry file, `std.toolkits`, or the path of a file within the project.
    pub path: String,
    pub tree: Tree,
    pub scope: BTreeMap<String, ScopeEntry>,
    pub is_std: bool,
    /// Whether its tree was made from a tool file of another format.
    pub is_foreign: bool,
    /// Whether names may have been brought that nobody knows, because a `use` is broken: a name
    /// that is not in scope is silent then.
    pub has_unknown_names: bool,
}

/// All modules of a program.
#[derive(Debug)]
pub struct Workspace {
    pub sources: SourceMap,
    /// The entry file is the first.
    pub modules: Vec<Module>,
    /// Files whose text belongs to a field, by the module and the path as it is written there.
    pub attached: BTreeMap<(ModuleId, String), FileId>,
}

impl Workspace {
    /// Enters a module, with nothing in its scope yet.
    pub(super) fn add_module(&mut self, path: String, tree: Tree) -> ModuleId {
        self.modules.push(Module {
            path,
            tree,
            scope: BTreeMap::new(),
            is_std: false,
            is_foreign: false,
            has_unknown_names: false,
        });
        ModuleId(self.modules.len() as u32 - 1)
    }

    /// The text of the file that a field of `module` calls `written`; nothing where it could not
    /// be read, which has been reported.
    pub fn attached_text(&self, module: ModuleId, written: &str) -> Option<&str> {
        let file = self.attached_file(module, written)?;
        Some(self.sources.file(file).text())
    }

    /// The file itself.
    pub fn attached_file(&self, module: ModuleId, written: &str) -> Option<FileId> {
        self.attached.get(&(module, written.to_owned())).copied()
    }

    /// The module that `id` stands for.
    pub fn module(&self, id: ModuleId) -> &Module {
        &self.modules[id.0 as usize]
    }

    /// The ids of all modules, the entry file's first.
    pub fn module_ids(&self) -> impl Iterator<Item = ModuleId> + use<> {
        (0..self.modules.len() as u32).map(ModuleId)
    }

    /// The module of this path: `std.toolkits`, or that of a file within the project.
    pub fn module_named(&self, path: &str) -> Option<ModuleId> {
        self.module_ids().find(|id| self.module(*id).path == path)
    }

    /// How a module is called in messages: `std.toolkits`, or the name of its file.
    pub fn module_name(&self, id: ModuleId) -> &str {
        let module = self.module(id);
        match module.is_std {
            true => &module.path,
            false => self.sources.file(module.tree.file).name(),
        }
    }

    /// The item that an offset lies in, touching included.
    pub fn item_at(&self, offset: u32) -> Option<&Item> {
        let file = self.sources.file_at(offset)?.span();
        let module = self
            .modules
            .iter()
            .find(|module| self.sources.file(module.tree.file).span() == file)?;
        let items = &module.tree.items;
        let index = items.partition_point(|item| item.span.start <= offset);
        let item = items.get(index.checked_sub(1)?)?;
        item.span.touches(offset).then_some(item)
    }

    /// The item that declares `id`.
    pub fn item(&self, id: DeclarationId) -> &Item {
        &self.module(id.module).tree.items[id.item as usize]
    }

    /// What kind of declaration it is.
    pub fn kind(&self, id: DeclarationId) -> DeclarationKind {
        kind_of(self.item(id))
    }

    /// The name as it was declared; imported toolkits have the alias of their file.
    pub fn name(&self, id: DeclarationId) -> &str {
        self.declared_name(id).map_or("", |name| &name.text)
    }

    /// Where the declaration's name stands.
    pub fn name_span(&self, id: DeclarationId) -> Span {
        self.declared_name(id)
            .map_or(self.item(id).span, |name| name.span)
    }

    /// What the declaration is known by in a plan: `Mail` of the entry file, else
    /// `std.toolkits.Mail` or `people.ots#Mail`.
    pub fn key(&self, id: DeclarationId) -> String {
        let module = self.module(id.module);
        let name = self.name(id);
        match (id.module, module.is_std) {
            (ModuleId::ENTRY, _) => name.to_owned(),
            (_, true) => format!("{}.{name}", module.path),
            (_, false) => format!("{}#{name}", module.path),
        }
    }

    /// What a module declares itself, in its order, broken declarations and repeated names too.
    pub fn declarations(&self, module: ModuleId) -> impl Iterator<Item = DeclarationId> + '_ {
        let items = self.module(module).tree.items.iter().enumerate();
        items
            .filter(|(_, item)| name_of(item).is_some())
            .map(move |(item, _)| DeclarationId {
                module,
                item: item as u32,
            })
    }

    /// The declaration of this name in a module of this path, such as `Ordinary` in `std.personas`.
    pub fn declaration(&self, module: &str, name: &str) -> Option<DeclarationId> {
        self.declared(self.module_named(module)?, name)
    }

    /// The declaration of this name that a module makes itself.
    pub(super) fn declared(&self, module: ModuleId, name: &str) -> Option<DeclarationId> {
        let entry = self.module(module).scope.get(name)?;
        match (entry.definition, entry.is_imported) {
            (Definition::Declaration(id), false) => Some(id),
            _ => None,
        }
    }

    fn declared_name(&self, id: DeclarationId) -> Option<&Name> {
        name_of(self.item(id))
    }
}

/// The name that an item declares.
pub(super) fn name_of(item: &Item) -> Option<&Name> {
    match &item.kind {
        ItemKind::Use(_) | ItemKind::Import(_) => None,
        ItemKind::Toolkit(it) => Some(&it.name),
        ItemKind::Outcome(it)
        | ItemKind::Persona(it)
        | ItemKind::Model(it)
        | ItemKind::Campaign(it) => Some(&it.name),
        ItemKind::Scenario(it) => Some(&it.name),
        ItemKind::Template(it) => Some(&it.name),
        ItemKind::Prompt(it) => Some(&it.name),
        ItemKind::Error { declares } => declares.as_ref(),
    }
}

fn kind_of(item: &Item) -> DeclarationKind {
    match item.kind {
        ItemKind::Toolkit(_) => DeclarationKind::Toolkit,
        ItemKind::Outcome(_) => DeclarationKind::Outcome,
        ItemKind::Persona(_) => DeclarationKind::Persona,
        ItemKind::Scenario(_) => DeclarationKind::Scenario,
        ItemKind::Template(_) => DeclarationKind::Template,
        ItemKind::Model(_) => DeclarationKind::Model,
        ItemKind::Prompt(_) => DeclarationKind::Prompt,
        ItemKind::Campaign(_) => DeclarationKind::Campaign,
        // Uses and imports declare nothing, so no id leads here for them.
        ItemKind::Use(_) | ItemKind::Import(_) | ItemKind::Error { .. } => DeclarationKind::Broken,
    }
}
