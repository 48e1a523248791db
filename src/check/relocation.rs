//! Where problems inside a template are shown.

use crate::diagnostic::{Code, Diagnostic};
use crate::source::{SourceMap, Span};

/// A call of a template that is being checked: problems inside the template are shown here.
pub(super) struct Relocation {
    /// Of all of the template.
    pub template: Span,
    pub name: String,
    /// The template's name in the call.
    pub callee: Span,
    pub arguments: Vec<(String, Span)>,
    /// Whether the template has errors of its own.
    pub is_broken: bool,
}

impl Relocation {
    /// The problem as this call shows it; `None` where the template shows it itself, or `is_told`
    /// knows of it.
    pub fn place(
        &self,
        problem: Diagnostic,
        sources: &SourceMap,
        is_told: &dyn Fn(Code, Span) -> bool,
    ) -> Option<Diagnostic> {
        let is_inside =
            self.template.touches(problem.span.start) && problem.span.end <= self.template.end;
        if !is_inside {
            return Some(problem);
        }
        if self.is_broken || is_told(problem.code, problem.span) {
            return None;
        }
        let inside = problem.span;
        let span = self.argument_in(sources.text(inside));
        let reason = match problem.label.is_empty() {
            true => format!("in template `{}`", self.name),
            false => format!("in template `{}`: {}", self.name, problem.label),
        };
        let mut placed = problem.other(inside, reason);
        placed.span = span.unwrap_or(self.callee);
        placed.label = "with this argument".to_owned();
        if span.is_none() {
            placed.label = "with these arguments".to_owned();
        }
        // An edit of the template would change its other calls.
        placed.fix = None;
        (!is_told(placed.code, placed.span)).then_some(placed)
    }

    /// The argument whose parameter is named in a piece of the template.
    fn argument_in(&self, text: &str) -> Option<Span> {
        let words: Vec<_> = text
            .split(|letter: char| !letter.is_alphanumeric() && letter != '_')
            .collect();
        let mut named = self
            .arguments
            .iter()
            .filter(|(name, _)| words.contains(&name.as_str()));
        match (named.next(), named.next()) {
            (Some((_, span)), None) => Some(*span),
            _ => None,
        }
    }
}
