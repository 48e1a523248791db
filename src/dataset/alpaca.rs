//! The export `alpaca`: the agent's prompt, its scratchpad and the safe action, all as text.

use serde::Serialize;

use super::react::{agent_prompt, scratchpad, turn_text};
use super::tree::Tree;

/// One line of the export.
#[derive(Debug, Serialize)]
pub(super) struct AlpacaRow {
    instruction: String,
    input: String,
    output: String,
}

/// The row of the tree, where it has an action to be learnt.
pub(super) fn alpaca_row(tree: &Tree<'_>) -> Option<AlpacaRow> {
    let target = tree.target()?;
    Some(AlpacaRow {
        instruction: agent_prompt(tree.record),
        input: scratchpad(&tree.history),
        output: turn_text(&target.turn()),
    })
}
