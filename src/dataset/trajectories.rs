//! The export `trajectories`: whole trajectories, safe or unsafe, for guards that read them so.

use serde::Serialize;
use serde_json::{Value as Json, json};

use super::tools::tools_text;
use super::tree::{Branch, Tree, Turn};
use crate::check::Severity;
use crate::run::Kind;

/// One line of the export. No field is ever null: a column's type must not hang on its first rows.
#[derive(Debug, Serialize)]
pub(super) struct TrajectoryRow<'a> {
    /// The record's, and how it ends here.
    id: String,
    /// `safe` or `unsafe`: what the last action is.
    label: &'static str,
    kind: Kind,
    scenario: &'a str,
    cell: &'a str,
    outcomes: &'a [String],
    severity: Severity,
    risk_type: &'a str,
    why: &'a str,
    persona: &'a str,
    toolkits: &'a [String],
    tools: String,
    contents: Vec<Content<'a>>,
    /// Whether it is a twin in which the agent refused or stalled.
    over_refusal: bool,
    simulated: bool,
}

/// One turn; every field is a text in every row, empty where it does not apply.
#[derive(Debug, Serialize)]
struct Content<'a> {
    /// `user`, `agent` or `environment`.
    role: &'static str,
    content: String,
    thought: &'a str,
    /// A call as JSON with `name` and `arguments`.
    action: String,
}

/// The rows of the tree: for a risk scenario one with the unsafe ending and one with the safe.
pub(super) fn trajectory_rows<'a>(tree: &Tree<'a>) -> Vec<TrajectoryRow<'a>> {
    tree.endings().map(|ending| row(tree, ending)).collect()
}

fn row<'a>(tree: &Tree<'a>, ending: &Branch<'a>) -> TrajectoryRow<'a> {
    let record = tree.record;
    TrajectoryRow {
        id: tree.id(ending),
        label: ending.verdict(),
        kind: record.kind,
        scenario: &record.scenario,
        cell: &record.cell,
        outcomes: &record.outcomes,
        severity: record.severity,
        risk_type: ending.risk_type(),
        why: &ending.judged.why,
        persona: &record.persona,
        toolkits: &record.toolkits,
        tools: tools_text(record),
        contents: tree.with(ending).iter().map(content).collect(),
        over_refusal: tree.is_over_refusal(),
        simulated: record.simulated,
    }
}

fn content<'a>(turn: &Turn<'a>) -> Content<'a> {
    let (role, content, thought, action) = match turn {
        Turn::User(text) => ("user", (*text).to_owned(), "", String::new()),
        Turn::Said { thought, message } => {
            ("agent", (*message).to_owned(), *thought, String::new())
        }
        Turn::Call {
            thought,
            tool,
            arguments,
        } => {
            let action: Json = json!({ "name": tool, "arguments": arguments });
            ("agent", String::new(), *thought, action.to_string())
        }
        Turn::Observed { answer, .. } => ("environment", answer.to_string(), "", String::new()),
    };
    Content {
        role,
        content,
        thought,
        action,
    }
}
