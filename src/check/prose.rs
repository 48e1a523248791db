//! Prose: which variables it may use, and where its mistakes stand.

use super::checker::Checker;
use super::entities::Role;
use super::scope::{Scope, ScopeAxis};
use super::values::Kind;
use crate::diagnostic::{Code, Diagnostic};
use crate::prompt::{
    ProseProblem, ProseProblemKind, Shape, VariableSet, check_prose, used_variables, variables_of,
};
use crate::syntax::Text;

impl Checker<'_> {
    /// Tells what is wrong with prose of a scenario; the variables in it count as used.
    pub fn check_scenario_prose(&self, text: &Text, scope: &Scope) {
        let variables = scenario_variables(scope);
        for name in used_variables(&text.value, &variables) {
            scope.mark_used(&name);
        }
        let problems = check_prose(&text.value, &variables);
        for problem in problems {
            let is_uncertain =
                scope.is_partial && problem.kind == ProseProblemKind::UnknownVariable;
            if !is_uncertain {
                self.say_prose_problem(text, problem);
            }
        }
    }

    /// Tells what is wrong with the text of a prompt.
    pub fn check_prompt_text(&self, role: Role, text: &Text) {
        for problem in check_prose(&text.value, &variables_of(role.word())) {
            self.say_prose_problem(text, problem);
        }
    }

    fn say_prose_problem(&self, text: &Text, problem: ProseProblem) {
        let span = text.locate(problem.range.start, problem.range.end);
        let code = match problem.kind {
            ProseProblemKind::Syntax => Code::ProseSyntax,
            ProseProblemKind::TooDeep => Code::TooDeep,
            ProseProblemKind::UnknownVariable => Code::UnknownVariable,
            ProseProblemKind::UnknownAttribute => Code::UnknownAttribute,
        };
        self.say(
            Diagnostic::new(code, span, problem.message).did_you_mean(problem.near.as_deref()),
        );
    }
}

fn scenario_variables(scope: &Scope) -> VariableSet {
    let mut variables = VariableSet::new()
        .with("instruction_kind", Shape::Scalar)
        .with("context_kind", Shape::Scalar)
        .with("persona", Shape::entity())
        .with("outcomes", Shape::list(Shape::outcome()))
        .with("toolkits", Shape::list(Shape::toolkit()));
    for (name, binding) in &scope.parameters {
        variables.insert(name, shape(&binding.kind));
    }
    for plant in &scope.plants {
        variables.insert(&plant.name, Shape::Scalar);
    }
    for axis in &scope.axes {
        variables.insert(&axis.name, axis_shape(axis));
    }
    variables
}

/// The shape of an axis: of all of its values, one thing beside several of it too.
fn axis_shape(axis: &ScopeAxis) -> Shape {
    let values = axis.values.iter().flatten();
    values
        .map(|value| shape(&Kind::of(&value.value)))
        .reduce(Shape::or)
        .unwrap_or_else(|| shape(&axis.kind))
}

fn shape(kind: &Kind) -> Shape {
    match kind {
        Kind::Text | Kind::Int | Kind::Float | Kind::Bool => Shape::Scalar,
        Kind::Persona | Kind::Tool => Shape::entity(),
        Kind::Model => Shape::record([("name", Shape::Scalar)]),
        Kind::Outcome => Shape::outcome(),
        Kind::Toolkit => Shape::toolkit(),
        Kind::List(item) => Shape::list(shape(item)),
        Kind::Unknown => Shape::Any,
    }
}
