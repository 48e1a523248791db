//! Conditions of rules: arguments that exist, operators that fit them, and what they are held against.

use serde_json::Value as Json;

use super::checker::Checker;
use super::entities::Value;
use super::expressions::{describe_expression, name_of};
use super::rule::{ArgumentCondition, Operand, Operator};
use super::scope::{Scope, Variable};
use super::tool_types::{ToolParameter, ToolTypes};
use super::types::{Type, fit_enum, literal};
use super::values::{Kind, path_text};
use crate::diagnostic::{Code, Diagnostic, nearest};
use crate::source::Span;
use crate::syntax::{Condition, Expr, ExprKind, Name, Path, RuleOperator};

/// What is held against an operand: the argument's type and how it is called in messages.
struct Subject<'t> {
    kind: &'t Type,
    name: String,
}

impl Checker<'_> {
    /// The condition, if all of it is right and known; of a tool that is not known its names count as used.
    pub(super) fn read_condition(
        &self,
        condition: &Condition,
        tool: Option<&ToolTypes>,
        scope: &Scope,
    ) -> Option<ArgumentCondition> {
        let subject = tool.and_then(|tool| self.find_argument(&condition.argument, tool));
        let subject_kind = subject.map_or(&Type::Broken, |(_, kind)| kind);
        let read = Subject {
            kind: subject_kind,
            name: path_text(&condition.argument),
        };
        if self.check_operator(&read, condition).is_none() {
            if let Some(name) = name_of(&condition.value) {
                scope.mark_used(&name.text);
            }
            return None;
        }
        let operand = self.read_operand(&read, condition, scope);
        let (parameter, _) = subject?;
        Some(ArgumentCondition {
            path: condition
                .argument
                .segments
                .iter()
                .map(|segment| segment.text.clone())
                .collect(),
            operator: operator(condition.operator.value),
            operand: operand?,
            default: parameter.default.clone(),
        })
    }

    /// The parameter and the type at the end of a dotted argument.
    fn find_argument<'t>(
        &self,
        path: &Path,
        tool: &'t ToolTypes,
    ) -> Option<(&'t ToolParameter, &'t Type)> {
        let (first, rest) = path.segments.split_first()?;
        let Some(parameter) = tool.parameter(&first.text) else {
            let names = tool
                .parameters
                .iter()
                .map(|known| known.field.name.as_str());
            let message = format!("the tool has no argument `{}`", first.text);
            self.say(
                Diagnostic::new(Code::UnknownTool, first.span, message)
                    .did_you_mean(nearest(&first.text, names)),
            );
            return None;
        };
        let mut kind = &parameter.field.kind;
        for segment in rest {
            kind = self.find_field(kind, segment)?;
        }
        Some((parameter, kind))
    }

    fn find_field<'t>(&self, kind: &'t Type, name: &Name) -> Option<&'t Type> {
        match kind.element() {
            Type::Any | Type::Broken => Some(kind.element()),
            Type::Record(fields) if fields.is_empty() => Some(&Type::Any),
            Type::Record(fields) => {
                if let Some(field) = fields.iter().find(|field| field.name == name.text) {
                    return Some(&field.kind);
                }
                let names = fields.iter().map(|field| field.name.as_str());
                let message = format!("there is no field `{}` here", name.text);
                self.say(
                    Diagnostic::new(Code::UnknownTool, name.span, message)
                        .did_you_mean(nearest(&name.text, names)),
                );
                None
            }
            other => {
                let message = format!("`{other}` has no field `{}`", name.text);
                self.say(Diagnostic::new(Code::UnknownTool, name.span, message));
                None
            }
        }
    }

    /// Whether the operator can be used on the argument.
    fn check_operator(&self, subject: &Subject, condition: &Condition) -> Option<()> {
        let leaf = subject.kind.element();
        let is_open = matches!(leaf, Type::Any | Type::Broken);
        let (fits, wanted) = match condition.operator.value {
            RuleOperator::Matches | RuleOperator::NotMatches => (is_text(leaf), "text"),
            RuleOperator::Contains => (is_text(leaf) || is_list(subject.kind), "text and lists"),
            RuleOperator::Less
            | RuleOperator::LessOrEqual
            | RuleOperator::Greater
            | RuleOperator::GreaterOrEqual => (is_number(leaf), "numbers"),
            RuleOperator::Equal | RuleOperator::NotEqual | RuleOperator::In => (true, ""),
        };
        if fits || is_open {
            return Some(());
        }
        let word = condition.operator.value.sign();
        let message = format!("`{word}` is for {wanted}, and `{}` is not", subject.name);
        self.say(
            Diagnostic::new(Code::WrongType, condition.operator.span, message).other(
                condition.argument.span,
                format!("this is `{}`", subject.kind),
            ),
        );
        None
    }

    fn read_operand(
        &self,
        subject: &Subject,
        condition: &Condition,
        scope: &Scope,
    ) -> Option<Operand> {
        let value = &condition.value;
        match &value.kind {
            ExprKind::Error => None,
            ExprKind::Path(path) => self.read_operand_name(subject, condition, path, scope),
            _ => self
                .read_literal_operand(subject, condition)
                .map(Operand::Literal),
        }
    }

    fn read_literal_operand(&self, subject: &Subject, condition: &Condition) -> Option<Json> {
        let value = &condition.value;
        let json = literal(value).or_else(|| {
            let found = describe_expression(value);
            self.say_operand(subject, value.span, "a literal or a variable", found)
        })?;
        match condition.operator.value {
            RuleOperator::Matches | RuleOperator::NotMatches => match &value.kind {
                ExprKind::Text(text) => self.check_regex(text).then_some(json),
                _ => self.say_operand(
                    subject,
                    value.span,
                    "a regular expression",
                    describe_expression(value),
                ),
            },
            RuleOperator::Contains if is_text(subject.kind.element()) => match json {
                Json::String(_) => Some(json),
                _ => self.say_operand(subject, value.span, "a string", describe_expression(value)),
            },
            RuleOperator::In => match &value.kind {
                ExprKind::List(items) => {
                    let fits: Vec<_> = items
                        .iter()
                        .map(|item| self.check_literal(subject, item))
                        .collect();
                    fits.into_iter().collect::<Option<Vec<_>>>()?;
                    Some(json)
                }
                _ => self.say_operand(subject, value.span, "a list", describe_expression(value)),
            },
            _ => {
                self.check_literal(subject, value)?;
                Some(json)
            }
        }
    }

    /// Whether the argument, or one of its elements, can be equal to a literal.
    fn check_literal(&self, subject: &Subject, value: &Expr) -> Option<()> {
        let leaf = subject.kind.element();
        if let (Type::Enum(words), ExprKind::Text(text)) = (leaf, &value.kind) {
            return match fit_enum(words, &text.value, value.span) {
                Ok(_) => Some(()),
                Err(misfit) => {
                    let misfit = misfit?;
                    let message = format!("`{}` is never `{}`", subject.name, text.value);
                    self.say(
                        Diagnostic::new(Code::WrongType, misfit.span, message)
                            .label(misfit.message)
                            .did_you_mean(misfit.near.as_deref()),
                    );
                    None
                }
            };
        }
        let fits = match (&value.kind, leaf) {
            (_, Type::Any | Type::Broken) => true,
            (ExprKind::Text(_), Type::String | Type::Enum(_)) => true,
            (ExprKind::Int(_) | ExprKind::Float(_), Type::Int | Type::Float) => true,
            (ExprKind::Bool(_), Type::Bool) => true,
            (ExprKind::List(_), _) => is_list(subject.kind),
            (ExprKind::Record(_), Type::Record(_)) => true,
            _ => false,
        };
        if fits {
            return Some(());
        }
        let wanted = format!("`{leaf}`");
        self.say_operand(subject, value.span, &wanted, describe_expression(value))
    }

    fn read_operand_name(
        &self,
        subject: &Subject,
        condition: &Condition,
        path: &Path,
        scope: &Scope,
    ) -> Option<Operand> {
        let variable = name_of(&condition.value).and_then(|name| scope.find(&name.text));
        let Some(variable) = variable else {
            if !scope.is_partial {
                self.say_unknown_operand(path, scope);
            }
            return None;
        };
        let kind = variable.kind();
        if !operand_fits(subject.kind, condition.operator.value, &kind) {
            let wanted = format!("`{}`", subject.kind.element());
            return self.say_operand(subject, path.span, &wanted, &kind.to_string());
        }
        self.check_variable_regex(condition, path, &variable)?;
        Some(Operand::Variable(path.segments[0].text.clone()))
    }

    fn say_unknown_operand(&self, path: &Path, scope: &Scope) {
        let name = path_text(path);
        let near = nearest(&name, scope.names());
        let message = format!("unknown name `{name}`");
        let problem = Diagnostic::new(Code::UnknownName, path.span, message)
            .label("no axis, parameter or planted value of this name");
        self.say(match near {
            Some(_) => problem.did_you_mean(near),
            None => problem.help(format!("to mean the text, write `{name:?}`")),
        });
    }

    /// Every text that an axis brings to `~` must be a regular expression.
    fn check_variable_regex(
        &self,
        condition: &Condition,
        path: &Path,
        variable: &Variable,
    ) -> Option<()> {
        let operator = condition.operator.value;
        if !matches!(operator, RuleOperator::Matches | RuleOperator::NotMatches) {
            return Some(());
        }
        let values = variable.values().unwrap_or_default();
        let bad = values.iter().find_map(|value| match value {
            Value::Text(text) => regex::Regex::new(text).err().map(|_| text.clone()),
            _ => None,
        });
        let Some(bad) = bad else {
            return Some(());
        };
        let message = format!("`{bad}` is not a regular expression");
        self.say(
            Diagnostic::new(Code::BadRegex, path.span, message)
                .label("a value of this variable, which `~` reads"),
        );
        None
    }

    fn say_operand<T>(
        &self,
        subject: &Subject,
        span: Span,
        wanted: &str,
        found: &str,
    ) -> Option<T> {
        let message = format!(
            "`{}` is compared with {found}, not with {wanted}",
            subject.name
        );
        self.say(
            Diagnostic::new(Code::WrongType, span, message).label(format!("expected {wanted}")),
        );
        None
    }
}

