//! The parts of the tree, made of a document's values.

use super::kind::Kind;
use super::node::{Member, Node};
use crate::source::Span;
use crate::syntax::{
    Braces, Docs, Expr, ExprKind, Item, ItemKind, Name, Piece, RecordField, Text, TextStyle, Tool,
    Toolkit, TypeExpr, TypeKind,
};

/// The name `text`, quoted where it is no identifier.
pub(super) fn name(text: String, span: Span) -> Name {
    let quoted = !is_identifier(&text);
    Name { text, span, quoted }
}

/// Documentation that is a string; none where it is blank.
pub(super) fn docs_of(node: Node<'_>) -> Option<Docs> {
    let text = node.string()?.trim().to_owned();
    (!text.is_empty()).then(|| Docs {
        text,
        span: node.span(),
    })
}

/// The text that a string is.
pub(super) fn text_of(node: Node<'_>) -> Text {
    text_as(node, node.string().unwrap_or_default())
}

/// The text `value`, standing where a value of the file does.
pub(super) fn text_as(node: Node<'_>, value: String) -> Text {
    Text {
        value,
        span: node.span(),
        style: TextStyle::Plain,
        pieces: vec![Piece {
            value_start: 0,
            source: node.inside(),
        }],
    }
}

/// The value that a node stands for; none for null.
pub(super) fn value_of(node: Node<'_>, depth: usize) -> Option<Expr> {
    let depth = depth.checked_sub(1)?;
    let kind = match node.kind() {
        Kind::Null => return None,
        Kind::String => ExprKind::Text(text_of(node)),
        Kind::Bool => ExprKind::Bool(node.bool()?),
        Kind::Number => match node.int() {
            Some(int) => ExprKind::Int(int),
            None => ExprKind::Float(node.float()?),
        },
        Kind::Array => ExprKind::List(
            node.elements()
                .into_iter()
                .map(|element| value_of(element, depth))
                .collect::<Option<_>>()?,
        ),
        Kind::Object => ExprKind::Record(
            node.members()
                .into_iter()
                .map(|member| field_of(member, depth))
                .collect::<Option<_>>()?,
        ),
    };
    let span = node.span();
    Some(Expr { kind, span })
}

fn field_of(member: Member<'_>, depth: usize) -> Option<RecordField> {
    Some(RecordField {
        name: name(member.name.string()?, member.name.span()),
        value: value_of(member.value, depth)?,
    })
}

/// A type that is a word.
pub(super) fn named_type(word: &str, span: Span) -> TypeExpr {
    let kind = TypeKind::Named(name(word.to_owned(), span));
    TypeExpr { kind, span }
}

/// `kind?`, once.
pub(super) fn optional_type(kind: TypeExpr) -> TypeExpr {
    match kind.kind {
        TypeKind::Optional(_) | TypeKind::Error => kind,
        _ => TypeExpr {
            span: kind.span,
            kind: TypeKind::Optional(Box::new(kind)),
        },
    }
}

/// A toolkit as an item.
pub(super) fn toolkit_item(
    node: Node<'_>,
    docs: Option<Docs>,
    name: Name,
    tools: Vec<Tool>,
) -> Item {
    let toolkit = Toolkit {
        name,
        body: Braces {
            open: node.opening(),
            close: node.closing(),
        },
        tools,
        others: Vec::new(),
    };
    Item {
        docs,
        kind: ItemKind::Toolkit(toolkit),
        span: node.span(),
    }
}

fn is_identifier(text: &str) -> bool {
    let mut characters = text.chars();
    let starts = |first: char| first.is_ascii_alphabetic() || first == '_';
    characters.next().is_some_and(starts)
        && characters.all(|other| other.is_ascii_alphanumeric() || other == '_')
}
