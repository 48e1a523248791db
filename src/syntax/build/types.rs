//! Types.

use pest::iterators::Pair;

use super::Builder;
use crate::syntax::grammar::{Children, Rule};
use crate::syntax::{FieldType, TypeExpr, TypeKind};

impl Builder<'_> {
    /// A `type`.
    pub(super) fn type_expr(&mut self, pair: Pair<'_, Rule>) -> TypeExpr {
        let span = self.span(&pair);
        let mut children = Children::of(pair);
        let base = children.next().expect("a type begins with its base");
        let base = TypeExpr {
            span: self.span(&base),
            kind: self.type_kind(base),
        };
        match children.next_if(Rule::question_mark) {
            Some(_) => TypeExpr {
                kind: TypeKind::Optional(Box::new(base)),
                span,
            },
            None => base,
        }
    }

    fn type_kind(&mut self, pair: Pair<'_, Rule>) -> TypeKind {
        match pair.as_rule() {
            Rule::list_type | Rule::error_list_type => {
                let element = Children::of(pair).expect(Rule::r#type);
                TypeKind::List(Box::new(self.type_expr(element)))
            }
            Rule::enum_type => TypeKind::Enum(
                Children::of(pair)
                    .all(Rule::text)
                    .map(|text| self.text(text))
                    .collect(),
            ),
            Rule::record_type => TypeKind::Record(
                Children::of(pair)
                    .all(Rule::field_type)
                    .map(|field| self.field_type(field))
                    .collect(),
            ),
            _ => TypeKind::Named(self.next_name(&mut Children::of(pair))),
        }
    }

    fn field_type(&mut self, pair: Pair<'_, Rule>) -> FieldType {
        let start = self.span(&pair).start;
        let mut children = Children::of(pair);
        FieldType {
            docs: self.docs(start),
            name: self.next_name(&mut children),
            kind: self.type_expr(children.expect(Rule::r#type)),
        }
    }
}
