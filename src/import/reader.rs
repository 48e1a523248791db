//! The reader that all formats share: it takes values out of a document, and collects what is wrong.

use std::collections::{BTreeMap, BTreeSet};

use super::build::{docs_of, name};
use super::kind::Kind;
use super::node::{Member, Node};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::{Docs, Name};

/// Who writes the values that a schema describes: properties may be for one side alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Either,
    Request,
    Response,
}

/// The parts of values that references led into, by the value's place and the way from there.
pub(super) type Pointed<'t> = BTreeMap<(Span, String), BTreeMap<String, Node<'t>>>;

/// Takes a document apart and remembers what is wrong with it.
pub(super) struct Reader<'t> {
    pub root: Node<'t>,
    /// How the file is called in messages.
    pub file: &'t str,
    pub diagnostics: Vec<Diagnostic>,
    /// How many types were made so far: references could make them grow without bound.
    pub types: usize,
    /// The references that are being followed.
    pub references: Vec<String>,
    /// How many of these lead into parts of values, and how many may.
    pub inward: usize,
    pub max_references: usize,
    /// Who writes the values of the schemas that are read.
    pub side: Side,
    /// What references start from, before the root is tried.
    pub scope: Node<'t>,
    /// The parts of values that references led into.
    pub pointed: Pointed<'t>,
    /// The references that lead nowhere, which were told.
    pub dangling: BTreeSet<Span>,
}

impl<'t> Reader<'t> {
    /// A reader that has seen nothing yet.
    pub fn new(root: Node<'t>, file: &'t str) -> Self {
        Self {
            root,
            file,
            diagnostics: Vec::new(),
            types: 0,
            references: Vec::new(),
            inward: 0,
            max_references: 16,
            side: Side::Either,
            scope: root,
            pointed: Pointed::new(),
            dangling: BTreeSet::new(),
        }
    }

    /// Reports that the file is not understood at `span`.
    #[track_caller]
    pub fn reject(&mut self, span: Span, message: impl Into<String>) -> &mut Diagnostic {
        self.diagnostics
            .push(Diagnostic::new(Code::BadImport, span, message));
        self.diagnostics.last_mut().expect("one was just added")
    }

    /// `node`, where it is of the kind that `what` should be.
    pub fn expect(&mut self, node: Node<'t>, kind: Kind, what: &str) -> Option<Node<'t>> {
        if node.kind() == kind {
            return Some(node);
        }
        let message = format!(
            "{what} should be {}, not {}",
            kind.with_article(),
            node.kind().with_article()
        );
        let problem = self.reject(node.span(), message);
        if kind == Kind::String && node.is_plain() && node.kind() != Kind::Null {
            problem.help = Some("put it in quotes to make it a string".to_owned());
        }
        None
    }

    /// The field of an object that must be there and of this kind.
    pub fn required(
        &mut self,
        object: Node<'t>,
        field: &str,
        kind: Kind,
        what: &str,
    ) -> Option<Node<'t>> {
        match object.get(field) {
            Some(node) => self.expect(node, kind, &format!("`{field}` of {what}")),
            None => {
                self.reject(object.opening(), format!("{what} has no `{field}`"));
                None
            }
        }
    }

    /// The field of an object where it is there, not null, and of this kind.
    pub fn optional(
        &mut self,
        object: Node<'t>,
        field: &str,
        kind: Kind,
        what: &str,
    ) -> Option<Node<'t>> {
        let node = object.get(field)?;
        if node.kind() == Kind::Null {
            return None;
        }
        self.expect(node, kind, &format!("`{field}` of {what}"))
    }

    /// The values of a list that may be missing.
    pub fn list(&mut self, object: Node<'t>, field: &str, what: &str) -> Vec<Node<'t>> {
        self.optional(object, field, Kind::Array, what)
            .map(Node::elements)
            .unwrap_or_default()
    }

    /// The fields of an object that may be missing.
    pub fn members(&mut self, object: Node<'t>, field: &str, what: &str) -> Vec<Member<'t>> {
        self.optional(object, field, Kind::Object, what)
            .map(Node::members)
            .unwrap_or_default()
    }

    /// The name in a field that must be there.
    pub fn name(&mut self, object: Node<'t>, field: &str, what: &str) -> Option<Name> {
        let node = self.required(object, field, Kind::String, what)?;
        self.name_of(node, what)
    }

    /// The name that a string is.
    pub fn name_of(&mut self, node: Node<'t>, what: &str) -> Option<Name> {
        let text = node.string()?.trim().to_owned();
        if text.is_empty() {
            self.reject(node.span(), format!("the name of {what} is empty"));
            return None;
        }
        Some(name(text, node.span()))
    }

    /// The first of these fields that holds prose.
    pub fn docs(&mut self, object: Node<'t>, fields: &[&str], what: &str) -> Option<Docs> {
        fields
            .iter()
            .find_map(|field| self.optional(object, field, Kind::String, what))
            .and_then(docs_of)
    }
}
