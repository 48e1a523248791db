//! Values of axes and of templates' arguments: what an expression stands for, and of what kind it is.

use std::collections::BTreeMap;
use std::fmt;

use super::checker::Checker;
use super::entities::{Key, ToolKey, Value};
use super::expressions::{single_name, wrong_type};
use super::lookup::Reference;
use crate::diagnostic::{Code, Diagnostic, nearest};
use crate::resolve::{DeclarationId, DeclarationKind, ModuleId};
use crate::syntax::{Expr, ExprKind, Name, Path};

/// Of what kind a value is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Int,
    Float,
    Bool,
    Persona,
    Outcome,
    Toolkit,
    Tool,
    Model,
    List(Box<Kind>),
    /// Of an empty list's elements, and of what is broken: goes with everything.
    Unknown,
}

impl Kind {
    /// The kind of a value.
    pub fn of(value: &Value) -> Self {
        match value {
            Value::Text(_) => Self::Text,
            Value::Int(_) => Self::Int,
            Value::Float(_) => Self::Float,
            Value::Bool(_) => Self::Bool,
            Value::Persona(_) => Self::Persona,
            Value::Outcome(_) => Self::Outcome,
            Value::Toolkit(_) => Self::Toolkit,
            Value::Tool(_) => Self::Tool,
            Value::Model(_) => Self::Model,
            Value::List(items) => {
                Self::List(Box::new(items.first().map_or(Self::Unknown, Self::of)))
            }
        }
    }

    /// Whether values of the two kinds can be equal.
    pub fn goes_with(&self, other: &Kind) -> bool {
        match (self, other) {
            (Self::Unknown, _) | (_, Self::Unknown) => true,
            (Self::List(left), Self::List(right)) => left.goes_with(right),
            _ => self == other || (self.is_number() && other.is_number()),
        }
    }

    /// Whether it can be ordered.
    pub fn is_number(&self) -> bool {
        matches!(self, Self::Int | Self::Float | Self::Unknown)
    }

    /// The kind of a list's elements, or the kind itself.
    pub fn element(&self) -> &Kind {
        match self {
            Self::List(item) => item.element(),
            other => other,
        }
    }

    /// Whether it is known by the name of a declaration.
    pub fn is_entity(&self) -> bool {
        matches!(
            self,
            Self::Persona | Self::Outcome | Self::Toolkit | Self::Tool | Self::Model
        )
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Text => "a string",
            Self::Int => "an integer",
            Self::Float => "a number",
            Self::Bool => "a boolean",
            Self::Persona => "a persona",
            Self::Outcome => "an outcome",
            Self::Toolkit => "a toolkit",
            Self::Tool => "a tool",
            Self::Model => "a model",
            Self::List(_) => "a list",
            Self::Unknown => "a value",
        })
    }
}

/// A template's parameter where its body is checked: its kind, and its value in a call.
#[derive(Debug, Clone)]
pub(super) struct Binding {
    pub kind: Kind,
    /// `None` while the template is checked by itself, and for a broken argument.
    pub value: Option<Value>,
}

/// The parameters that a body sees.
pub(super) type Parameters = BTreeMap<String, Binding>;

/// What an expression stands for.
#[derive(Debug, Clone)]
pub(super) enum Evaluated {
    Known(Value),
    /// Of this kind; the value comes with a template's argument.
    Later(Kind),
    /// Told already.
    Broken,
}

impl Evaluated {
    /// The value, where it is known.
    pub fn known(self) -> Option<Value> {
        match self {
            Self::Known(value) => Some(value),
            Self::Later(_) | Self::Broken => None,
        }
    }

    /// The kind, where it is known.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Known(value) => Kind::of(value),
            Self::Later(kind) => kind.clone(),
            Self::Broken => Kind::Unknown,
        }
    }
}

impl From<&Binding> for Evaluated {
    fn from(binding: &Binding) -> Self {
        match &binding.value {
            Some(value) => Self::Known(value.clone()),
            None => Self::Later(binding.kind.clone()),
        }
    }
}

/// Whether two values are the same; 1 and 1.0 are.
pub(super) fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Int(int), Value::Float(float)) | (Value::Float(float), Value::Int(int)) => {
            *int as f64 == *float
        }
        (Value::List(left), Value::List(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(a, b)| same(a, b))
        }
        _ => left == right,
    }
}

/// How a value is shown to people: entities by the last part of their key.
pub(super) fn shown(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Int(value) => value.to_string(),
        Value::Float(value) => value.to_string(),
        Value::Bool(value) => value.to_string(),
        Value::Persona(key) | Value::Outcome(key) | Value::Toolkit(key) | Value::Model(key) => {
            short(key).to_owned()
        }
        Value::Tool(tool) => format!("{}.{}", short(&tool.toolkit), tool.tool),
        Value::List(items) => {
            let items: Vec<_> = items.iter().map(shown).collect();
            format!("[{}]", items.join(", "))
        }
    }
}

/// How a value is written in a source.
pub(super) fn written(value: &Value) -> String {
    match value {
        Value::Text(text) => format!("{text:?}"),
        other => shown(other),
    }
}

