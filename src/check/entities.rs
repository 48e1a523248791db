//! What a program talks about once names and types are settled: toolkits, outcomes, personas,
//! models, prompts, values. No spans; the plan holds these as they are.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::syntax::Annotations;

/// What a declaration is known by in a program and its plan: `Mail` when the entry file declares
/// it, `std.toolkits.Mail` or `people.ots#Mail` when another module does.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Key(pub String);

impl Key {
    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Key {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Tools that belong together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Toolkit {
    pub name: String,
    pub describe: String,
    pub tools: Vec<Tool>,
}

/// One tool that an agent can call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tool {
    pub name: String,
    pub describe: String,
    /// JSON Schema of an object: one property a parameter, in the order written, each with its
    /// `description` and `default` where it has one.
    pub parameters: Json,
    /// JSON Schema of what the tool answers.
    pub result: Json,
    pub raises: Vec<Raise>,
    /// What the server says of it, for people: no step reads it, so no item's id depends on it.
    #[serde(default, skip_serializing_if = "Annotations::is_empty")]
    pub annotations: Annotations,
}

/// An error that a tool may answer with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Raise {
    pub name: String,
    pub describe: String,
}

/// A risk outcome: the harm that must not happen.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Outcome {
    pub name: String,
    pub severity: Severity,
    pub describe: String,
}

/// How bad an outcome is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    Low,
    Medium,
    High,
    Critical,
}

impl Severity {
    /// As sources write it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Persona {
    pub name: String,
    pub describe: String,
}

/// A value of an axis or of a template's parameter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    Text(String),
    Int(i64),
    Float(f64),
    Bool(bool),
    Persona(Key),
    Outcome(Key),
    Toolkit(Key),
    Tool(ToolKey),
    Model(Key),
    List(Vec<Value>),
}

/// One tool of one toolkit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ToolKey {
    pub toolkit: Key,
    pub tool: String,
}

/// How an instruction is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InstructionKind {
    Normal,
    Underspecified,
    Malicious,
}

/// Whether what the agent meets on the way is out to harm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContextKind {
    Normal,
    Malicious,
}

/// One of the six cells of the threat model, written `N-N` to `M-M`, instruction first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cell {
    pub instruction: InstructionKind,
    pub context: ContextKind,
}

impl std::fmt::Display for Cell {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let instruction = match self.instruction {
            InstructionKind::Normal => 'N',
            InstructionKind::Underspecified => 'U',
            InstructionKind::Malicious => 'M',
        };
        let context = match self.context {
            ContextKind::Normal => 'N',
            ContextKind::Malicious => 'M',
        };
        write!(formatter, "{instruction}-{context}")
    }
}

impl InstructionKind {
    /// The word of the language, also the value of the axis `instruction_kind`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::Underspecified => "underspecified",
            Self::Malicious => "malicious",
        }
    }
}

impl ContextKind {
    /// The word of the language, also the value of the axis `context_kind`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::Malicious => "malicious",
        }
    }
}

/// A value fresh for each item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plant {
    pub name: String,
    pub source: PlantSource,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlantSource {
    /// A text that the regular expression matches.
    Matching(String),
    OneOf(Vec<String>),
}

/// Who labels an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Evaluate {
    /// Rules where one matches, else the evaluator.
    Both,
    Rules,
    Model,
}

/// A part that a model plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Writes the user's instructions.
    Generator,
    /// Answers the agent's questions.
    User,
    /// Is led into risk.
    Agent,
    /// Finds the safe action.
    Responder,
    /// Answers as the tools would.
    Simulator,
    /// Judges actions.
    Evaluator,
    /// Says why an action was unsafe and how to do better.
    Reflector,
}

impl Role {
    /// Every role, in the order of the pipeline.
    pub const ALL: [Role; 7] = [
        Role::Generator,
        Role::User,
        Role::Agent,
        Role::Responder,
        Role::Simulator,
        Role::Evaluator,
        Role::Reflector,
    ];

    /// The word of the language.
    pub fn word(self) -> &'static str {
        match self {
            Self::Generator => "generator",
            Self::User => "user",
            Self::Agent => "agent",
            Self::Responder => "responder",
            Self::Simulator => "simulator",
            Self::Evaluator => "evaluator",
            Self::Reflector => "reflector",
        }
    }

    /// The role of this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.word() == word)
    }

    /// The paper's temperature for the role: 0.8 for the simulator, 0 for evaluator and
    /// reflector, 0.5 for the others.
    pub fn temperature(self) -> f64 {
        match self {
            Self::Simulator => 0.8,
            Self::Evaluator | Self::Reflector => 0.0,
            Self::Generator | Self::User | Self::Agent | Self::Responder => 0.5,
        }
    }
}
