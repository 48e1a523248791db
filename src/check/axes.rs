//! Axes of `vary`: their values, and that there are some and no two alike.

use std::ops::RangeInclusive;

use super::checker::Checker;
use super::entities::Value;
use super::expressions::wrong_type;
use super::program::AxisValue;
use super::scope::{Scope, ScopeAxis};
use super::templates::MOST_VALUES;
use super::values::{Evaluated, Kind, Parameters, same, shown};
use crate::diagnostic::{Code, Diagnostic};
use crate::resolve::ModuleId;
use crate::source::Span;
use crate::syntax::{Axis, Expr, ExprKind};

/// One value of an axis where it is written.
struct Candidate {
    evaluated: Evaluated,
    weight: u32,
    span: Span,
}

impl Checker<'_> {
    /// The axis that is written, as far as it can be known.
    pub fn read_axis(&self, module: ModuleId, axis: &Axis, scope: &Scope) -> ScopeAxis {
        let candidates = self.read_candidates(module, axis, &scope.parameters);
        let mut read = ScopeAxis {
            name: axis.name.text.clone(),
            span: axis.name.span,
            kind: candidates.as_ref().map_or(Kind::Unknown, |given| {
                given
                    .first()
                    .map_or(Kind::Unknown, |first| first.evaluated.kind())
            }),
            values: None,
            is_implicit: false,
        };
        let Some(candidates) = candidates else {
            read.kind = self.later_kind(axis, &scope.parameters);
            return read;
        };
        if candidates.is_empty() {
            self.say_empty(axis);
            return read;
        }
        if self.say_mixed(&candidates) {
            read.kind = Kind::Unknown;
            return read;
        }
        self.say_no_persona(axis, &candidates, &read.kind);
        read.values = self.distinct(axis, candidates);
        read
    }

    /// The values as written; `None` where they are broken or come with an argument.
    fn read_candidates(
        &self,
        module: ModuleId,
        axis: &Axis,
        parameters: &Parameters,
    ) -> Option<Vec<Candidate>> {
        let written = &axis.values;
        match &written.kind {
            ExprKind::Error => None,
            ExprKind::List(items) if items.len() as u64 > MOST_VALUES as u64 => {
                let message = format!("the list has more than {MOST_VALUES} values");
                self.say(Diagnostic::new(Code::TooLarge, written.span, message));
                None
            }
            ExprKind::List(items) => Some(
                items
                    .iter()
                    .map(|item| self.read_candidate(module, parameters, item))
                    .collect(),
            ),
            ExprKind::Range { start, end } => {
                let values = self.range_values(parameters, written, start, end)?;
                Some(
                    values
                        .map(|value| candidate(Value::Int(value), written.span))
                        .collect(),
                )
            }
            ExprKind::Path(_) => match self.evaluate(module, parameters, written) {
                Evaluated::Known(Value::List(values)) => Some(
                    values
                        .into_iter()
                        .map(|value| candidate(value, written.span))
                        .collect(),
                ),
                Evaluated::Later(Kind::List(_)) | Evaluated::Broken => None,
                Evaluated::Known(_) | Evaluated::Later(_) => {
                    self.say_not_a_list(axis);
                    None
                }
            },
            _ => {
                self.say_not_a_list(axis);
                None
            }
        }
    }

    fn say_not_a_list(&self, axis: &Axis) {
        let what = format!("the axis `{}`", axis.name.text);
        let wanted = "a list of values or a range such as `1..3`";
        self.say_all(wrong_type(&what, wanted, &axis.values));
    }

    fn read_candidate(&self, module: ModuleId, parameters: &Parameters, item: &Expr) -> Candidate {
        let (value, weight) = match &item.kind {
            ExprKind::Weighted { value, weight } => (&**value, self.read_weight(weight)),
            _ => (item, 1),
        };
        Candidate {
            evaluated: self.evaluate(module, parameters, value),
            weight,
            span: value.span,
        }
    }

    fn read_weight(&self, weight: &Expr) -> u32 {
        match weight.kind {
            ExprKind::Int(given) => match u32::try_from(given) {
                Ok(given) if given > 0 => given,
                _ => {
                    let message = "a weight is a whole number from 1";
                    self.say(Diagnostic::new(Code::OutOfRange, weight.span, message));
                    1
                }
            },
            _ => {
                self.say_all(wrong_type("a weight", "a whole number", weight));
                1
            }
        }
    }

    /// The integers of a range, both ends included, where they are not too many.
    pub fn range_values(
        &self,
        parameters: &Parameters,
        range: &Expr,
        start: &Expr,
        end: &Expr,
    ) -> Option<RangeInclusive<i64>> {
        let (start, end) = (
            self.range_end(parameters, start),
            self.range_end(parameters, end),
        );
        let (start, end) = (start?, end?);
        if start > end {
            let message = format!("the range from {start} to {end} is empty");
            self.say(
                Diagnostic::new(Code::BadAxis, range.span, message)
                    .help(format!("write the smaller end first: `{end}..{start}`")),
            );
            return None;
        }
        if i128::from(end) - i128::from(start) >= i128::from(MOST_VALUES) {
            let message = format!("the range has more than {MOST_VALUES} values");
            self.say(Diagnostic::new(Code::TooLarge, range.span, message));
            return None;
        }
        Some(start..=end)
    }

    fn range_end(&self, parameters: &Parameters, end: &Expr) -> Option<i64> {
        let bound = super::expressions::name_of(end).and_then(|name| parameters.get(&name.text));
        match (&end.kind, bound) {
            (ExprKind::Int(value), _) => Some(*value),
            (_, Some(binding)) if binding.kind == Kind::Int => match binding.value {
                Some(Value::Int(value)) => Some(value),
                _ => None,
            },
            _ => {
                self.say_all(wrong_type("the end of a range", "an integer", end));
                None
            }
        }
    }

    fn say_empty(&self, axis: &Axis) {
        let message = format!("the axis `{}` has no values", axis.name.text);
        self.say(
            Diagnostic::new(Code::BadAxis, axis.values.span, message)
                .help("give it at least one value, or take it out"),
        );
    }

    /// Whether values of several kinds stand in one axis, which is told.
    fn say_mixed(&self, candidates: &[Candidate]) -> bool {
        let Some(first) = candidates
            .iter()
            .find(|candidate| candidate.evaluated.kind() != Kind::Unknown)
        else {
            return false;
        };
        let wanted = first.evaluated.kind();
        let odd = candidates
            .iter()
            .find(|candidate| !stands_beside(&wanted, &candidate.evaluated.kind()));
        if let Some(odd) = odd {
            let found = odd.evaluated.kind();
            let message = format!("an axis has values of one kind, not {wanted} and {found}");
            self.say(
                Diagnostic::new(Code::WrongType, odd.span, message)
                    .label(format!("this is {found}"))
                    .other(first.span, format!("this is {wanted}")),
            );
        }
        odd.is_some()
    }

    fn say_no_persona(&self, axis: &Axis, candidates: &[Candidate], kind: &Kind) {
        if axis.name.text != "persona" || matches!(kind, Kind::Persona | Kind::Unknown) {
            return;
        }
        if let Some(first) = candidates.first() {
            let message = format!("the axis `persona` is who asks, and takes personas, not {kind}");
            self.say(
                Diagnostic::new(Code::WrongKind, first.span, message)
                    .help("declare it as `persona Name { … }`, or give the axis another name"),
            );
        }
    }

    /// The values, if no two are the same and all are known.
    fn distinct(&self, axis: &Axis, candidates: Vec<Candidate>) -> Option<Vec<AxisValue>> {
        let mut values: Vec<AxisValue> = Vec::new();
        let mut is_whole = true;
        for candidate in candidates {
            let Some(value) = candidate.evaluated.known() else {
                is_whole = false;
                continue;
            };
            if let Some(first) = self.first_same(&values, &value) {
                self.say_same_value(axis, first, &value, candidate.span);
                continue;
            }
            values.push(AxisValue {
                shown: shown(&value),
                value,
                weight: candidate.weight,
                span: candidate.span,
            });
        }
        is_whole.then_some(values)
    }

    fn first_same<'v>(&self, values: &'v [AxisValue], value: &Value) -> Option<&'v AxisValue> {
        // A range's integers differ; looking each up among the others would be quadratic.
        let is_ascending = matches!(
            (values.last().map(|last| &last.value), value),
            (Some(Value::Int(last)), Value::Int(next)) if next > last
        ) && is_sorted_by_first(values);
        if is_ascending {
            return None;
        }
        values.iter().find(|known| same(&known.value, value))
    }

    fn say_same_value(&self, axis: &Axis, first: &AxisValue, value: &Value, span: Span) {
        let name = &axis.name.text;
        let message = format!("the axis `{name}` has `{}` twice", shown(value));
        let problem = Diagnostic::new(Code::BadAxis, span, message);
        self.say(match first.span == span {
            true => problem,
            false => problem
                .label("given again here")
                .other(first.span, "given first here")
                .help("to have it more often in samples, write `value weight 2`"),
        });
    }

    /// The kind of an axis whose values come with an argument.
    fn later_kind(&self, axis: &Axis, parameters: &Parameters) -> Kind {
        match &axis.values.kind {
            ExprKind::Range { .. } => Kind::Int,
            ExprKind::Path(path) => super::expressions::single_name(path)
                .and_then(|name| parameters.get(&name.text))
                .map_or(Kind::Unknown, |binding| match &binding.kind {
                    Kind::List(item) => (**item).clone(),
                    _ => Kind::Unknown,
                }),
            _ => Kind::Unknown,
        }
    }
}

fn is_sorted_by_first(values: &[AxisValue]) -> bool {
    matches!(values.first().map(|first| first.span), Some(span) if values.last().is_some_and(|last| last.span == span))
}

fn candidate(value: Value, span: Span) -> Candidate {
    Candidate {
        evaluated: Evaluated::Known(value),
        weight: 1,
        span,
    }
}

/// Whether two kinds may stand in one axis: the same, or one thing and several of it.
fn stands_beside(left: &Kind, right: &Kind) -> bool {
    let is_entity = left.element().is_entity();
    left.goes_with(right) || (is_entity && left.element().goes_with(right.element()))
}
