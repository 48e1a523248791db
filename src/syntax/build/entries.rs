//! What stands in bodies: fields, blocks, tools, axes, constraints and planted values.

use pest::iterators::Pair;

use super::Builder;
use crate::syntax::grammar::{Children, Rule, tight_span};
use crate::syntax::{
    Annotations, Axis, Constraint, ConstraintKind, Entry, EntryKind, Expr, ExprKind, Field, Name,
    Parameter, Raise, Tool, Vary,
};

impl Builder<'_> {
    /// The entries of a `body`.
    pub(super) fn entries(&mut self, body: Pair<'_, Rule>) -> Vec<Entry> {
        body.into_inner()
            .filter_map(|pair| self.entry(pair))
            .collect()
    }

    /// An entry, unless the pair is a brace or a separator.
    fn entry(&mut self, pair: Pair<'_, Rule>) -> Option<Entry> {
        let span = self.span(&pair);
        let docs = self.docs(span.start);
        let kind = match pair.as_rule() {
            Rule::field => EntryKind::Field(self.field(pair)),
            Rule::block => EntryKind::Block(self.block(pair)),
            Rule::vary => EntryKind::Vary(self.vary(pair)),
            Rule::constraint => EntryKind::Constraint(self.constraint(pair)),
            Rule::plant => EntryKind::Plant(self.field(pair)),
            Rule::trigger_rule => EntryKind::Rule(self.rule(pair)),
            Rule::example => EntryKind::Example(self.example(pair)),
            Rule::tool => EntryKind::Tool(self.tool(pair)),
            Rule::error_entry => EntryKind::Error {
                declares: self.declared_field(tight_span(&pair)),
            },
            _ => return None,
        };
        Some(Entry { docs, kind, span })
    }

    /// `name = value`, or what follows `plant`.
    fn field(&mut self, pair: Pair<'_, Rule>) -> Field {
        let mut children = Children::of(pair);
        Field {
            name: self.next_name(&mut children),
            value: self.value(children.expect(Rule::value)),
        }
    }

    fn vary(&mut self, pair: Pair<'_, Rule>) -> Vary {
        let braces = self.braces(&pair);
        let mut children = Children::of(pair);
        let keyword = self.span(
            &children
                .find(&[Rule::vary_word, Rule::error_vary])
                .expect("a block of axes begins with its word"),
        );
        let mut axes = Vec::new();
        while let Some(axis) = children.find(&[Rule::axis, Rule::error_axis]) {
            axes.extend(self.axis(axis));
        }
        Vary {
            keyword,
            braces,
            axes,
        }
    }

    /// An axis; one that cannot be read is kept where it has a name.
    fn axis(&mut self, pair: Pair<'_, Rule>) -> Option<Axis> {
        let span = self.span(&pair);
        let docs = self.docs(span.start);
        let (name, values) = if pair.as_rule() == Rule::axis {
            let mut children = Children::of(pair);
            let name = self.next_name(&mut children);
            (name, self.value(children.expect(Rule::value)))
        } else {
            let kind = ExprKind::Error;
            (self.declared_field(tight_span(&pair))?, Expr { kind, span })
        };
        Some(Axis {
            docs,
            name,
            values,
            span,
        })
    }

    fn constraint(&mut self, pair: Pair<'_, Rule>) -> Constraint {
        let mut children = Children::of(pair);
        let (kind, keyword) = match children.next_if(Rule::forbid_word) {
            Some(word) => (ConstraintKind::Forbid, word),
            None => (ConstraintKind::Require, children.expect(Rule::require_word)),
        };
        Constraint {
            kind,
            keyword: self.span(&keyword),
            condition: self.condition(children.expect(Rule::condition)),
        }
    }

    fn tool(&mut self, pair: Pair<'_, Rule>) -> Tool {
        let span = self.span(&pair);
        let mut children = Children::of(pair);
        let name = self.next_name(&mut children);
        let parameters = self.parameters(children.expect(Rule::parameters));
        let result = children
            .next_if(Rule::result)
            .map(|result| self.type_expr(Children::of(result).expect(Rule::r#type)));
        Tool {
            docs: self.docs(span.start),
            name,
            parameters,
            result,
            raises: children
                .all(Rule::raises)
                .map(|raises| self.raise(raises))
                .collect(),
            annotations: Annotations::default(),
            span,
        }
    }

    fn raise(&mut self, pair: Pair<'_, Rule>) -> Raise {
        let span = self.span(&pair);
        let mut children = Children::of(pair);
        Raise {
            name: self.next_name(&mut children),
            text: children.next_if(Rule::text).map(|text| self.text(text)),
            span,
        }
    }

    /// `(a: T, b: T = value)`, of a tool or template.
    pub(super) fn parameters(&mut self, pair: Pair<'_, Rule>) -> Vec<Parameter> {
        Children::of(pair)
            .all(Rule::parameter)
            .map(|parameter| self.parameter(parameter))
            .collect()
    }

    fn parameter(&mut self, pair: Pair<'_, Rule>) -> Parameter {
        let span = self.span(&pair);
        let mut children = Children::of(pair);
        let name: Name = self.next_name(&mut children);
        let kind = self.type_expr(children.expect(Rule::r#type));
        Parameter {
            docs: self.docs(span.start),
            name,
            kind,
            default: children.find(&[Rule::value]).map(|value| self.value(value)),
            span,
        }
    }
}
