//! The keywords of a schema that say of which type a value is.

use super::kind::Kind;
use super::node::Node;

/// What a schema says of a value's type, taken out of it in one go.
#[derive(Debug, Default)]
pub(super) struct Keywords<'t> {
    pub reference: Option<Node<'t>>,
    /// `type`: a word, or a list of words.
    pub word: Option<Node<'t>>,
    /// `enum`.
    pub values: Option<Node<'t>>,
    /// `const`.
    pub constant: Option<Node<'t>>,
    pub properties: Option<Node<'t>>,
    pub required: Option<Node<'t>>,
    pub items: Option<Node<'t>>,
    pub all_of: Vec<Node<'t>>,
    /// Of `anyOf` and of `oneOf`.
    pub alternatives: Vec<Vec<Node<'t>>>,
    /// `nullable: true` of OpenAPI 3.0.
    pub is_nullable: bool,
}

impl<'t> Keywords<'t> {
    /// Those of an object that is a schema.
    pub fn of(schema: Node<'t>) -> Self {
        let mut keywords = Self::default();
        for member in schema.members() {
            if let Some(name) = member.name.string() {
                keywords.take(&name, member.value);
            }
        }
        keywords
    }

    fn take(&mut self, name: &str, value: Node<'t>) {
        match name {
            "$ref" => self.reference = Some(value),
            "type" => self.word = some_of(value),
            "enum" => self.values = Some(value).filter(|it| it.kind() == Kind::Array),
            "const" => self.constant = Some(value),
            "properties" => self.properties = some_of(value),
            "required" => self.required = Some(value).filter(|it| it.kind() == Kind::Array),
            "items" => self.items = some_of(value),
            "allOf" => self.all_of = value.elements(),
            "anyOf" | "oneOf" => self.alternatives.push(value.elements()),
            "nullable" => self.is_nullable = value.bool() == Some(true),
            _ => {}
        }
    }
}

fn some_of(value: Node<'_>) -> Option<Node<'_>> {
    (value.kind() != Kind::Null).then_some(value)
}
