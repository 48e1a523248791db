//! A checked program to a plan, and a plan to its items.
#![deny(clippy::disallowed_methods)]

mod conflict;
mod cover;
mod diagram;
mod difference;
mod document;
mod draws;
mod estimate;
mod formula;
mod infeasible;
mod item_line;
mod items;
mod lower;
mod natural;
mod plan_file;
mod planted;
mod recipe;
mod row_bounds;
mod row_view;
pub mod rows;
mod sample;
mod scene;
mod show;
mod show_difference;
mod show_hints;
mod show_line;
mod show_rows;
mod space;
mod split_groups;
mod subject;
mod toolsets;
mod validity;
mod value_set;
mod wire_names;

pub use document::{
    ContextPlan, Coverage, CoverageOver, Estimate, ExamplePlan, FORMAT, Infeasible,
    InstructionPlan, Pick, Plan, PlannedAxis, PlannedValue, Range, ScenarioPlan, Settings,
    UsdRange, VerbatimPlan, Work,
};
pub use item_line::ItemLine;
pub use items::{Items, SceneError};
pub use lower::{check_rows, lower};
pub use plan_file::PlanError;
pub use scene::{ItemId, ItemPlace, Scene, VerbatimInstruction, WireTool};
pub use show::render_plan;
pub use show_difference::render_difference;
pub use show_line::grouped;
pub use subject::Subject;
