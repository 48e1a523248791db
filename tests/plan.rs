//! Programs in, rows, plans and items out.

#[path = "plan/builder.rs"]
mod builder;
#[path = "plan/rows.rs"]
mod rows;
