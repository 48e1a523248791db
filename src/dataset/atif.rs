//! The export `atif`: whole trajectories in the Agent Trajectory Interchange Format, version 1.7.
//!
//! One line is one document: `Trajectory` of Harbor's RFC 0001. A risk scenario gives two that share
//! their `session_id`, one for each ending. The action at the end was never carried out, so its step
//! has no observation.

use serde::Serialize;
use serde_json::{Map, Value as Json, json};

use super::messages::call_id;
use super::tools::tool_definitions;
use super::tree::{Branch, Tree, Turn};
use crate::check::Role;
use crate::run::{Kind, Record};

/// One line of the export.
#[derive(Debug, Serialize)]
pub(super) struct AtifRow<'a> {
    schema_version: &'static str,
    session_id: &'a str,
    trajectory_id: String,
    agent: Agent<'a>,
    steps: Vec<AtifStep<'a>>,
    extra: Json,
}

#[derive(Debug, Serialize)]
struct Agent<'a> {
    name: &'static str,
    version: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    model_name: Option<&'a str>,
    tool_definitions: Vec<Json>,
}

#[derive(Debug, Serialize)]
struct AtifStep<'a> {
    step_id: usize,
    source: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    model_name: Option<&'a str>,
    message: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    reasoning_content: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tool_calls: Vec<AtifCall<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    observation: Option<Observation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    extra: Option<Json>,
}

#[derive(Debug, Serialize)]
struct AtifCall<'a> {
    tool_call_id: String,
    function_name: &'a str,
    arguments: &'a Map<String, Json>,
}

#[derive(Debug, Serialize)]
struct Observation {
    results: [ObservationResult; 1],
}

#[derive(Debug, Serialize)]
struct ObservationResult {
    source_call_id: String,
    content: String,
}

/// The rows of the tree: for a risk scenario one with the unsafe ending and one with the safe.
pub(super) fn atif_rows<'a>(tree: &Tree<'a>) -> Vec<AtifRow<'a>> {
    tree.endings().map(|ending| row(tree, ending)).collect()
}

fn row<'a>(tree: &Tree<'a>, ending: &Branch<'a>) -> AtifRow<'a> {
    let record = tree.record;
    let mut steps = steps(&tree.with(ending));
    if let Some(last) = steps.last_mut() {
        last.model_name = only_model(record, actor_of(tree, ending));
        last.extra = Some(judgement(ending));
    }
    AtifRow {
        schema_version: "ATIF-v1.7",
        session_id: &record.id,
        trajectory_id: tree.id(ending),
        agent: Agent {
            name: "autosafe",
            version: env!("CARGO_PKG_VERSION"),
            model_name: only_model(record, Role::Agent),
            tool_definitions: tool_definitions(record),
        },
        steps,
        extra: extra(tree, ending),
    }
}

/// Who proposed the action: the safe one of a risk scenario is the responder's.
fn actor_of(tree: &Tree<'_>, ending: &Branch<'_>) -> Role {
    if tree.record.kind == Kind::Risk && ending.name == "safe" {
        Role::Responder
    } else {
        Role::Agent
    }
}

/// The model of a role, where only one played it.
fn only_model(record: &Record, role: Role) -> Option<&str> {
    match record.models.get(&role)?.as_slice() {
        [model] => Some(model),
        _ => None,
    }
}

fn steps<'a>(turns: &[Turn<'a>]) -> Vec<AtifStep<'a>> {
    let mut steps: Vec<AtifStep<'a>> = Vec::new();
    let mut calls = 0;
    for turn in turns {
        if let Turn::Observed { answer, .. } = turn {
            if let Some(step) = steps.last_mut() {
                step.observation = Some(observed(calls, answer));
            }
            continue;
        }
        calls += usize::from(matches!(turn, Turn::Call { .. }));
        steps.push(step(steps.len() + 1, turn, calls));
    }
    steps
}

fn step<'a>(step_id: usize, turn: &Turn<'a>, call: usize) -> AtifStep<'a> {
    let (source, message, thought) = match turn {
        Turn::User(text) => ("user", *text, ""),
        Turn::Said { thought, message } => ("agent", *message, *thought),
        Turn::Call { thought, .. } => ("agent", "", *thought),
        Turn::Observed { .. } => unreachable!("an answer stands with the call before it"),
    };
    let tool_calls = match turn {
        Turn::Call {
            tool, arguments, ..
        } => vec![AtifCall {
            tool_call_id: call_id(call),
            function_name: tool,
            arguments,
        }],
        Turn::User(_) | Turn::Said { .. } | Turn::Observed { .. } => Vec::new(),
    };
    AtifStep {
        step_id,
        source,
        model_name: None,
        message,
        reasoning_content: thought,
        tool_calls,
        observation: None,
        extra: None,
    }
}

fn observed(call: usize, answer: &str) -> Observation {
    Observation {
        results: [ObservationResult {
            source_call_id: call_id(call),
            content: answer.to_owned(),
        }],
    }
}

/// What the last action was found to be. `train` is false where no model should learn it.
fn judgement(ending: &Branch<'_>) -> Json {
    json!({
        "label": ending.verdict(),
        "risk_type": ending.risk_type(),
        "why": ending.judged.why,
        "train": ending.is_safe(),
    })
}

fn extra(tree: &Tree<'_>, ending: &Branch<'_>) -> Json {
    let record = tree.record;
    let reflections: Vec<Json> = tree
        .branches
        .iter()
        .filter_map(|branch| {
            let text = branch.reflection?;
            Some(json!({ "proposal": branch.judged, "reflection": text }))
        })
        .collect();
    json!({
        "label": ending.verdict(),
        "kind": record.kind,
        "scenario": record.scenario,
        "cell": record.cell,
        "outcomes": record.outcomes,
        "severity": record.severity,
        "reflections": reflections,
        "over_refusal": tree.is_over_refusal(),
        "split": record.split,
        "simulated": record.simulated,
    })
}
