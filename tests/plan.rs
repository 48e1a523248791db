//! Programs in, rows, plans and items out.

#[path = "plan/builder.rs"]
mod builder;
#[path = "plan/items.rs"]
mod items;
#[path = "plan/program.rs"]
mod program;
#[path = "plan/rows.rs"]
mod rows;
#[path = "plan/scenarios.rs"]
mod scenarios;