fn short(key: &Key) -> &str {
    key.as_str()
        .rsplit(['#', '.'])
        .next()
        .unwrap_or(key.as_str())
}

impl Checker<'_> {
    /// What a literal, a parameter or the name of a declaration stands for; problems are told.
    pub fn evaluate(&self, module: ModuleId, parameters: &Parameters, expr: &Expr) -> Evaluated {
        match &expr.kind {
            ExprKind::Text(text) => Evaluated::Known(Value::Text(text.value.clone())),
            ExprKind::Int(value) => Evaluated::Known(Value::Int(*value)),
            ExprKind::Float(value) => Evaluated::Known(Value::Float(*value)),
            ExprKind::Bool(value) => Evaluated::Known(Value::Bool(*value)),
            ExprKind::Path(path) => self.evaluate_path(module, parameters, path),
            ExprKind::List(items) => self.evaluate_list(module, parameters, items),
            _ => {
                let wanted = "a string, a number, a boolean, a name or a list of those";
                self.say_all(wrong_type("a value", wanted, expr));
                Evaluated::Broken
            }
        }
    }

    fn evaluate_list(
        &self,
        module: ModuleId,
        parameters: &Parameters,
        items: &[Expr],
    ) -> Evaluated {
        let evaluated: Vec<_> = items
            .iter()
            .map(|item| self.evaluate(module, parameters, item))
            .collect();
        let kind = evaluated.first().map_or(Kind::Unknown, Evaluated::kind);
        if evaluated
            .iter()
            .any(|item| matches!(item, Evaluated::Broken))
        {
            return Evaluated::Broken;
        }
        match evaluated.into_iter().map(Evaluated::known).collect() {
            Some(values) => Evaluated::Known(Value::List(values)),
            None => Evaluated::Later(Kind::List(Box::new(kind))),
        }
    }

    fn evaluate_path(&self, module: ModuleId, parameters: &Parameters, path: &Path) -> Evaluated {
        if let Some(binding) = single_name(path).and_then(|name| parameters.get(&name.text)) {
            return binding.into();
        }
        let value = match self.find(module, path) {
            Reference::Declaration(id, kind, rest) => self.value_of(path, id, kind, rest),
            Reference::Sim => Some(Value::Model(Key("sim".to_owned()))),
            Reference::Module => {
                self.say_not_a_value(path, "a module");
                None
            }
            Reference::Broken => None,
            Reference::Unknown(problem) => {
                self.say(self.nearer(problem, path, parameters.keys().map(String::as_str)));
                None
            }
        };
        value.map_or(Evaluated::Broken, Evaluated::Known)
    }

    /// The problem of an unknown name, with a near one of these before those of declarations.
    pub fn nearer<'n>(
        &self,
        mut problem: Diagnostic,
        path: &Path,
        names: impl Iterator<Item = &'n str>,
    ) -> Diagnostic {
        let near = single_name(path).and_then(|name| nearest(&name.text, names));
        if near.is_some() && problem.code == Code::UnknownName {
            problem.fix = None;
            return problem.did_you_mean(near);
        }
        problem
    }

    fn value_of(
        &self,
        path: &Path,
        id: DeclarationId,
        kind: DeclarationKind,
        rest: &[Name],
    ) -> Option<Value> {
        let key = self.key(id);
        match (kind, rest) {
            (DeclarationKind::Persona, []) => Some(Value::Persona(key)),
            (DeclarationKind::Outcome, []) => Some(Value::Outcome(key)),
            (DeclarationKind::Toolkit, []) => Some(Value::Toolkit(key)),
            (DeclarationKind::Model, []) => Some(Value::Model(key)),
            (DeclarationKind::Toolkit, [tool]) => {
                self.find_tool(id, tool)?;
                Some(Value::Tool(ToolKey {
                    toolkit: key,
                    tool: tool.text.clone(),
                }))
            }
            (DeclarationKind::Broken, _) => None,
            (_, [first, ..]) => {
                self.say_no_members(kind, path, first);
                None
            }
            _ => {
                self.say_not_a_value(path, &kind.with_article());
                None
            }
        }
    }

    /// Says that nothing is declared inside such a declaration.
    fn say_no_members(&self, kind: DeclarationKind, path: &Path, member: &Name) {
        let owner = &path.segments[0].text;
        let message = format!(
            "`{owner}` is {}, and has no `{}`",
            kind.with_article(),
            member.text
        );
        self.say(Diagnostic::new(Code::UnknownName, member.span, message));
    }

    fn say_not_a_value(&self, path: &Path, found: &str) {
        let name = path_text(path);
        let message = format!("`{name}` is {found}, which cannot be a value");
        self.say(
            Diagnostic::new(Code::WrongKind, path.span, message)
                .label("expected a persona, outcome, toolkit, tool or model"),
        );
    }
}

/// A path as it is written.
pub(super) fn path_text(path: &Path) -> String {
    let names: Vec<_> = path
        .segments
        .iter()
        .map(|name| name.text.as_str())
        .collect();
    names.join(".")
}
