//! Prose and prompt packs: variables, rendering, limits.
//!
//! A template comes in, with what its variables look like or are; problems with their exact places
//! go out, or the rendered text. Templates reach nothing but their variables: no loader, no
//! environment, no clock, and bounds on work and output.
#![deny(clippy::disallowed_methods)]

mod builtins;
mod depth;
mod engine;
mod known;
mod pack;
mod parts;
mod problem;
mod prose;
mod shape;
mod template;
mod value;
mod walk;

pub use builtins::{builtin_prompts, variables_of};
pub use engine::{PromptError, Prose, render_prose};
pub use pack::PromptPack;
pub use problem::{ProseProblem, ProseProblemKind};
pub use prose::check_prose;
pub(crate) use prose::used_variables;
pub use shape::{Shape, VariableSet};
pub use value::PromptValue;
