//! The parser that pest makes of `grammar/`, and the way from its pairs to spans.

use pest::iterators::{Pair, Pairs};

#[derive(pest_derive::Parser)]
#[grammar = "grammar/trivia.pest"]
#[grammar = "grammar/tokens.pest"]
#[grammar = "grammar/expressions.pest"]
#[grammar = "grammar/items.pest"]
#[grammar = "grammar/recovery.pest"]
pub(super) struct Grammar;

/// The range of a pair, without the blanks and line breaks that pest leaves at its end; comments are
/// blanks by then.
pub(super) fn tight_span(pair: &Pair<'_, Rule>) -> std::ops::Range<usize> {
    let span = pair.as_span();
    let written = span.as_str().trim_end_matches([' ', '\t', '\r', '\n']);
    span.start()..span.start() + written.len()
}

/// The children of a pair, taken in order.
pub(super) struct Children<'i>(std::iter::Peekable<Pairs<'i, Rule>>);

impl<'i> Children<'i> {
    /// The children of `pair`.
    pub(super) fn of(pair: Pair<'i, Rule>) -> Self {
        Self(pair.into_inner().peekable())
    }

    /// The next child of one of these rules; children of other rules before it are passed over.
    pub(super) fn find(&mut self, rules: &[Rule]) -> Option<Pair<'i, Rule>> {
        self.0.find(|pair| rules.contains(&pair.as_rule()))
    }

    /// The next child of this rule, which the grammar puts here.
    pub(super) fn expect(&mut self, rule: Rule) -> Pair<'i, Rule> {
        self.find(&[rule])
            .expect("the grammar puts a child of this rule here")
    }

    /// The next child, where it is of this rule.
    pub(super) fn next_if(&mut self, rule: Rule) -> Option<Pair<'i, Rule>> {
        self.0.next_if(|pair| pair.as_rule() == rule)
    }

    /// The next child, of whatever rule.
    pub(super) fn next(&mut self) -> Option<Pair<'i, Rule>> {
        self.0.next()
    }

    /// All children of this rule that are left.
    pub(super) fn all(self, rule: Rule) -> impl Iterator<Item = Pair<'i, Rule>> {
        self.0.filter(move |pair| pair.as_rule() == rule)
    }
}
