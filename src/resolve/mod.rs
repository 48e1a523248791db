//! Trees to names: modules, scopes, and what each name stands for.
//!
//! What comes in is the path of an entry file and where files come from; what goes out is a
//! [`Workspace`] of every module that the entry reaches, and every problem found on the way.
//! Invariant: what could not be loaded or bound is `Broken`, has been reported, and is silent
//! from then on.
#![deny(clippy::disallowed_methods)]

mod attachments;
mod cycle;
mod file_path;
mod find;
mod load;
mod missing;
mod names;
mod scope;
mod standard;
mod target;
mod tool_file;

pub use find::Found;
pub use load::load;
pub use names::{
    DeclarationId, DeclarationKind, Definition, Module, ModuleId, ScopeEntry, Workspace,
};
