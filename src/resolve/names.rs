//! What every name stands for.
//!
//! A [`Workspace`] holds the trees of all modules of a program and the names that are in scope in
//! each. Declarations are known by small ids; what a later stage learns goes into tables of its own.

use std::collections::BTreeMap;

use crate::source::{SourceMap, Span};
use crate::syntax::{Item, Tree};

/// A module: one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModuleId(pub u32);

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
}

/// All modules of a program.
#[derive(Debug)]
pub struct Workspace {
    pub sources: SourceMap,
    /// The entry file is the first.
    pub modules: Vec<Module>,
}

impl Workspace {
    /// The module that `id` stands for.
    pub fn module(&self, id: ModuleId) -> &Module {
        &self.modules[id.0 as usize]
    }

    /// The item that declares `id`.
    pub fn item(&self, id: DeclarationId) -> &Item {
        &self.module(id.module).tree.items[id.item as usize]
    }
}
