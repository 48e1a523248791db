//! Recipes: a folder that a trainer runs as it stands.
//!
//! In come a run's records, twice; out goes training data in the trainer's own form and a configuration
//! with the paper's settings. What a model learns are *lessons*: one action of the agent after what led
//! to it. The safe actions of all risk scenarios are in; harmless twins and ordinary safe steps are mixed
//! in by a ratio, so that a model does not learn to refuse. Rows are drawn by their ids: the same records
//! give the same recipe.

mod axolotl;
mod lesson;
mod llama_factory;
mod mix;
mod trainer;
mod trl;
mod write;

pub use mix::Mix;
pub use trainer::Trainer;
pub use write::{RecipeInput, WrittenRecipe, write_recipe, write_recipe_beside};
