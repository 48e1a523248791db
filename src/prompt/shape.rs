//! What the variables of a template look like, before there are values.

use std::collections::BTreeMap;

/// What a variable, or a part of one, holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    /// A text, number or boolean: nothing inside to name.
    Scalar,
    /// Anything: whatever is asked of it may be there.
    Any,
    List(Box<Shape>),
    Record(BTreeMap<String, Shape>),
}

impl Shape {
    /// A list of `element`.
    pub fn list(element: Shape) -> Self {
        Self::List(Box::new(element))
    }

    /// A record of these fields.
    pub fn record(fields: impl IntoIterator<Item = (&'static str, Shape)>) -> Self {
        Self::Record(
            fields
                .into_iter()
                .map(|(name, shape)| (name.to_owned(), shape))
                .collect(),
        )
    }

    /// `{name, describe}`: a persona, a tool as an axis value, an error of a tool.
    pub fn entity() -> Self {
        Self::record([("name", Self::Scalar), ("describe", Self::Scalar)])
    }

    /// `{name, describe, severity}`.
    pub fn outcome() -> Self {
        Self::entity().with("severity", Self::Scalar)
    }

    /// `{name, describe, parameters}`.
    pub fn tool() -> Self {
        Self::entity().with("parameters", Self::Any)
    }

    /// `{name, describe, tools}`.
    pub fn toolkit() -> Self {
        Self::entity().with("tools", Self::list(Self::tool()))
    }

    /// What holds either of two: the same, or anything.
    #[must_use]
    pub fn or(self, other: Shape) -> Self {
        if self == other { self } else { Self::Any }
    }

    /// The record with one more field.
    #[must_use]
    pub fn with(mut self, name: &str, shape: Shape) -> Self {
        if let Self::Record(fields) = &mut self {
            fields.insert(name.to_owned(), shape);
        }
        self
    }

    /// What a loop over it gives.
    pub(super) fn element(&self) -> Shape {
        match self {
            Self::List(element) => element.as_ref().clone(),
            Self::Record(_) => Self::Scalar,
            Self::Scalar | Self::Any => Self::Any,
        }
    }
}

/// The variables that a template may use.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct VariableSet {
    variables: BTreeMap<String, Shape>,
}

impl VariableSet {
    /// No variables.
    pub fn new() -> Self {
        Self::default()
    }

    /// The set with one more variable.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, shape: Shape) -> Self {
        self.insert(name, shape);
        self
    }

    /// Adds a variable, or replaces it.
    pub fn insert(&mut self, name: impl Into<String>, shape: Shape) {
        self.variables.insert(name.into(), shape);
    }

    /// What the variable of this name holds.
    pub fn get(&self, name: &str) -> Option<&Shape> {
        self.variables.get(name)
    }

    /// All names, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.variables.keys().map(String::as_str)
    }
}
