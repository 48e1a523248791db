//! `cover`: which rows a scenario is to have.

use super::checker::Checker;
use super::entities::Value;
use super::expressions::{name_of, unknown_word, wrong_type};
use super::parts::Parts;
use super::program::Cover;
use super::scope::Scope;
use super::values::Kind;
use crate::diagnostic::{Code, Diagnostic, nearest};
use crate::source::{Span, Spanned};
use crate::syntax::{Call, Expr, ExprKind, Name};

impl Checker<'_> {
    /// The rows that a scenario asks for; all of them where it says nothing, or nothing right.
    pub fn read_cover(&self, parts: &Parts, fallback: Span, scope: &Scope) -> Spanned<Cover> {
        let Some((_, field)) = parts.field("cover") else {
            return Spanned::new(Cover::All, fallback);
        };
        let value = &field.value;
        let cover = match &value.kind {
            ExprKind::Over { base, elements } => self.read_cover_over(base, elements, scope),
            _ => self.read_plain_cover(value, scope),
        };
        Spanned::new(cover.unwrap_or(Cover::All), value.span)
    }

    fn read_plain_cover(&self, value: &Expr, scope: &Scope) -> Option<Cover> {
        match &value.kind {
            ExprKind::Path(path) => match super::values::path_text(path).as_str() {
                "all" => Some(Cover::All),
                "pairwise" => Some(Cover::Wise(2)),
                other => self.say_unknown_cover(other, path.span),
            },
            ExprKind::Call(call) => self.read_cover_call(call, scope),
            _ => {
                let wanted = "`all`, `pairwise`, `wise(3)` or `sample(200)`";
                self.say_all(wrong_type("`cover`", wanted, value));
                None
            }
        }
    }

    fn read_cover_call(&self, call: &Call, scope: &Scope) -> Option<Cover> {
        let name = super::values::path_text(&call.callee);
        if !["wise", "sample"].contains(&name.as_str()) {
            return self.say_unknown_cover(&name, call.callee.span);
        }
        let [argument] = call.arguments.as_slice() else {
            let message = format!("`{name}` takes one number");
            self.say(Diagnostic::new(Code::WrongType, call.span, message));
            return None;
        };
        let count = self.read_count(&format!("`{name}`"), &argument.value, scope)?;
        match name.as_str() {
            "wise" => Some(Cover::Wise(u32::try_from(count).ok()?)),
            _ => Some(Cover::Sample(count)),
        }
    }

    fn say_unknown_cover<T>(&self, word: &str, span: Span) -> Option<T> {
        let words = ["all", "pairwise", "wise", "sample"];
        self.say(unknown_word("`cover`", word, span, &words));
        None
    }

    /// `wise(3) over [a, b, c]`
    fn read_cover_over(&self, base: &Expr, elements: &[Expr], scope: &Scope) -> Option<Cover> {
        let cover = self.read_plain_cover(base, scope);
        let axes = self.read_covered_axes(elements, scope);
        match cover? {
            Cover::Wise(strength) => Some(Cover::Over {
                strength,
                axes: axes?,
            }),
            Cover::All | Cover::Sample(_) | Cover::Over { .. } => {
                let message = "only combinations of values are covered `over` some axes";
                self.say(
                    Diagnostic::new(Code::WrongType, base.span, message)
                        .label("expected `wise(3)` or another number"),
                );
                None
            }
        }
    }

    /// The indices of the axes that are named, ascending.
    fn read_covered_axes(&self, elements: &[Expr], scope: &Scope) -> Option<Vec<usize>> {
        let mut named: Vec<(usize, &Name)> = Vec::new();
        let mut is_right = true;
        for element in elements {
            let Some(name) = name_of(element) else {
                self.say_all(wrong_type("`over`", "the names of axes", element));
                is_right = false;
                continue;
            };
            let Some(index) = scope.axes.iter().position(|axis| axis.name == name.text) else {
                self.say_no_axis(name, scope);
                is_right = false;
                continue;
            };
            match named.iter().find(|(known, _)| *known == index) {
                Some((_, first)) => {
                    self.say_axis_twice(name, first);
                    is_right = false;
                }
                None => named.push((index, name)),
            }
        }
        let mut axes: Vec<usize> = named.into_iter().map(|(index, _)| index).collect();
        axes.sort_unstable();
        is_right.then_some(axes)
    }

    fn say_no_axis(&self, name: &Name, scope: &Scope) {
        if scope.is_partial {
            return;
        }
        let near = nearest(&name.text, scope.axes.iter().map(|axis| axis.name.as_str()));
        let message = format!("no axis `{}` in `vary`", name.text);
        self.say(Diagnostic::new(Code::UnknownName, name.span, message).did_you_mean(near));
    }

    fn say_axis_twice(&self, name: &Name, first: &Name) {
        let message = format!("the axis `{}` is named twice", name.text);
        self.say(
            Diagnostic::new(Code::BadAxis, name.span, message)
                .label("named again here")
                .other(first.span, "named first here"),
        );
    }

    /// A whole number from 1 that fits 32 bits, as it is written or as an argument gives it.
    pub fn read_count(&self, what: &str, value: &Expr, scope: &Scope) -> Option<u64> {
        let parameter = name_of(value).and_then(|name| scope.parameters.get(&name.text));
        let given = match (
            &value.kind,
            parameter.map(|given| (&given.kind, &given.value)),
        ) {
            (ExprKind::Int(given), _) => *given,
            (_, Some((Kind::Int, Some(Value::Int(given))))) => *given,
            // A template by itself does not know it.
            (_, Some((Kind::Int | Kind::Unknown, _))) => return None,
            _ => {
                self.say_all(wrong_type(what, "a whole number", value));
                return None;
            }
        };
        if (1..=i64::from(u32::MAX)).contains(&given) {
            return u64::try_from(given).ok();
        }
        self.say(
            Diagnostic::new(
                Code::OutOfRange,
                value.span,
                format!("{what} is out of range"),
            )
            .label(format!("expected 1 to {}", u32::MAX)),
        );
        None
    }
}
