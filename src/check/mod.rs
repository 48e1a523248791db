//! Names and trees to a checked program.
//!
//! What comes in is a workspace whose names are bound; what goes out is a [`Program`] without
//! names, templates or types left to settle, and every problem of every module. Invariant: what
//! depends on something broken is silent, so that one mistake is one message.
#![deny(clippy::disallowed_methods)]

mod allow;
mod arguments;
mod axes;
mod bindings;
mod calibrate;
mod call_patterns;
mod called_tools;
mod campaign;
mod campaign_fields;
mod checker;
mod choices;
mod conditions;
mod constraint;
mod covers;
mod declarations;
mod entities;
mod examples;
mod expressions;
mod fields;
mod instructions;
mod lints;
mod lookup;
mod model;
mod model_access;
mod model_fields;
mod parts;
mod plants;
mod predicates;
mod program;
mod prose;
mod quality;
mod quality_fields;
mod read_types;
mod relocation;
mod roles;
mod rule;
mod scenarios;
mod scope;
mod templates;
mod tool_types;
mod toolkits;
mod types;
mod values;
mod whole;

pub use crate::syntax::Annotations;
pub use campaign::{
    Budget, Export, Overlong, Panel, Player, Protocol, Rollout, Seat, Split, SplitBy,
};
pub use checker::check;
pub use constraint::{Comparison, Predicate, Term};
pub use entities::{
    Cell, ContextKind, Evaluate, InstructionKind, Key, Outcome, Persona, Plant, PlantSource, Raise,
    Role, Severity, Tool, ToolKey, Toolkit, Value,
};
pub use model::{Limits, Model, ModelAccess, ModelIdentity, Price, Provider, Setting};
pub use program::{
    Axis, AxisValue, Calibrate, Campaign, Choice, Constraint, Context, Cover, Example, Instruction,
    Program, Scenario, Source, Verbatim,
};
pub use quality::{Finding, OnFlag, Quality, Reference};
pub use rule::{ArgumentCondition, CallPattern, Operand, Operator, Rule, ToolCall};
