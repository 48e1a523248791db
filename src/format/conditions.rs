//! Conditions of constraints, and rules about calls.

use super::doc::{Doc, HARD_LINE, LINE, SOFT_LINE, concat, group, indent, text};
use super::printer::{Brackets, Enclosure, Printer};
use crate::source::Span;
use crate::syntax::{BinaryOperator, CallPattern, Condition, Expr, ExprKind, Rule};

/// An operand of a chain, with the operator before it and where that stands.
type Link<'e> = (Option<(BinaryOperator, Span)>, &'e Expr);

impl<'s> Printer<'s> {
    /// The condition of a constraint; where it does not fit, each operator begins a line.
    pub(super) fn condition(&mut self, condition: &Expr) -> Doc<'s> {
        match self.is_grouped(condition) {
            true => self.group_of(condition),
            false => self.bare_condition(condition),
        }
    }

    /// Whether a condition stands in parentheses; they leave no node.
    fn is_grouped(&self, condition: &Expr) -> bool {
        match &condition.kind {
            ExprKind::Binary { left, .. } => condition.span.start < left.span.start,
            _ => self.written(condition.span).starts_with('('),
        }
    }

    fn group_of(&mut self, condition: &Expr) -> Doc<'s> {
        let start = self.inner_start(condition.span.start);
        let close = condition.span.end - 1;
        let opened = self.trailing(start);
        self.depth += 1;
        let above = self.own_lines_before(start, false);
        let inside = self.bare_condition(condition);
        let behind = self.trailing(close);
        let below = self.own_lines_before(close, true);
        self.depth -= 1;
        group(concat([
            text("("),
            opened,
            indent(concat([SOFT_LINE, above, inside, behind, below])),
            SOFT_LINE,
            text(")"),
        ]))
    }

    /// Where the first code behind opening parentheses stands.
    fn inner_start(&self, open: u32) -> u32 {
        let mut at = open;
        while self.written(Span::new(at, at + 1)) == "(" {
            at = self.skip_trivia(at + 1);
        }
        at
    }

    fn bare_condition(&mut self, condition: &Expr) -> Doc<'s> {
        match &condition.kind {
            ExprKind::Binary {
                left,
                operator,
                right,
            } => match operator.value {
                BinaryOperator::And | BinaryOperator::Or | BinaryOperator::Implies => {
                    self.chain(condition, operator.value)
                }
                comparator => {
                    let sign = format!(" {} ", comparator.sign());
                    let left = self.condition(left);
                    concat([left, text(sign), self.condition(right)])
                }
            },
            ExprKind::Not(inner) => concat([text("not "), self.condition(inner)]),
            _ => self.value(condition),
        }
    }

    fn chain(&mut self, condition: &Expr, operator: BinaryOperator) -> Doc<'s> {
        let mut links = Vec::new();
        self.collect_links(condition, operator, None, true, &mut links);
        let mut parts = Vec::new();
        for (before, operand) in links {
            let Some((sign, place)) = before else {
                parts.push(self.condition(operand));
                continue;
            };
            parts.push(self.trailing(place.start));
            let above = self.own_lines_before(place.start, true);
            parts.push(indent(concat([above, LINE, text(sign.sign())])));
            let behind = self.trailing(operand.span.start);
            let is_commented = behind.breaks() || self.has_comment_before(operand.span.start);
            parts.push(behind);
            let gap = if is_commented { HARD_LINE } else { text(" ") };
            let above = self.own_lines_before(operand.span.start, false);
            let operand = self.condition(operand);
            parts.push(indent(concat([gap, above, operand])));
        }
        group(Doc::Concat(parts))
    }

    /// The operands that one operator joins, in order.
    fn collect_links<'e>(
        &self,
        condition: &'e Expr,
        operator: BinaryOperator,
        before: Option<(BinaryOperator, Span)>,
        is_outermost: bool,
        links: &mut Vec<Link<'e>>,
    ) {
        match &condition.kind {
            ExprKind::Binary {
                left,
                operator: found,
                right,
            } if found.value == operator && (is_outermost || !self.is_grouped(condition)) => {
                self.collect_links(left, operator, before, false, links);
                let sign = Some((operator, found.span));
                self.collect_links(right, operator, sign, false, links);
            }
            _ => links.push((before, condition)),
        }
    }

    /// Comments on lines of their own up to `until`: above what follows, or below what stands there.
    pub(super) fn own_lines_before(&mut self, until: u32, is_below: bool) -> Doc<'s> {
        let mut lines = Vec::new();
        for row in self.rows_before(until) {
            match is_below {
                true => lines.extend([HARD_LINE, row.into_doc()]),
                false => lines.extend([row.into_doc(), HARD_LINE]),
            }
        }
        Doc::Concat(lines)
    }

    /// `trigger when A(…) then B(…) unless C(…)`; where it does not fit, each call begins a line.
    pub(super) fn rule(&mut self, rule: &Rule) -> Doc<'s> {
        let mut parts = vec![text("trigger when ")];
        let then = rule.calls.iter().map(|call| ("then ", call));
        let unless = rule.unless.iter().map(|call| ("unless ", call));
        for (index, (word, call)) in then.chain(unless).enumerate() {
            if index == 0 {
                parts.push(self.call_pattern(call));
                continue;
            }
            parts.push(self.trailing(call.span.start));
            let above = self.own_lines_before(call.span.start, true);
            let printed = self.call_pattern(call);
            parts.push(indent(concat([above, LINE, text(word), printed])));
        }
        group(Doc::Concat(parts))
    }

    fn call_pattern(&mut self, call: &CallPattern) -> Doc<'s> {
        let tool = self.path(&call.tool);
        let enclosure = Enclosure {
            open: "(",
            close: ")",
            close_at: call.span.end - 1,
        };
        let place = |condition: &Condition| condition.span;
        let conditions = self.enclosed(
            enclosure,
            Brackets::Tight,
            &call.conditions,
            place,
            Self::pattern_condition,
        );
        concat([tool, conditions])
    }

    fn pattern_condition(&mut self, condition: &Condition) -> Doc<'s> {
        concat([
            self.path(&condition.argument),
            text(format!(" {} ", condition.operator.value.sign())),
            self.value(&condition.value),
        ])
    }
}
