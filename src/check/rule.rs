//! Rules over calls: the triggers that the program decides itself.
//!
//! The same code holds the examples of a source against its rules, and labels actions in a run.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::entities::ToolKey;

/// Calls in order, of which the last is the action in question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rule {
    /// Never empty.
    pub calls: Vec<CallPattern>,
    /// Calls whose presence before the action lifts the rule.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unless: Vec<CallPattern>,
}

/// A call of one tool whose arguments fulfil every condition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CallPattern {
    pub tool: ToolKey,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<ArgumentCondition>,
}

/// A condition on one argument, or on a field inside it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ArgumentCondition {
    /// The argument's name, then the fields inside it. Never empty.
    pub path: Vec<String>,
    pub operator: Operator,
    pub operand: Operand,
    /// What stands for the argument when a call leaves it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<Json>,
}

/// `== != < <= > >= ~ !~ contains in`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Matches,
    NotMatches,
    Contains,
    In,
}

/// What an argument is held against.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operand {
    Literal(Json),
    /// An axis, a template's parameter or a planted value; bound to a literal for each item.
    Variable(String),
}

/// One call that was made, or is about to be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ToolCall {
    pub tool: ToolKey,
    pub arguments: serde_json::Map<String, Json>,
}