fn operand_fits(argument: &Type, operator: RuleOperator, kind: &Kind) -> bool {
    let leaf = argument.element();
    let is_open = matches!(leaf, Type::Any | Type::Broken) || *kind == Kind::Unknown;
    is_open
        || match operator {
            RuleOperator::Matches | RuleOperator::NotMatches => *kind == Kind::Text,
            RuleOperator::Contains => !matches!(kind, Kind::List(_)),
            RuleOperator::In => element_fits(leaf, kind.element()),
            _ => match kind {
                Kind::List(item) => is_list(argument) && element_fits(leaf, item),
                other => element_fits(leaf, other),
            },
        }
}

fn element_fits(leaf: &Type, kind: &Kind) -> bool {
    match kind {
        Kind::Text => is_text(leaf),
        Kind::Int | Kind::Float => is_number(leaf),
        Kind::Bool => *leaf == Type::Bool,
        Kind::List(item) => element_fits(leaf, item),
        Kind::Unknown => true,
        Kind::Persona | Kind::Outcome | Kind::Toolkit | Kind::Tool | Kind::Model => is_text(leaf),
    }
}

fn is_text(kind: &Type) -> bool {
    matches!(kind, Type::String | Type::Enum(_))
}

fn is_number(kind: &Type) -> bool {
    matches!(kind, Type::Int | Type::Float)
}

fn is_list(kind: &Type) -> bool {
    matches!(kind.required(), Type::List(_) | Type::Any)
}

fn operator(written: RuleOperator) -> Operator {
    match written {
        RuleOperator::Equal => Operator::Equal,
        RuleOperator::NotEqual => Operator::NotEqual,
        RuleOperator::Less => Operator::Less,
        RuleOperator::LessOrEqual => Operator::LessOrEqual,
        RuleOperator::Greater => Operator::Greater,
        RuleOperator::GreaterOrEqual => Operator::GreaterOrEqual,
        RuleOperator::Matches => Operator::Matches,
        RuleOperator::NotMatches => Operator::NotMatches,
        RuleOperator::Contains => Operator::Contains,
        RuleOperator::In => Operator::In,
    }
}
