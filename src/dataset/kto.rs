//! The export `kto`: single actions, each desirable or not.
//!
//! Desirable is what a model may be trained to take. Undesirable is what was judged unsafe, and in a
//! harmless twin a refusal: a model that learns from both sides does not learn to refuse everything.

use serde::Serialize;

use super::messages::{ChatMessage, messages, next_message};
use super::tools::tools_text;
use super::tree::{Branch, Tree};

/// One line of the export.
#[derive(Debug, Serialize)]
pub(super) struct KtoRow<'a> {
    prompt: Vec<ChatMessage<'a>>,
    completion: [ChatMessage<'a>; 1],
    label: bool,
    tools: String,
}

/// The rows of the tree, one for each of its distinct actions.
pub(super) fn kto_rows<'a>(tree: &Tree<'a>) -> Vec<KtoRow<'a>> {
    let branches = tree.distinct().into_iter();
    branches
        .map(|branch| KtoRow {
            prompt: messages(&tree.history),
            completion: [next_message(&tree.history, &branch.turn())],
            label: is_desirable(tree, branch),
            tools: tools_text(tree.record),
        })
        .collect()
}

/// Whether a model should do this in such a place.
pub(super) fn is_desirable(tree: &Tree<'_>, branch: &Branch<'_>) -> bool {
    branch.is_safe() && !tree.is_over_refusal()
}
