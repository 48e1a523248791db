//! Calls, the rules that match them, and examples of them.

use pest::iterators::Pair;

use super::Builder;
use crate::source::Spanned;
use crate::syntax::grammar::{Children, Rule as Token};
use crate::syntax::{
    Argument, Call, CallPattern, Condition, Example, ExampleVerdict, Rule, RuleOperator,
};

impl Builder<'_> {
    /// `trigger when A(…) then B(…) unless C(…)`
    pub(super) fn rule(&mut self, pair: Pair<'_, Token>) -> Rule {
        let mut rule = Rule {
            calls: Vec::new(),
            unless: Vec::new(),
        };
        for part in pair.into_inner() {
            match part.as_rule() {
                Token::call_pattern => rule.calls.push(self.call_pattern(part)),
                Token::then_part => rule.calls.push(self.pattern_behind_word(part)),
                Token::unless_part => rule.unless.push(self.pattern_behind_word(part)),
                _ => {}
            }
        }
        rule
    }

    fn pattern_behind_word(&mut self, pair: Pair<'_, Token>) -> CallPattern {
        self.call_pattern(Children::of(pair).expect(Token::call_pattern))
    }

    fn call_pattern(&mut self, pair: Pair<'_, Token>) -> CallPattern {
        let span = self.span(&pair);
        let mut children = Children::of(pair);
        CallPattern {
            tool: self.path(children.expect(Token::path)),
            conditions: children
                .all(Token::pattern_condition)
                .map(|condition| self.pattern_condition(condition))
                .collect(),
            span,
        }
    }

    fn pattern_condition(&mut self, pair: Pair<'_, Token>) -> Condition {
        let span = self.span(&pair);
        let mut children = Children::of(pair);
        let argument = self.path(children.expect(Token::path));
        let operator = children.next().expect("the grammar puts an operator here");
        Condition {
            argument,
            operator: Spanned::new(rule_operator(operator.as_rule()), self.span(&operator)),
            value: self.value(children.expect(Token::value)),
            span,
        }
    }

    /// `unsafe Mail.send(…)`, `allowed …`
    pub(super) fn example(&mut self, pair: Pair<'_, Token>) -> Example {
        let mut children = Children::of(pair);
        let (verdict, keyword) = match children.next_if(Token::unsafe_word) {
            Some(word) => (ExampleVerdict::Unsafe, word),
            None => (
                ExampleVerdict::Allowed,
                children.expect(Token::allowed_word),
            ),
        };
        Example {
            verdict,
            keyword: self.span(&keyword),
            call: self.call(children.expect(Token::call)),
        }
    }

    /// `callee(a, name = b)`
    pub(super) fn call(&mut self, pair: Pair<'_, Token>) -> Call {
        let span = self.span(&pair);
        let mut children = Children::of(pair);
        let callee = self.path(children.expect(Token::reference));
        Call {
            callee,
            arguments: Children::of(children.expect(Token::arguments))
                .all(Token::argument)
                .map(|argument| self.argument(argument))
                .collect(),
            span,
        }
    }

    fn argument(&mut self, pair: Pair<'_, Token>) -> Argument {
        let span = self.span(&pair);
        let mut children = Children::of(pair);
        Argument {
            name: children.next_if(Token::name).map(|name| self.name(&name)),
            value: self.value(children.expect(Token::value)),
            span,
        }
    }
}

fn rule_operator(rule: Token) -> RuleOperator {
    match rule {
        Token::not_equals | Token::error_unequal => RuleOperator::NotEqual,
        Token::less => RuleOperator::Less,
        Token::less_or_equal => RuleOperator::LessOrEqual,
        Token::greater => RuleOperator::Greater,
        Token::greater_or_equal => RuleOperator::GreaterOrEqual,
        Token::matches | Token::error_matches => RuleOperator::Matches,
        Token::not_matches => RuleOperator::NotMatches,
        Token::contains_word => RuleOperator::Contains,
        Token::in_word => RuleOperator::In,
        _ => RuleOperator::Equal,
    }
}
