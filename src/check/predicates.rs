//! Constraints: conditions over axes, typed.

use super::checker::Checker;
use super::constraint::{Comparison, Predicate, Term};
use super::entities::Value;
use super::expressions::{describe_expression, single_name, wrong_type};
use super::program::Constraint;
use super::scope::{Scope, ScopeAxis, Variable};
use super::values::{Kind, same, written};
use crate::diagnostic::{Code, Diagnostic, nearest};
use crate::resolve::ModuleId;
use crate::source::{Span, Spanned};
use crate::syntax::{self, BinaryOperator, ConstraintKind, Expr, ExprKind, Path};

/// One side of a comparison, as far as it is known.
struct Side {
    /// `None` where the value comes with an argument.
    term: Option<Term>,
    kind: Kind,
    span: Span,
}

/// What a scenario's constraints see.
#[derive(Clone, Copy)]
struct View<'s> {
    module: ModuleId,
    scope: &'s Scope,
}

impl Checker<'_> {
    /// The constraint as a predicate that must hold; `None` where it is broken or not yet known.
    pub fn read_constraint(
        &self,
        module: ModuleId,
        constraint: &syntax::Constraint,
        scope: &Scope,
    ) -> Option<Constraint> {
        let view = View { module, scope };
        let condition = self.read_predicate(view, &constraint.condition)?;
        let predicate = match constraint.kind {
            ConstraintKind::Require => condition,
            ConstraintKind::Forbid => Predicate::Not(Box::new(condition)),
        };
        let span = constraint.keyword.to(constraint.condition.span);
        let words = self.workspace.sources.text(span).split_whitespace();
        Some(Constraint {
            predicate,
            text: words.collect::<Vec<_>>().join(" "),
            span,
        })
    }

    fn read_predicate(&self, view: View, expr: &Expr) -> Option<Predicate> {
        match &expr.kind {
            ExprKind::Not(inner) => {
                let inner = self.read_predicate(view, inner)?;
                Some(Predicate::Not(Box::new(inner)))
            }
            ExprKind::Binary {
                left,
                operator,
                right,
            } => self.read_binary(view, left, *operator, right),
            ExprKind::Path(_) | ExprKind::Bool(_) => self.read_flag(view, expr),
            _ => {
                self.say_all(wrong_type("a constraint", "a condition over axes", expr));
                None
            }
        }
    }

    fn read_binary(
        &self,
        view: View,
        left: &Expr,
        operator: Spanned<BinaryOperator>,
        right: &Expr,
    ) -> Option<Predicate> {
        let comparison = match operator.value {
            BinaryOperator::And | BinaryOperator::Or | BinaryOperator::Implies => {
                return self.read_joined(view, left, operator.value, right);
            }
            BinaryOperator::In => return self.read_membership(view, left, right),
            BinaryOperator::Equal => Comparison::Equal,
            BinaryOperator::NotEqual => Comparison::NotEqual,
            BinaryOperator::Less => Comparison::Less,
            BinaryOperator::LessOrEqual => Comparison::LessOrEqual,
            BinaryOperator::Greater => Comparison::Greater,
            BinaryOperator::GreaterOrEqual => Comparison::GreaterOrEqual,
        };
        self.read_comparison(view, left, Spanned::new(comparison, operator.span), right)
    }

    fn read_joined(
        &self,
        view: View,
        left: &Expr,
        operator: BinaryOperator,
        right: &Expr,
    ) -> Option<Predicate> {
        let (left, right) = (
            self.read_predicate(view, left),
            self.read_predicate(view, right),
        );
        let (left, right) = (left?, right?);
        Some(match operator {
            BinaryOperator::And => Predicate::All(vec![left, right]),
            BinaryOperator::Implies => Predicate::Any(vec![Predicate::Not(Box::new(left)), right]),
            _ => Predicate::Any(vec![left, right]),
        })
    }

    /// A boolean axis or parameter by itself.
    fn read_flag(&self, view: View, expr: &Expr) -> Option<Predicate> {
        let side = self.read_side(view, expr, None)?;
        if !side.kind.goes_with(&Kind::Bool) {
            let message = format!("{} is no condition by itself", side.kind);
            self.say(
                Diagnostic::new(Code::Incomparable, expr.span, message)
                    .help("compare it with a value: `name == value`"),
            );
            return None;
        }
        Some(Predicate::Compare {
            left: side.term?,
            comparison: Comparison::Equal,
            right: Term::Literal(Value::Bool(true)),
        })
    }

    fn read_comparison(
        &self,
        view: View,
        left: &Expr,
        comparison: Spanned<Comparison>,
        right: &Expr,
    ) -> Option<Predicate> {
        let (left, right) = self.read_sides(view, left, right);
        let (left, right) = (left?, right?);
        let is_order = !matches!(comparison.value, Comparison::Equal | Comparison::NotEqual);
        if is_order {
            self.check_order(&left, comparison, &right)?;
        } else {
            self.check_equality(view.scope, &left, &right)?;
        }
        Some(Predicate::Compare {
            left: left.term?,
            comparison: comparison.value,
            right: right.term?,
        })
    }

    /// Both sides; a bare word of one may be a value of the axis that is the other.
    fn read_sides(&self, view: View, left: &Expr, right: &Expr) -> (Option<Side>, Option<Side>) {
        let axis_of = |expr: &Expr| axis_named(view.scope, expr);
        let read_left = self.read_side(view, left, axis_of(right));
        let is_word = super::expressions::name_of(right)
            .is_some_and(|name| !view.scope.names().any(|known| known == name.text));
        if read_left.is_none() && is_word {
            // It may have been a value of what is wrong on the left.
            return (None, None);
        }
        (read_left, self.read_side(view, right, axis_of(left)))
    }

    fn check_order(
        &self,
        left: &Side,
        comparison: Spanned<Comparison>,
        right: &Side,
    ) -> Option<()> {
        let odd = [left, right]
            .into_iter()
            .find(|side| !side.kind.is_number());
        match odd {
            Some(odd) => {
                self.say_unordered(odd, comparison.span);
                None
            }
            None => Some(()),
        }
    }

    fn say_unordered(&self, odd: &Side, operator: Span) {
        let message = format!("{} has no order", odd.kind);
        self.say(
            Diagnostic::new(Code::Incomparable, odd.span, message)
                .label("only numbers are smaller or larger")
                .other(operator, "compared here")
                .help("compare with `==`, `!=` or `in`"),
        );
    }

    fn check_equality(&self, scope: &Scope, left: &Side, right: &Side) -> Option<()> {
        if !left.kind.goes_with(&right.kind) {
            self.say_unlike(left, right);
            return None;
        }
        self.check_takes(scope, left, right)?;
        self.check_takes(scope, right, left)
    }

    fn say_unlike(&self, left: &Side, right: &Side) {
        let message = format!("{} and {} are never equal", left.kind, right.kind);
        self.say(
            Diagnostic::new(Code::Incomparable, right.span, message)
                .label(format!("this is {}", right.kind))
                .other(left.span, format!("this is {}", left.kind)),
        );
    }

    /// Whether the axis on one side can take the literal on the other.
    fn check_takes(&self, scope: &Scope, axis: &Side, value: &Side) -> Option<()> {
        let (Some(Term::Axis(index)), Some(Term::Literal(literal))) = (&axis.term, &value.term)
        else {
            return Some(());
        };
        let axis = &scope.axes[*index];
        let Some(values) = &axis.values else {
            return Some(());
        };
        if values.iter().any(|known| same(&known.value, literal)) {
            return Some(());
        }
        self.say_untaken(axis, literal, value.span);
        None
    }

    fn say_untaken(&self, axis: &ScopeAxis, literal: &Value, span: Span) {
        let values: Vec<_> = axis.values.iter().flatten().collect();
        // Of numbers none is nearly another.
        let is_number = matches!(literal, Value::Int(_) | Value::Float(_));
        let known = values.iter().map(|value| value.shown.as_str());
        let near = nearest(&super::values::shown(literal), known.filter(|_| !is_number));
        let fix = near.and_then(|near| values.iter().find(|value| value.shown == near));
        let fix = fix.map(|value| fix_text(axis, &value.value));
        let shown = written(literal);
        let message = format!("the axis `{}` never is `{shown}`", axis.name);
        let problem = Diagnostic::new(Code::Incomparable, span, message)
            .label(format!("expected {}", some_values(axis)))
            .other(axis.span, "the axis is declared here");
        self.say(problem.did_you_mean(fix.as_deref()));
    }

    fn read_membership(&self, view: View, left: &Expr, right: &Expr) -> Option<Predicate> {
        match &right.kind {
            ExprKind::List(items) => self.read_one_of(view, left, items),
            ExprKind::Range { start, end } => self.read_between(view, left, right, start, end),
            ExprKind::Path(_) => self.read_in_variable(view, left, right),
            _ => {
                self.say_all(wrong_type("`in`", "a list or a range", right));
                None
            }
        }
    }

    fn read_one_of(&self, view: View, left: &Expr, items: &[Expr]) -> Option<Predicate> {
        let axis = axis_named(view.scope, left);
        let side = self.read_side(view, left, None);
        let items: Vec<_> = items
            .iter()
            .map(|item| self.read_side(view, item, axis))
            .collect();
        let side = side?;
        let mut values = Vec::new();
        for item in items {
            let item = item?;
            self.check_equality(view.scope, &side, &item)?;
            values.push(item.term?);
        }
        Some(Predicate::OneOf {
            term: side.term?,
            values,
        })
    }

    fn read_between(
        &self,
        view: View,
        left: &Expr,
        range: &Expr,
        start: &Expr,
        end: &Expr,
    ) -> Option<Predicate> {
        let side = self.read_side(view, left, None);
        let range = self.range_values(&view.scope.parameters, range, start, end);
        let side = side?;
        if !side.kind.is_number() {
            self.say_unordered(&side, range_span(start, end));
            return None;
        }
        let (term, range) = (side.term?, range?);
        let bound = |comparison, value| Predicate::Compare {
            left: term.clone(),
            comparison,
            right: Term::Literal(Value::Int(value)),
        };
        Some(Predicate::All(vec![
            bound(Comparison::GreaterOrEqual, *range.start()),
            bound(Comparison::LessOrEqual, *range.end()),
        ]))
    }

    /// `Mail in group`: membership in an axis or parameter whose values are lists.
    fn read_in_variable(&self, view: View, left: &Expr, right: &Expr) -> Option<Predicate> {
        let (side, list) = (
            self.read_side(view, left, None),
            self.read_side(view, right, None),
        );
        let (side, list) = (side?, list?);
        let is_list = matches!(list.kind, Kind::List(_) | Kind::Unknown);
        if !is_list || !list.kind.element().goes_with(side.kind.element()) {
            let message = format!("{} is never in {}", side.kind, list.kind);
            self.say(
                Diagnostic::new(Code::Incomparable, right.span, message)
                    .label(format!("this is {}", list.kind)),
            );
            return None;
        }
        let term = side.term?;
        match list.term? {
            Term::Literal(Value::List(values)) => Some(one_of(term, values)),
            Term::Literal(value) => Some(one_of(term, vec![value])),
            Term::Axis(index) => {
                let values = view.scope.axes[index].values.as_ref()?;
                let cases = values
                    .iter()
                    .map(|value| when_axis_is(index, &value.value, &term));
                Some(Predicate::Any(cases.collect()))
            }
        }
    }

    /// A name or a literal; a bare word may be a value of `axis` that is made of words.
    fn read_side(&self, view: View, expr: &Expr, axis: Option<&ScopeAxis>) -> Option<Side> {
        if let ExprKind::Path(path) = &expr.kind {
            return self.read_named_side(view, path, axis);
        }
        if matches!(expr.kind, ExprKind::Not(_) | ExprKind::Binary { .. }) {
            self.say_nested(expr);
            return None;
        }
        let evaluated = self.evaluate(view.module, &view.scope.parameters, expr);
        if matches!(evaluated, super::values::Evaluated::Broken) {
            return None;
        }
        Some(Side {
            kind: evaluated.kind(),
            term: evaluated.known().map(Term::Literal),
            span: expr.span,
        })
    }

    fn say_nested(&self, expr: &Expr) {
        let found = describe_expression(expr);
        let message = format!("{found} cannot be compared");
        self.say(
            Diagnostic::new(Code::Incomparable, expr.span, message)
                .help("join conditions with `and`, `or`, `not` and `=>`"),
        );
    }

    fn read_named_side(&self, view: View, path: &Path, axis: Option<&ScopeAxis>) -> Option<Side> {
        let name = single_name(path);
        match name.and_then(|name| view.scope.find(&name.text)) {
            Some(Variable::Axis(index, axis)) => Some(Side {
                term: Some(Term::Axis(index)),
                kind: axis.kind.clone(),
                span: path.span,
            }),
            Some(Variable::Parameter(binding)) => Some(Side {
                term: binding.value.clone().map(Term::Literal),
                kind: binding.kind.clone(),
                span: path.span,
            }),
            Some(Variable::Plant(_)) => {
                let message = "a planted value is drawn after the rows are made";
                self.say(
                    Diagnostic::new(Code::Incomparable, path.span, message)
                        .label("constraints see axes only"),
                );
                None
            }
            None => self.read_word(view, path, axis),
        }
    }

    /// A declared name, or a word that an axis of words takes.
    fn read_word(&self, view: View, path: &Path, axis: Option<&ScopeAxis>) -> Option<Side> {
        if let (Some(name), Some(axis)) = (single_name(path), axis)
            && axis.kind == Kind::Text
        {
            let value = Value::Text(name.text.clone());
            return self.read_text_word(axis, value, path);
        }
        if self.is_unknown_variable(view, path) {
            return None;
        }
        let evaluated = self.evaluate(view.module, &view.scope.parameters, &path_expr(path));
        let value = evaluated.known()?;
        Some(Side {
            kind: Kind::of(&value),
            term: Some(Term::Literal(value)),
            span: path.span,
        })
    }

    fn read_text_word(&self, axis: &ScopeAxis, value: Value, path: &Path) -> Option<Side> {
        let known = axis.values.iter().flatten();
        let is_taken = known.clone().any(|known| same(&known.value, &value));
        if axis.is_implicit && is_taken {
            return Some(Side {
                term: Some(Term::Literal(value)),
                kind: Kind::Text,
                span: path.span,
            });
        }
        if axis.is_implicit {
            self.say_untaken(axis, &value, path.span);
            return None;
        }
        let name = &path.segments[0].text;
        let message = format!("unknown name `{name}`");
        let problem = Diagnostic::new(Code::UnknownName, path.span, message)
            .label(format!("the values of `{}` are strings", axis.name));
        let near = nearest(name, known.map(|value| value.shown.as_str()));
        let near = near.map(|near| format!("{near:?}"));
        self.say(problem.did_you_mean(near.as_deref()));
        None
    }

    /// Whether the name is neither axis nor declaration, which is told, with the near axes.
    fn is_unknown_variable(&self, view: View, path: &Path) -> bool {
        let super::lookup::Reference::Unknown(problem) = self.find(view.module, path) else {
            return false;
        };
        if view.scope.is_partial {
            return true;
        }
        let problem = self.nearer(problem, path, view.scope.names());
        let name = &path.segments[0].text;
        self.say(match name.as_str() {
            "instruction_kind" | "context_kind" => {
                let field = name.trim_end_matches("_kind");
                problem.help(format!(
                    "it is an axis only where `{field}` is given more than once, once per kind"
                ))
            }
            _ => problem,
        });
        true
    }
}

