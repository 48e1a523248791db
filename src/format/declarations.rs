//! Tools, and the parameters of tools and templates.

use super::doc::{Doc, HARD_LINE, broken, concat, indent, text};
use super::layout::{INDENT, MAX_WIDTH};
use super::printer::{Brackets, Enclosure, Printer};
use super::types::holds_record;
use crate::syntax::{Parameter, Raise, Tool};

impl<'s> Printer<'s> {
    /// A tool on one line, its errors on lines of their own below.
    pub(super) fn tool(&mut self, tool: &Tool) -> Doc<'s> {
        let name = concat([text("tool "), self.name(&tool.name)]);
        let parameters = self.parameters(tool.name.span.end, &tool.parameters);
        let result = tool.result.as_ref().map(|result| self.type_expr(result));
        let mut parts = self.signature(name, parameters, result, tool);
        for raise in &tool.raises {
            parts.push(self.trailing(raise.span.start));
            let above = self.own_lines_before(raise.span.start, true);
            let raise = self.raise(raise);
            parts.push(indent(concat([above, HARD_LINE, raise])));
        }
        Doc::Concat(parts)
    }

    /// Where a signature does not fit, its result is broken if that is the longer part and enough.
    fn signature(
        &self,
        name: Doc<'s>,
        parameters: Doc<'s>,
        result: Option<Doc<'s>>,
        tool: &Tool,
    ) -> Vec<Doc<'s>> {
        let Some(result) = result else {
            return vec![name, parameters];
        };
        let before = self.depth * INDENT + name.width() + parameters.width() + " -> ".len();
        let breaks_result = before + result.width() > MAX_WIDTH
            && tool.result.as_ref().is_some_and(holds_record)
            && before + "list<{".len() <= MAX_WIDTH
            && result.width() > parameters.width()
            && !parameters.breaks();
        let result = match breaks_result {
            true => break_group(result),
            false => result,
        };
        vec![name, parameters, text(" -> "), result]
    }

    fn raise(&mut self, raise: &Raise) -> Doc<'s> {
        let name = concat([text("raises "), self.name(&raise.name)]);
        match &raise.text {
            Some(why) => concat([name, text(" "), self.text(why)]),
            None => name,
        }
    }

    /// `(a: T, b: T = value)` behind the name that ends at `name_end`.
    pub(super) fn parameters(&mut self, name_end: u32, parameters: &[Parameter]) -> Doc<'s> {
        let last = parameters
            .last()
            .map_or(name_end, |parameter| parameter.span.end);
        let enclosure = Enclosure {
            open: "(",
            close: ")",
            close_at: self.find_sign(last, ')'),
        };
        let place = |parameter: &Parameter| parameter.span;
        self.enclosed(
            enclosure,
            Brackets::Tight,
            parameters,
            place,
            Self::parameter,
        )
    }

    fn parameter(&mut self, parameter: &Parameter) -> Doc<'s> {
        let name = self.name(&parameter.name);
        let kind = self.type_expr(&parameter.kind);
        let typed = concat([name, text(": "), kind]);
        match &parameter.default {
            Some(default) => concat([typed, text(" = "), self.value(default)]),
            None => typed,
        }
    }
}

/// The same, with its outermost group broken.
fn break_group(doc: Doc<'_>) -> Doc<'_> {
    match doc {
        Doc::Group { content, .. } => broken(*content),
        Doc::Concat(parts) => Doc::Concat(parts.into_iter().map(break_group).collect()),
        other => other,
    }
}
