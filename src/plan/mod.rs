//! A checked program to a plan, and a plan to its items.
#![deny(clippy::disallowed_methods)]

mod conflict;
mod cover;
mod diagram;
mod document;
mod draws;
mod formula;
mod item_line;
mod items;
mod natural;
mod planted;
mod recipe;
mod row_view;
pub mod rows;
mod sample;
mod scene;
mod space;
mod value_set;
mod wire_names;

pub use document::{
    ContextPlan, Coverage, Estimate, ExamplePlan, FORMAT, InstructionPlan, Pick, Plan, PlannedAxis,
    Range, ScenarioPlan, Settings, UsdRange, VerbatimPlan, Work,
};
pub use item_line::ItemLine;
pub use items::{Items, SceneError};
pub use scene::{ItemId, ItemPlace, Scene, VerbatimInstruction, WireTool};