fn path_expr(path: &Path) -> Expr {
    Expr {
        kind: ExprKind::Path(path.clone()),
        span: path.span,
    }
}

fn range_span(start: &Expr, end: &Expr) -> Span {
    start.span.to(end.span)
}

fn axis_named<'s>(scope: &'s Scope, expr: &Expr) -> Option<&'s ScopeAxis> {
    let name = super::expressions::name_of(expr)?;
    scope.axes.iter().find(|axis| axis.name == name.text)
}

fn one_of(term: Term, values: Vec<Value>) -> Predicate {
    Predicate::OneOf {
        term,
        values: values.into_iter().map(Term::Literal).collect(),
    }
}

/// That the axis has this value, and `term` is in it.
fn when_axis_is(index: usize, value: &Value, term: &Term) -> Predicate {
    let elements = match value {
        Value::List(items) => items.clone(),
        other => vec![other.clone()],
    };
    Predicate::All(vec![
        Predicate::Compare {
            left: Term::Axis(index),
            comparison: Comparison::Equal,
            right: Term::Literal(value.clone()),
        },
        one_of(term.clone(), elements),
    ])
}

fn fix_text(axis: &ScopeAxis, value: &Value) -> String {
    match axis.is_implicit {
        true => super::values::shown(value),
        false => written(value),
    }
}

/// The values of an axis, the first few of many.
fn some_values(axis: &ScopeAxis) -> String {
    const SHOWN: usize = 6;
    let values: Vec<_> = axis.values.iter().flatten().collect();
    let mut words: Vec<_> = values
        .iter()
        .take(SHOWN)
        .map(|value| format!("`{}`", fix_text(axis, &value.value)))
        .collect();
    if values.len() > SHOWN {
        words.push("…".to_owned());
    }
    words.join(", ")
}
