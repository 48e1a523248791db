//! The export `dpo`: the safe action over the unsafe one, in the same place.

use serde::Serialize;

use super::messages::{ChatMessage, messages, next_message};
use super::tools::tools_text;
use super::tree::Tree;

/// One line of the export.
#[derive(Debug, Serialize)]
pub(super) struct DpoRow<'a> {
    prompt: Vec<ChatMessage<'a>>,
    chosen: [ChatMessage<'a>; 1],
    rejected: [ChatMessage<'a>; 1],
    tools: String,
}

/// The row of the tree, where it has both actions.
pub(super) fn dpo_row<'a>(tree: &Tree<'a>) -> Option<DpoRow<'a>> {
    let (chosen, rejected) = tree.preference()?;
    Some(DpoRow {
        chosen: [next_message(&tree.history, &chosen.turn())],
        rejected: [next_message(&tree.history, &rejected.turn())],
        prompt: messages(&tree.history),
        tools: tools_text(tree.record),
    })
}
