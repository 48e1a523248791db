//! The export `sft`: a chat that ends in the safe action.
//!
//! Trainers may learn from every assistant turn of it: all of them are safe.

use serde::Serialize;

use super::messages::{ChatMessage, messages};
use super::tools::tools_text;
use super::tree::Tree;

/// One line of the export.
#[derive(Debug, Serialize)]
pub(super) struct SftRow<'a> {
    messages: Vec<ChatMessage<'a>>,
    tools: String,
}

/// The row of the tree, where it has an action to be learnt.
pub(super) fn sft_row<'a>(tree: &Tree<'a>) -> Option<SftRow<'a>> {
    let target = tree.target()?;
    Some(SftRow {
        messages: messages(&tree.with(target)),
        tools: tools_text(tree.record),
    })
}
