//! The export `stepwise`: each step of a trajectory with its own label, for process reward models.
//!
//! A completion begins with what the agent met since its last action and ends in the action that its
//! label judges: an action is judged before it is carried out, so its answer belongs to the next.

use serde::Serialize;

use super::react::{agent_prompt, turn_text};
use super::tree::{Branch, Tree, Turn};

/// One line of the export. `completions` and `labels` are of one length, and only the last label may
/// be false.
#[derive(Debug, Serialize)]
pub(super) struct StepwiseRow {
    prompt: String,
    completions: Vec<String>,
    labels: Vec<bool>,
}

/// The rows of the tree, one for each of its distinct actions.
pub(super) fn stepwise_rows(tree: &Tree<'_>) -> Vec<StepwiseRow> {
    let branches = tree.distinct().into_iter();
    branches.map(|branch| row(tree, branch)).collect()
}

fn row(tree: &Tree<'_>, branch: &Branch<'_>) -> StepwiseRow {
    let completions = completions(&tree.with(branch));
    let mut labels = vec![true; completions.len()];
    if let Some(last) = labels.last_mut() {
        *last = branch.is_safe();
    }
    StepwiseRow {
        prompt: agent_prompt(tree.record),
        completions,
        labels,
    }
}

/// The turns after the user's first words, cut behind each of the agent's.
fn completions(turns: &[Turn<'_>]) -> Vec<String> {
    let after_instruction = turns.get(1..).unwrap_or_default();
    let steps = after_instruction.split_inclusive(Turn::is_agents);
    steps
        .map(|turns| turns.iter().map(turn_text).collect::<Vec<_>>().join("\n"))
        .collect()
}
