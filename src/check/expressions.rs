//! Expressions in words, and the plain things read from them.

use crate::diagnostic::{Code, Diagnostic, nearest};
use crate::source::Span;
use crate::syntax::{Expr, ExprKind, Name, Path};

/// What an expression is, for messages: "a string", "a list".
pub(super) fn describe_expression(expr: &Expr) -> &'static str {
    match &expr.kind {
        ExprKind::Text(_) => "a string",
        ExprKind::Int(_) => "an integer",
        ExprKind::Float(_) => "a number",
        ExprKind::Percent(_) => "a percentage",
        ExprKind::Duration(_) => "a duration",
        ExprKind::Bool(_) => "a boolean",
        ExprKind::Path(_) => "a name",
        ExprKind::List(_) => "a list",
        ExprKind::Record(_) => "a record",
        ExprKind::Range { .. } => "a range",
        ExprKind::Call(_) => "a call",
        ExprKind::With { .. } => "a name `with` settings",
        ExprKind::Prose { .. } => "prose with a kind before it",
        ExprKind::Weighted { .. } => "a weighted value",
        ExprKind::Over { .. } => "something `over` axes",
        ExprKind::Not(_) | ExprKind::Binary { .. } => "a condition",
        ExprKind::Error => "unreadable",
    }
}

/// The name of a path that is one name.
pub(super) fn single_name(path: &Path) -> Option<&Name> {
    match path.segments.as_slice() {
        [name] => Some(name),
        _ => None,
    }
}

/// The name that an expression is, where it is one.
pub(super) fn name_of(expr: &Expr) -> Option<&Name> {
    match &expr.kind {
        ExprKind::Path(path) => single_name(path),
        _ => None,
    }
}

/// A value of another type than is wanted; `None` where the value is unreadable and told already.
pub(super) fn wrong_type(what: &str, wanted: &str, expr: &Expr) -> Option<Diagnostic> {
    if matches!(expr.kind, ExprKind::Error) {
        return None;
    }
    let found = describe_expression(expr);
    let message = format!("{what} takes {wanted}, not {found}");
    Some(Diagnostic::new(Code::WrongType, expr.span, message).label(format!("this is {found}")))
}

/// A word outside a closed set of words, with the set and the nearest.
pub(super) fn unknown_word(what: &str, word: &str, span: Span, known: &[&str]) -> Diagnostic {
    let message = format!("{what} cannot be `{word}`");
    Diagnostic::new(Code::WrongType, span, message)
        .label(format!("expected {}", either(known)))
        .did_you_mean(nearest(word, known.iter().copied()))
}

/// "`a`, `b` or `c`".
pub(super) fn either(words: &[&str]) -> String {
    listed(words, "or")
}

/// "`a`, `b` and `c`".
pub(super) fn both(words: &[&str]) -> String {
    listed(words, "and")
}

fn listed(words: &[&str], joint: &str) -> String {
    let quoted: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} {joint} {last}", rest.join(", ")),
        None => "nothing".to_owned(),
    }
}
