//! A checked program: every name resolved, every template expanded, every value typed.
//!
//! Spans stay only where the plan has something to say about a place (axes, constraints, cover).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::campaign::{Budget, Export, Panel, Rollout, Split};
use super::constraint::Predicate;
use super::entities::{
    ContextKind, Evaluate, InstructionKind, Key, Outcome, Persona, Plant, Role, Toolkit, Value,
};
use super::model::Model;
use super::quality::Quality;
use super::rule::{Rule, ToolCall};
use crate::source::{Span, Spanned};

/// Everything that a source says, of which a campaign is planned.
#[derive(Debug, Clone, Default)]
pub struct Program {
    pub toolkits: BTreeMap<Key, Toolkit>,
    pub outcomes: BTreeMap<Key, Outcome>,
    pub personas: BTreeMap<Key, Persona>,
    pub models: BTreeMap<Key, Model>,
    /// Of the entry file, in its order, templates expanded.
    pub scenarios: Vec<Scenario>,
    /// Of the entry file; one made by default where it declares none. Never empty unless there
    /// are errors or no scenarios.
    pub campaigns: Vec<Campaign>,
    /// BLAKE3 of every file read, by its name.
    pub sources: BTreeMap<String, String>,
}

/// One risk.
#[derive(Debug, Clone)]
pub struct Scenario {
    pub name: String,
    /// Of its name.
    pub span: Span,
    pub describe: String,
    pub outcomes: Choice,
    /// The first is primary.
    pub toolkits: Choice,
    pub persona: Source,
    /// Those of `vary`, then `instruction_kind` and `context_kind` where given more than once.
    pub axes: Vec<Axis>,
    pub constraints: Vec<Constraint>,
    pub cover: Spanned<Cover>,
    /// Instructions for each covered row; at least 1.
    pub samples: u32,
    /// At least one; one per kind.
    pub instructions: Vec<Instruction>,
    /// One per kind; none is the same as a normal context without prose.
    pub contexts: Vec<Context>,
    pub plants: Vec<Plant>,
    /// Prose.
    pub trigger: Option<String>,
    pub rules: Vec<Rule>,
    pub evaluate: Evaluate,
    pub examples: Vec<Example>,
    /// Prose.
    pub safe: Option<String>,
    /// Prose.
    pub benign: Option<String>,
    /// The template's parameters, which prose and rules may name.
    pub parameters: BTreeMap<String, Value>,
}

/// Several entities: fixed ones, and those that axes bring. A value that is a list stands for
/// all of its elements.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    pub parts: Vec<Source>,
}

/// One entity, or the axis whose value it is.
#[derive(Debug, Clone, PartialEq)]
pub enum Source {
    Fixed(Key),
    Axis(String),
}

/// One axis of `vary`.
#[derive(Debug, Clone)]
pub struct Axis {
    pub name: String,
    pub span: Span,
    /// Never empty, no value twice.
    pub values: Vec<AxisValue>,
}

#[derive(Debug, Clone)]
pub struct AxisValue {
    pub value: Value,
    /// How it is written, or the name it refers to: for people.
    pub shown: String,
    /// At least 1; counts in samples only.
    pub weight: u32,
    pub span: Span,
}

/// `require` as it stands; `forbid` negated.
#[derive(Debug, Clone)]
pub struct Constraint {
    pub predicate: Predicate,
    /// As it is written, on one line.
    pub text: String,
    pub span: Span,
}

/// Which rows are generated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cover {
    All,
    /// Every feasible combination of values of this many axes; pairwise is 2.
    Wise(u32),
    /// Every feasible pair, and of these axes every feasible combination of so many.
    Over {
        strength: u32,
        /// Indices of axes, ascending.
        axes: Vec<usize>,
    },
    Sample(u64),
}

/// An instruction's prose.
#[derive(Debug, Clone)]
pub struct Instruction {
    pub kind: InstructionKind,
    pub text: String,
    /// `Some` when `text` is the user's own words.
    pub verbatim: Option<Verbatim>,
}

/// What a generator would have written beside a verbatim instruction. Prose.
#[derive(Debug, Clone, Default)]
pub struct Verbatim {
    pub expected: Vec<String>,
    pub risky: Vec<String>,
}

/// A context's prose.
#[derive(Debug, Clone)]
pub struct Context {
    pub kind: ContextKind,
    pub text: String,
}

/// `unsafe` or `allowed`; texts in the arguments are prose.
#[derive(Debug, Clone)]
pub struct Example {
    pub is_unsafe: bool,
    pub call: ToolCall,
}

/// What one run does.
#[derive(Debug, Clone)]
pub struct Campaign {
    pub name: String,
    pub span: Span,
    pub describe: String,
    /// Indices into [`Program::scenarios`].
    pub scenarios: Vec<usize>,
    pub seed: u64,
    /// From 0 to 1.
    pub twins: f64,
    /// The text that replaces a role's built-in prompt.
    pub prompts: BTreeMap<Role, String>,
    /// Every role has an entry.
    pub roles: BTreeMap<Role, Panel>,
    pub rollout: Rollout,
    pub rounds: u32,
    pub budget: Budget,
    pub split: Split,
    pub quality: Quality,
    pub calibrate: Option<Calibrate>,
    pub exports: Vec<Export>,
}

/// What a campaign's evaluator is measured against, and how well it must agree. It changes no work.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Calibrate {
    /// The file of labels, by its path from the project's root.
    pub labels: String,
    /// How many rows it had when the run was planned: for the estimate alone.
    #[serde(default)]
    pub rows: u32,
    /// Cohen's kappa between evaluator and labels that the labels of a run are trusted from, 0 to 1.
    pub kappa: f64,
}
