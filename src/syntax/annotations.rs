//! What a server says of its tools beside their schemas.

use serde::{Deserialize, Serialize};

/// The annotations of a tool, as in MCP: a title and hints for people. Nothing proves them, no model
/// is shown them, and what is not said stays unsaid (MCP's defaults are not filled in).
///
/// They are written as in MCP: `{"title": "Delete a contact", "destructiveHint": true}`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Annotations {
    /// What people call the tool.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Whether it changes nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_only_hint: Option<bool>,
    /// Whether it may destroy something, rather than only add to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub destructive_hint: Option<bool>,
    /// Whether calling it again with the same arguments changes nothing more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idempotent_hint: Option<bool>,
    /// Whether it reaches things that its server does not control.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open_world_hint: Option<bool>,
}

impl Annotations {
    /// All words of [`hints`](Self::hints), the gravest first.
    pub const HINTS: [&str; 8] = [
        "destructive",
        "open-world",
        "changes things",
        "not idempotent",
        "only adds",
        "closed-world",
        "idempotent",
        "read-only",
    ];

    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The hints in words, the gravest first: `destructive`, `open-world`.
    pub fn hints(&self) -> Vec<&'static str> {
        let holds = [
            self.destructive_hint == Some(true),
            self.open_world_hint == Some(true),
            self.read_only_hint == Some(false),
            self.idempotent_hint == Some(false),
            self.destructive_hint == Some(false),
            self.open_world_hint == Some(false),
            self.idempotent_hint == Some(true),
            self.read_only_hint == Some(true),
        ];
        let words = Self::HINTS.into_iter().zip(holds);
        words
            .filter_map(|(word, holds)| holds.then_some(word))
            .collect()
    }
}
