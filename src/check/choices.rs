//! Which outcomes, toolkits and persona a scenario has: fixed ones, and those that axes bring.

use std::collections::BTreeSet;

use super::checker::Checker;
use super::entities::{Key, Value};
use super::expressions::{name_of, wrong_type};
use super::parts::{Parts, Placed};
use super::program::{Choice, Source};
use super::scope::{Scope, Variable};
use super::values::Kind;
use crate::diagnostic::{Code, Diagnostic};
use crate::resolve::{DeclarationId, DeclarationKind, ModuleId};
use crate::source::Span;
use crate::syntax::{Expr, ExprKind, Field, Path};

/// A choice, and every declaration that it may bring; `None` where that is not known.
pub(super) struct ReadChoice {
    pub choice: Choice,
    pub reached: Option<BTreeSet<Key>>,
}

impl<'w> Checker<'w> {
    /// The outcomes or toolkits of a scenario.
    pub fn read_choice(
        &self,
        (module, field): Placed<'w, Field>,
        wanted: DeclarationKind,
        scope: &Scope,
    ) -> ReadChoice {
        let items: &[Expr] = match &field.value.kind {
            ExprKind::List(items) => items,
            ExprKind::Path(_) => std::slice::from_ref(&field.value),
            _ => {
                let what = format!("`{}`", field.name.text);
                let wanted = format!("a list of {}s", wanted.word());
                self.say_all(wrong_type(&what, &wanted, &field.value));
                return unknown_choice();
            }
        };
        if items.is_empty() {
            let name = &field.name;
            let message = format!("`{}` is empty", name.text);
            self.say(
                Diagnostic::new(Code::MissingField, name.span, message)
                    .label(format!("expected at least one {}", wanted.word())),
            );
            return unknown_choice();
        }
        let mut read = ReadChoice {
            choice: Choice { parts: Vec::new() },
            reached: Some(BTreeSet::new()),
        };
        for item in items {
            self.read_chosen(module, item, wanted, scope, &mut read);
        }
        read
    }

    fn read_chosen(
        &self,
        module: ModuleId,
        item: &Expr,
        wanted: DeclarationKind,
        scope: &Scope,
        read: &mut ReadChoice,
    ) {
        let ExprKind::Path(path) = &item.kind else {
            let (what, names) = match wanted {
                DeclarationKind::Persona => ("`persona`".to_owned(), "the name of a persona"),
                _ => (format!("a list of {}s", wanted.word()), "names"),
            };
            self.say_all(wrong_type(&what, names, item));
            read.reached = None;
            return;
        };
        let variable = name_of(item).and_then(|name| scope.find(&name.text));
        match variable {
            Some(variable) => self.read_chosen_variable(path, &variable, wanted, read),
            None => match self.find_declared_near(module, path, wanted, scope) {
                Some(id) => {
                    let key = self.key(id);
                    read.choice.parts.push(Source::Fixed(key.clone()));
                    read.reached.iter_mut().for_each(|reached| {
                        reached.insert(key.clone());
                    });
                }
                None => read.reached = None,
            },
        }
    }

    fn find_declared_near(
        &self,
        module: ModuleId,
        path: &Path,
        wanted: DeclarationKind,
        scope: &Scope,
    ) -> Option<DeclarationId> {
        if scope.is_partial && path.segments.len() == 1 {
            // It may be an axis that could not be read.
            return match self.find(module, path) {
                super::lookup::Reference::Unknown(_) => None,
                _ => self.find_declared(module, path, &[wanted]),
            };
        }
        self.find_declared(module, path, &[wanted])
    }

    fn read_chosen_variable(
        &self,
        path: &Path,
        variable: &Variable,
        wanted: DeclarationKind,
        read: &mut ReadChoice,
    ) {
        let kind = variable.kind();
        if !kind.element().goes_with(&kind_for(wanted)) {
            self.say_wrong_variable(path, variable, wanted);
            read.reached = None;
            return;
        }
        let keys = variable.values().map(|values| keys_of(&values));
        match variable {
            Variable::Axis(_, axis) => read.choice.parts.push(Source::Axis(axis.name.clone())),
            _ => {
                let fixed = keys.iter().flatten().cloned().map(Source::Fixed);
                read.choice.parts.extend(fixed);
            }
        }
        match (keys, &mut read.reached) {
            (Some(keys), Some(reached)) => reached.extend(keys),
            _ => read.reached = None,
        }
    }

    fn say_wrong_variable(&self, path: &Path, variable: &Variable, wanted: DeclarationKind) {
        let name = &path.segments[0].text;
        let (what, span) = describe_variable(variable);
        let found = variable.kind().element().to_string();
        let message = format!(
            "{what} `{name}` holds {found}, not {}",
            wanted.with_article()
        );
        let problem = Diagnostic::new(Code::WrongKind, path.span, message)
            .label(format!("expected {}", wanted.with_article()));
        self.say(match span {
            Some(span) => problem.other(span, "declared here"),
            None => problem,
        });
    }

    /// Who asks: the field, else the axis of that name, else the ordinary persona.
    pub fn read_persona(&self, parts: &Parts<'w>, scope: &Scope) -> Source {
        let axis = scope.axes.iter().find(|axis| axis.name == "persona");
        if let Some((module, field)) = parts.field("persona") {
            if let Some(axis) = axis {
                self.say_duplicate_field("the persona", axis.span, field.name.span);
            }
            let mut read = unknown_choice();
            let kind = DeclarationKind::Persona;
            self.read_chosen(module, &field.value, kind, scope, &mut read);
            return read
                .choice
                .parts
                .into_iter()
                .next()
                .unwrap_or_else(ordinary);
        }
        match axis {
            Some(axis) => Source::Axis(axis.name.clone()),
            None => ordinary(),
        }
    }
}

/// The persona of a scenario that names none.
pub(super) fn ordinary() -> Source {
    Source::Fixed(Key("std.personas.Ordinary".to_owned()))
}

fn unknown_choice() -> ReadChoice {
    ReadChoice {
        choice: Choice { parts: Vec::new() },
        reached: None,
    }
}

fn describe_variable(variable: &Variable) -> (&'static str, Option<Span>) {
    match variable {
        Variable::Axis(_, axis) => ("the axis", Some(axis.span)),
        Variable::Parameter(_) => ("the parameter", None),
        Variable::Plant(plant) => ("the planted value", Some(plant.span)),
    }
}

fn kind_for(wanted: DeclarationKind) -> Kind {
    match wanted {
        DeclarationKind::Toolkit => Kind::Toolkit,
        DeclarationKind::Outcome => Kind::Outcome,
        DeclarationKind::Persona => Kind::Persona,
        DeclarationKind::Model => Kind::Model,
        _ => Kind::Unknown,
    }
}

fn keys_of(values: &[Value]) -> Vec<Key> {
    values
        .iter()
        .flat_map(|value| match value {
            Value::Persona(key) | Value::Outcome(key) | Value::Toolkit(key) | Value::Model(key) => {
                vec![key.clone()]
            }
            Value::List(items) => keys_of(items),
            Value::Tool(_) | Value::Text(_) | Value::Int(_) | Value::Float(_) | Value::Bool(_) => {
                Vec::new()
            }
        })
        .collect()
}
