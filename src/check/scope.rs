//! What a scenario's prose, rules and constraints may name.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use super::entities::{Plant, Value};
use super::program::{Axis, AxisValue};
use super::values::{Kind, Parameters};
use crate::resolve::DeclarationId;
use crate::source::Span;

/// The variables of a scenario.
pub(super) struct Scope {
    pub parameters: Parameters,
    pub axes: Vec<ScopeAxis>,
    pub plants: Vec<ScopePlant>,
    /// Every toolkit that it may be given; `None` where that is not known.
    pub toolkits: Option<BTreeSet<DeclarationId>>,
    /// Whether something could not be read, so that no variable can be called unknown.
    pub is_partial: bool,
    used: RefCell<BTreeSet<String>>,
}

/// An axis as far as it is known.
pub(super) struct ScopeAxis {
    pub name: String,
    pub span: Span,
    pub kind: Kind,
    /// `None` where they come with an argument, or are broken.
    pub values: Option<Vec<AxisValue>>,
    /// Whether it is made of the kinds of instructions or contexts.
    pub is_implicit: bool,
}

/// A planted value; `None` where it is broken.
pub(super) struct ScopePlant {
    pub name: String,
    pub span: Span,
    pub plant: Option<Plant>,
}

/// What a name in a scenario stands for.
pub(super) enum Variable<'s> {
    Axis(usize, &'s ScopeAxis),
    Parameter(&'s super::values::Binding),
    Plant(&'s ScopePlant),
}

impl Scope {
    /// A scope with parameters alone.
    pub fn new(parameters: Parameters, is_partial: bool) -> Self {
        Self {
            parameters,
            axes: Vec::new(),
            plants: Vec::new(),
            toolkits: None,
            is_partial,
            used: RefCell::default(),
        }
    }

    /// What `name` stands for; it counts as used.
    pub fn find(&self, name: &str) -> Option<Variable<'_>> {
        self.mark_used(name);
        let axis = self.axes.iter().position(|axis| axis.name == name);
        if let Some(index) = axis {
            return Some(Variable::Axis(index, &self.axes[index]));
        }
        if let Some(binding) = self.parameters.get(name) {
            return Some(Variable::Parameter(binding));
        }
        let plant = self.plants.iter().find(|plant| plant.name == name);
        plant.map(Variable::Plant)
    }

    /// Every name, axes first.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let axes = self.axes.iter().map(|axis| axis.name.as_str());
        let parameters = self.parameters.keys().map(String::as_str);
        let plants = self.plants.iter().map(|plant| plant.name.as_str());
        axes.chain(parameters).chain(plants)
    }

    /// Takes note that something names a variable.
    pub fn mark_used(&self, name: &str) {
        self.used.borrow_mut().insert(name.to_owned());
    }

    /// The axes as the program holds them.
    pub fn program_axes(&self) -> Vec<Axis> {
        self.axes
            .iter()
            .map(|axis| Axis {
                name: axis.name.clone(),
                span: axis.span,
                values: axis.values.clone().unwrap_or_default(),
            })
            .collect()
    }

    /// The planted values as the program holds them.
    pub fn planted(&self) -> Vec<Plant> {
        let plants = self.plants.iter();
        plants.filter_map(|plant| plant.plant.clone()).collect()
    }

    /// The values of the parameters.
    pub fn parameter_values(&self) -> BTreeMap<String, Value> {
        self.parameters
            .iter()
            .filter_map(|(name, binding)| Some((name.clone(), binding.value.clone()?)))
            .collect()
    }

    /// The axes that nothing names.
    pub fn unused_axes(&self) -> Vec<(String, Span)> {
        let used = self.used.borrow();
        self.axes
            .iter()
            .filter(|axis| !axis.is_implicit && axis.name != "persona")
            .filter(|axis| !used.contains(&axis.name))
            .map(|axis| (axis.name.clone(), axis.span))
            .collect()
    }
}

impl Variable<'_> {
    /// Of what kind it is.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Axis(_, axis) => axis.kind.clone(),
            Self::Parameter(binding) => binding.kind.clone(),
            Self::Plant(_) => Kind::Text,
        }
    }

    /// Every value that it may have, where they are known; a plant's are not.
    pub fn values(&self) -> Option<Vec<Value>> {
        match self {
            Self::Axis(_, axis) => {
                let values = axis.values.as_ref()?;
                Some(values.iter().map(|value| value.value.clone()).collect())
            }
            Self::Parameter(binding) => Some(vec![binding.value.clone()?]),
            Self::Plant(_) => None,
        }
    }
}
