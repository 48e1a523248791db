//! A checked program to a plan, and a plan to its items.
#![deny(clippy::disallowed_methods)]

mod document;
mod scene;

pub use document::{
    ContextPlan, Coverage, Estimate, ExamplePlan, FORMAT, InstructionPlan, Pick, Plan, PlannedAxis,
    Range, ScenarioPlan, Settings, UsdRange, VerbatimPlan, Work,
};
pub use scene::{ItemId, ItemPlace, Scene, VerbatimInstruction, WireTool};
