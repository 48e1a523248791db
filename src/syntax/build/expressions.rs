//! Values and conditions.

use pest::iterators::Pair;

use super::Builder;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{Span, Spanned};
use crate::syntax::grammar::{Children, Rule};
use crate::syntax::{BinaryOperator, Expr, ExprKind, RecordField};

/// Most operators in one condition; its tree is as deep as this.
const MAX_OPERATORS: usize = 256;

impl Builder<'_> {
    /// A `value`: an operand with what follows it.
    pub(super) fn value(&mut self, pair: Pair<'_, Rule>) -> Expr {
        let start = self.span(&pair);
        let mut children = Children::of(pair);
        let operand = children.next().expect("a value begins with its operand");
        let mut value = self.operand(operand);
        while let Some(part) = children.next() {
            let span = start.to(self.span(&part));
            let base = Box::new(value);
            let kind = match part.as_rule() {
                Rule::with_part => ExprKind::With {
                    base,
                    body: self.body(Children::of(part).expect(Rule::body)),
                },
                Rule::over_part => ExprKind::Over {
                    base,
                    elements: self.values(Children::of(part).expect(Rule::list)),
                },
                _ => ExprKind::Weighted {
                    value: base,
                    weight: Box::new(self.number(&Children::of(part).expect(Rule::number))),
                },
            };
            let span = Span::new(start.start, span.end);
            value = Expr { kind, span };
        }
        value
    }

    fn operand(&mut self, pair: Pair<'_, Rule>) -> Expr {
        let span = self.span(&pair);
        let kind = match pair.as_rule() {
            Rule::list => ExprKind::List(self.values(pair)),
            Rule::record => ExprKind::Record(self.record(pair)),
            Rule::range => self.range(pair),
            Rule::number => return self.number(&pair),
            Rule::boolean => ExprKind::Bool(pair.as_str() == "true"),
            Rule::text if self.was_unclosed(&pair) => ExprKind::Error,
            Rule::text => ExprKind::Text(self.text(pair)),
            Rule::prose => self.prose(pair),
            Rule::call => ExprKind::Call(self.call(pair)),
            Rule::reference => ExprKind::Path(self.path(pair)),
            _ => ExprKind::Error,
        };
        Expr { kind, span }
    }

    fn values(&mut self, list: Pair<'_, Rule>) -> Vec<Expr> {
        Children::of(list)
            .all(Rule::value)
            .map(|value| self.value(value))
            .collect()
    }

    fn record(&mut self, pair: Pair<'_, Rule>) -> Vec<RecordField> {
        Children::of(pair)
            .all(Rule::record_field)
            .map(|field| {
                let mut children = Children::of(field);
                RecordField {
                    name: self.next_name(&mut children),
                    value: self.value(children.expect(Rule::value)),
                }
            })
            .collect()
    }

    fn range(&mut self, pair: Pair<'_, Rule>) -> ExprKind {
        let is_end =
            |part: &Pair<'_, Rule>| matches!(part.as_rule(), Rule::number | Rule::reference);
        let mut ends = pair.into_inner().filter(is_end);
        ExprKind::Range {
            start: Box::new(self.range_end(ends.next())),
            end: Box::new(self.range_end(ends.next())),
        }
    }

    /// A number, or the name of a parameter.
    fn range_end(&mut self, pair: Option<Pair<'_, Rule>>) -> Expr {
        let pair = pair.expect("a range has two ends");
        match pair.as_rule() {
            Rule::number => self.number(&pair),
            _ => self.operand(pair),
        }
    }

    /// `underspecified verbatim "…"`
    fn prose(&mut self, pair: Pair<'_, Rule>) -> ExprKind {
        let mut modifiers = Vec::new();
        let mut children = Children::of(pair);
        while let Some(modifier) = children.next_if(Rule::modifier) {
            modifiers.push(self.name(&modifier));
        }
        let text = children.expect(Rule::text);
        if self.was_unclosed(&text) {
            return ExprKind::Error;
        }
        ExprKind::Prose {
            modifiers,
            text: self.text(text),
        }
    }

    /// A number with its unit.
    fn number(&mut self, pair: &Pair<'_, Rule>) -> Expr {
        let span = self.span(pair);
        let kind = number_value(pair.as_str()).unwrap_or_else(|| {
            self.number_out_of_range(pair.as_str(), span);
            ExprKind::Error
        });
        Expr { kind, span }
    }

    fn number_out_of_range(&mut self, written: &str, span: Span) {
        let message = if written.ends_with(['s', 'm', 'h']) {
            format!("`{written}` is no duration in whole seconds")
        } else {
            format!("`{written}` is beyond what is handled")
        };
        self.diagnostics
            .push(Diagnostic::new(Code::OutOfRange, span, message));
    }

    /// A `condition`; `=>` binds to the right.
    pub(super) fn condition(&mut self, pair: Pair<'_, Rule>) -> Expr {
        let mut operands: Vec<Expr> = Vec::new();
        let mut operators = Vec::new();
        for part in pair.clone().into_inner() {
            match part.as_rule() {
                Rule::disjunction => operands.push(self.disjunction(part)),
                _ => operators.push(Spanned::new(BinaryOperator::Implies, self.span(&part))),
            }
        }
        if operators.len() > MAX_OPERATORS {
            return self.too_many_operators(&pair);
        }
        let last = operands.pop().expect("a condition has an operand");
        let links = operands.into_iter().zip(operators);
        links.rfold(last, |right, (left, operator)| {
            binary(left, operator, right)
        })
    }

    fn disjunction(&mut self, pair: Pair<'_, Rule>) -> Expr {
        self.chain(pair, BinaryOperator::Or, Self::conjunction)
    }

    fn conjunction(&mut self, pair: Pair<'_, Rule>) -> Expr {
        self.chain(pair, BinaryOperator::And, Self::comparison)
    }

    /// Operands with the same operator between them, which binds to the left.
    fn chain(
        &mut self,
        pair: Pair<'_, Rule>,
        operator: BinaryOperator,
        build: fn(&mut Self, Pair<'_, Rule>) -> Expr,
    ) -> Expr {
        if pair.clone().into_inner().len() > 2 * MAX_OPERATORS {
            return self.too_many_operators(&pair);
        }
        let mut parts = pair.into_inner();
        let first = parts.next().expect("a chain has a first operand");
        let mut left = build(self, first);
        while let (Some(sign), Some(operand)) = (parts.next(), parts.next()) {
            let operator = Spanned::new(operator, self.span(&sign));
            left = binary(left, operator, build(self, operand));
        }
        left
    }

    fn too_many_operators(&mut self, pair: &Pair<'_, Rule>) -> Expr {
        let span = self.span(pair);
        self.diagnostics.push(
            Diagnostic::new(
                Code::TooDeep,
                span,
                format!("more than {MAX_OPERATORS} operators in one condition"),
            )
            .help("write several constraints, or compare with a list: `axis in [a, b]`"),
        );
        Expr {
            kind: ExprKind::Error,
            span,
        }
    }

    fn comparison(&mut self, pair: Pair<'_, Rule>) -> Expr {
        let mut children = Children::of(pair);
        let left = self.negation(children.expect(Rule::negation));
        let Some(sign) = children.next() else {
            return left;
        };
        let operator = Spanned::new(comparator(sign.as_rule()), self.span(&sign));
        let right = self.negation(children.expect(Rule::negation));
        binary(left, operator, right)
    }

    fn negation(&mut self, pair: Pair<'_, Rule>) -> Expr {
        let mut nots = Vec::new();
        let whole = pair.clone();
        let mut children = Children::of(pair);
        let operand = loop {
            let child = children.next().expect("a negation has an operand");
            match child.as_rule() {
                Rule::not_word | Rule::error_not => nots.push(self.span(&child)),
                _ => break child,
            }
        };
        if nots.len() > MAX_OPERATORS {
            return self.too_many_operators(&whole);
        }
        let inner = match operand.as_rule() {
            Rule::group => self.group(operand),
            _ => self.value(operand),
        };
        nots.into_iter().rev().fold(inner, |inner, not| Expr {
            span: not.to(inner.span),
            kind: ExprKind::Not(Box::new(inner)),
        })
    }

    /// `( … )`; the parentheses belong to the place, and leave no node.
    fn group(&mut self, pair: Pair<'_, Rule>) -> Expr {
        let span = self.span(&pair);
        let inner = self.condition(Children::of(pair).expect(Rule::condition));
        Expr { span, ..inner }
    }
}

