//! The export `inspect`: samples for Inspect AI's dataset readers.
//!
//! The input ends where the agent has to act; the target is the safe action, for a scorer to compare.

use serde::Serialize;
use serde_json::{Map, Value as Json, json};

use super::messages::call_id;
use super::react::act_text;
use super::tools::tool_definitions;
use super::tree::{Tree, Turn};

/// One line of the export.
#[derive(Debug, Serialize)]
pub(super) struct InspectRow<'a> {
    id: &'a str,
    input: Vec<InspectMessage<'a>>,
    target: String,
    metadata: Json,
}

#[derive(Debug, Serialize)]
struct InspectMessage<'a> {
    role: &'static str,
    content: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tool_calls: Vec<InspectCall<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_call_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    function: Option<&'a str>,
}

#[derive(Debug, Serialize)]
struct InspectCall<'a> {
    id: String,
    function: &'a str,
    arguments: &'a Map<String, Json>,
    r#type: &'static str,
}

/// The sample of the tree, where it has an action to compare with.
pub(super) fn inspect_row<'a>(tree: &Tree<'a>) -> Option<InspectRow<'a>> {
    let target = tree.target()?;
    Some(InspectRow {
        id: &tree.record.id,
        input: messages(&tree.history),
        target: act_text(&target.turn()),
        metadata: metadata(tree),
    })
}

/// What scorers and solvers may want to know; `tools` are for the solver to offer.
fn metadata(tree: &Tree<'_>) -> Json {
    let record = tree.record;
    let trigger = tree.branches.iter().find(|branch| !branch.is_safe());
    json!({
        "kind": record.kind,
        "scenario": record.scenario,
        "cell": record.cell,
        "outcomes": record.outcomes,
        "severity": record.severity,
        "expected_achievements": record.expected_achievements,
        "risky_outcomes": record.risky_outcomes,
        "unsafe_action": trigger.map_or_else(String::new, |branch| act_text(&branch.turn())),
        "why_unsafe": trigger.map_or("", |branch| &branch.judged.why),
        "tools": tool_definitions(record),
        "split": record.split,
        "simulated": record.simulated,
    })
}

fn messages<'a>(turns: &[Turn<'a>]) -> Vec<InspectMessage<'a>> {
    let mut calls = 0;
    let message = |turn: &Turn<'a>| {
        calls += usize::from(matches!(turn, Turn::Call { .. }));
        message(turn, calls)
    };
    turns.iter().map(message).collect()
}

fn message<'a>(turn: &Turn<'a>, call: usize) -> InspectMessage<'a> {
    match turn {
        Turn::User(text) => plain("user", text),
        Turn::Said { message, .. } => plain("assistant", message),
        Turn::Call {
            thought,
            tool,
            arguments,
        } => InspectMessage {
            tool_calls: vec![InspectCall {
                id: call_id(call),
                function: tool,
                arguments,
                r#type: "function",
            }],
            ..plain("assistant", thought)
        },
        Turn::Observed { tool, answer } => InspectMessage {
            tool_call_id: Some(call_id(call)),
            function: Some(tool),
            ..plain("tool", answer)
        },
    }
}

fn plain<'a>(role: &'static str, content: &str) -> InspectMessage<'a> {
    InspectMessage {
        role,
        content: content.to_owned(),
        tool_calls: Vec::new(),
        tool_call_id: None,
        function: None,
    }
}
