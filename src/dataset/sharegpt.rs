//! ShareGPT's form, as LLaMA-Factory reads it: the export `sharegpt`, and copies of `dpo` and `kto`.
//!
//! LLaMA-Factory has a reader of OpenAI's form, but that one writes `arguments` out as JSON a second
//! time when they are a text already, so that a model would learn to quote them. Its ShareGPT form has
//! no such trap: roles are `human`, `gpt`, `function_call` and `observation`, the first and every other
//! one `human` or `observation`. A row out of order is skipped with no more than a warning.

use serde::Serialize;
use serde_json::json;

use super::kto::is_desirable;
use super::tools::tools_text;
use super::tree::{Tree, Turn};

/// One line of `sharegpt`.
#[derive(Debug, Serialize)]
pub(super) struct SharegptRow {
    conversations: Vec<Line>,
    /// Always empty: an agent's own prompt comes at training time.
    system: &'static str,
    tools: String,
}

/// One line of `dpo` in this form.
#[derive(Debug, Serialize)]
pub(super) struct SharegptPreferenceRow {
    conversations: Vec<Line>,
    chosen: Line,
    rejected: Line,
    tools: String,
}

/// One line of `kto` in this form.
#[derive(Debug, Serialize)]
pub(super) struct SharegptLabelledRow {
    conversations: Vec<Line>,
    label: bool,
    tools: String,
}

#[derive(Debug, Serialize)]
struct Line {
    from: &'static str,
    value: String,
}

/// The row of the tree, where it has an action to be learnt.
pub(super) fn sharegpt_row(tree: &Tree<'_>) -> Option<SharegptRow> {
    let target = tree.target()?;
    Some(SharegptRow {
        conversations: lines(&tree.with(target)),
        system: "",
        tools: tools_text(tree.record),
    })
}

/// The row of the tree, where it has both actions.
pub(super) fn sharegpt_preference_row(tree: &Tree<'_>) -> Option<SharegptPreferenceRow> {
    let (chosen, rejected) = tree.preference()?;
    Some(SharegptPreferenceRow {
        conversations: lines(&tree.history),
        chosen: line(&chosen.turn()),
        rejected: line(&rejected.turn()),
        tools: tools_text(tree.record),
    })
}

/// The rows of the tree, one for each of its distinct actions.
pub(super) fn sharegpt_labelled_rows(tree: &Tree<'_>) -> Vec<SharegptLabelledRow> {
    let branches = tree.distinct().into_iter();
    branches
        .map(|branch| SharegptLabelledRow {
            conversations: lines(&tree.with(branch)),
            label: is_desirable(tree, branch),
            tools: tools_text(tree.record),
        })
        .collect()
}

/// The row of turns that end in one of the agent's, as `sharegpt` has it.
pub(super) fn row_of_turns(turns: &[Turn<'_>], tools: String) -> SharegptRow {
    SharegptRow {
        conversations: lines(turns),
        system: "",
        tools,
    }
}

fn lines(turns: &[Turn<'_>]) -> Vec<Line> {
    turns.iter().map(line).collect()
}

fn line(turn: &Turn<'_>) -> Line {
    let (from, value) = match turn {
        Turn::User(text) => ("human", (*text).to_owned()),
        Turn::Said { message, .. } => ("gpt", (*message).to_owned()),
        Turn::Call {
            tool, arguments, ..
        } => {
            let call = json!({ "name": tool, "arguments": arguments });
            ("function_call", call.to_string())
        }
        Turn::Observed { answer, .. } => ("observation", answer.to_string()),
    };
    Line { from, value }
}