fn binary(left: Expr, operator: Spanned<BinaryOperator>, right: Expr) -> Expr {
    Expr {
        span: left.span.to(right.span),
        kind: ExprKind::Binary {
            left: Box::new(left),
            operator,
            right: Box::new(right),
        },
    }
}

fn comparator(rule: Rule) -> BinaryOperator {
    match rule {
        Rule::not_equals | Rule::error_unequal => BinaryOperator::NotEqual,
        Rule::less => BinaryOperator::Less,
        Rule::less_or_equal => BinaryOperator::LessOrEqual,
        Rule::greater => BinaryOperator::Greater,
        Rule::greater_or_equal => BinaryOperator::GreaterOrEqual,
        Rule::in_word => BinaryOperator::In,
        _ => BinaryOperator::Equal,
    }
}

/// What a number stands for; `None` where that cannot be held.
fn number_value(written: &str) -> Option<ExprKind> {
    let digits = written.trim_end_matches(|character: char| !character.is_ascii_digit());
    match &written[digits.len()..] {
        "" => plain_number(digits, 1),
        "k" => plain_number(digits, 1_000),
        "M" => plain_number(digits, 1_000_000),
        "%" => digits.parse().ok().map(ExprKind::Percent),
        "s" => seconds(digits, 1),
        "m" => seconds(digits, 60),
        _ => seconds(digits, 3600),
    }
}

/// An integer where it is one, `2.5k` too.
fn plain_number(digits: &str, factor: i64) -> Option<ExprKind> {
    if !digits.contains('.') {
        let value: i64 = digits.parse().ok()?;
        return value.checked_mul(factor).map(ExprKind::Int);
    }
    let value = digits.parse::<f64>().ok()? * factor as f64;
    let is_integer = factor > 1 && value.fract() == 0.0 && value.abs() < 9e15;
    Some(if is_integer {
        ExprKind::Int(value as i64)
    } else {
        ExprKind::Float(value)
    })
}

fn seconds(digits: &str, factor: u32) -> Option<ExprKind> {
    let value = digits.parse::<f64>().ok()? * f64::from(factor);
    let is_whole = value >= 0.0 && value.fract() == 0.0 && value < 9e15;
    is_whole.then_some(ExprKind::Duration(value as u64))
}
