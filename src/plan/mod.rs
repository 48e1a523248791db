//! A checked program to a plan, and a plan to its items.
#![deny(clippy::disallowed_methods)]

mod conflict;
mod cover;
mod diagram;
mod document;
mod draws;
mod formula;
mod natural;
pub mod rows;
mod sample;
mod scene;
mod space;
mod value_set;

pub use document::{
    ContextPlan, Coverage, Estimate, ExamplePlan, FORMAT, InstructionPlan, Pick, Plan, PlannedAxis,
    Range, ScenarioPlan, Settings, UsdRange, VerbatimPlan, Work,
};
pub use scene::{ItemId, ItemPlace, Scene, VerbatimInstruction, WireTool};
