//! Constraints over axes, as the plan evaluates them.

use super::entities::Value;

/// A boolean expression over the values of a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Predicate {
    All(Vec<Predicate>),
    Any(Vec<Predicate>),
    Not(Box<Predicate>),
    Compare {
        left: Term,
        comparison: Comparison,
        right: Term,
    },
    /// `axis in [a, b]`
    OneOf {
        term: Term,
        values: Vec<Term>,
    },
}

/// `a => b` is `Any([Not(a), b])`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// One side of a comparison.
#[derive(Debug, Clone, PartialEq)]
pub enum Term {
    /// The index of an axis of the scenario.
    Axis(usize),
    Literal(Value),
}
