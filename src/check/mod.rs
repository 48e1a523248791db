//! Names and trees to a checked program.
#![deny(clippy::disallowed_methods)]

mod campaign;
mod constraint;
mod entities;
mod model;
mod program;
mod rule;

pub use campaign::{Budget, Export, Panel, Player, Protocol, Rollout, Seat, Split, SplitBy};
pub use constraint::{Comparison, Predicate, Term};
pub use entities::{
    Cell, ContextKind, Evaluate, InstructionKind, Key, Outcome, Persona, Plant, PlantSource, Raise,
    Role, Severity, Tool, ToolKey, Toolkit, Value,
};
pub use model::{Limits, Model, ModelAccess, ModelIdentity, Price, Provider, Setting};
pub use program::{
    Axis, AxisValue, Campaign, Choice, Constraint, Context, Cover, Example, Instruction, Program,
    Scenario, Source, Verbatim,
};
pub use rule::{ArgumentCondition, CallPattern, Operand, Operator, Rule, ToolCall};
