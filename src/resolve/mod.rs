//! Trees to names: modules, scopes, and what each name stands for.
#![deny(clippy::disallowed_methods)]

mod names;

pub use names::{
    DeclarationId, DeclarationKind, Definition, Module, ModuleId, ScopeEntry, Workspace,
};
