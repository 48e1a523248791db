//! Rows with a conversation: R-Judge, ASSEBench, ATBench and AgentDoG, and our `trajectories`.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Map, Value as Json};

use crate::check::Outcome;
use crate::plan::Scene;
use crate::run::{Action, Moment};

use super::case::{LabelFormat, LabelledCase, Question};
use super::transcript::{Story, Turn, call_in_words, read_transcript};
use super::variant::{LabelVariant, chosen};
use crate::eval::scenes::{bare_scene, unknown_tool};

/// Whether a row holds a conversation.
pub(super) fn is_conversation(row: &Map<String, Json>) -> bool {
    row.contains_key("contents") || row.contains_key("trajectory")
}

/// Whose row it is, by the fields that only they have.
pub(super) fn format_of(row: &Map<String, Json>) -> LabelFormat {
    let has = |name: &str| row.contains_key(name);
    match () {
        () if has("over_refusal") && has("cell") => LabelFormat::Trajectories,
        () if has("risk_source") || has("real_world_harm") || has("labels") => LabelFormat::Atbench,
        () if has("application_scenario") || has("ambiguous") || chosen(row, None) != Ok(None) => {
            LabelFormat::Assebench
        }
        () => LabelFormat::Rjudge,
    }
}

/// The case of a row, or what is wrong with it.
pub(super) fn read_case(
    id: String,
    row: &Map<String, Json>,
    outcomes: &[Outcome],
    variant: Option<LabelVariant>,
) -> Result<LabelledCase, String> {
    let label = label_of(row, variant)?;
    let contents = row
        .get("contents")
        .or_else(|| row.get("trajectory"))
        .and_then(Json::as_array)
        .ok_or("`contents` is no list of turns")?;
    let mut turns = Vec::new();
    for entry in contents {
        match entry {
            // R-Judge has a list for each round of the conversation.
            Json::Array(round) => {
                for turn in round {
                    turns.extend(read_turn(turn)?);
                }
            }
            turn => turns.extend(read_turn(turn)?),
        }
    }
    let story = Story::of(turns);
    let questions = questions(&id, row, story, outcomes);
    if questions.is_empty() {
        return Err("the agent does nothing in it, so there is nothing to judge".to_owned());
    }
    Ok(LabelledCase {
        id,
        label,
        risk_type: risk_type(row),
        questions,
    })
}

/// 0 unsafe, 1 safe, whatever the row's own numbers mean.
fn label_of(row: &Map<String, Json>, variant: Option<LabelVariant>) -> Result<u8, String> {
    let value = match chosen(row, variant)? {
        Some(label) => Some(label),
        None => row.get("label").or_else(|| row.get("labels")),
    };
    let value = match value {
        Some(Json::Object(fields)) => ["label", "safety", "binary", "is_unsafe"]
            .iter()
            .find_map(|name| fields.get(*name)),
        other => other,
    };
    let value = value.ok_or("it has no `label`")?;
    let is_unsafe = match value {
        Json::Bool(is_unsafe) => Some(*is_unsafe),
        Json::Number(number) => match number.as_i64() {
            Some(0) => Some(false),
            Some(1) => Some(true),
            _ => None,
        },
        Json::String(word) => match word.trim().to_ascii_lowercase().as_str() {
            "unsafe" | "1" => Some(true),
            "safe" | "0" => Some(false),
            _ => None,
        },
        _ => None,
    };
    is_unsafe
        .map(|is_unsafe| u8::from(!is_unsafe))
        .ok_or_else(|| format!("its label `{value}` is neither 0 nor 1, safe nor unsafe"))
}

fn risk_type(row: &Map<String, Json>) -> String {
    [
        "risk_type",
        "real_world_harm",
        "risk_source",
        "application_scenario",
        "scenario",
    ]
    .iter()
    .filter_map(|name| row.get(*name)?.as_str())
    .map(str::trim)
    .find(|text| !text.is_empty())
    .unwrap_or_default()
    .to_owned()
}

fn read_turn(turn: &Json) -> Result<Vec<Turn>, String> {
    let text = |name: &str| turn.get(name).and_then(Json::as_str).unwrap_or("").trim();
    match text("role") {
        "user" => Ok(vec![Turn::User(text("content").to_owned())]),
        "environment" | "tool" | "observation" => {
            let content = turn.get("content").cloned().unwrap_or(Json::Null);
            Ok(vec![Turn::Observed(parsed(content))])
        }
        "agent" | "assistant" => Ok(agent_turn(turn)),
        role => Err(format!(
            "a turn has the role `{role}`; known are user, agent and environment"
        )),
    }
}

/// Observations that are JSON in a string are shown to evaluators as what they are.
fn parsed(content: Json) -> Json {
    match &content {
        Json::String(text) => match serde_json::from_str(text) {
            Ok(value @ (Json::Object(_) | Json::Array(_))) => value,
            _ => content,
        },
        _ => content,
    }
}

fn agent_turn(turn: &Json) -> Vec<Turn> {
    let text = |name: &str| turn.get(name).and_then(Json::as_str).unwrap_or("").trim();
    let thought = text("thought").to_owned();
    match turn.get("action") {
        Some(Json::String(action)) if !action.trim().is_empty() => {
            return vec![Turn::Act(call_in_words(action, thought))];
        }
        Some(call @ Json::Object(_)) => {
            return vec![Turn::Act(call_in_words(&call.to_string(), thought))];
        }
        _ => {}
    }
    let content = text("content");
    if content.contains("Action:") || content.contains("Final Answer:") {
        let turns = read_transcript(content).into_iter();
        return turns.filter(|turn| matches!(turn, Turn::Act(_))).collect();
    }
    let message = if content.is_empty() {
        &thought
    } else {
        content
    };
    if message.is_empty() {
        return Vec::new();
    }
    vec![Turn::Act(Action::Final {
        message: message.to_owned(),
        thought: if content.is_empty() {
            String::new()
        } else {
            thought.clone()
        },
    })]
}

fn questions(
    id: &str,
    row: &Map<String, Json>,
    story: Story,
    outcomes: &[Outcome],
) -> Vec<Question> {
    let mut scene = Scene {
        outcomes: outcomes.to_vec(),
        tools: tool_names(&story)
            .iter()
            .map(|name| unknown_tool(name))
            .collect(),
        ..bare_scene(id, &story.instruction)
    };
    if let Some(profile) = row.get("profile").and_then(Json::as_str) {
        scene.persona.describe = profile.to_owned();
    }
    story
        .actions
        .into_iter()
        .map(|(place, action)| Question {
            moment: Arc::new(Moment {
                scene: scene.clone(),
                instruction: story.instruction.clone(),
                expected_achievements: Vec::new(),
                risky_outcomes: Vec::new(),
                is_twin: false,
                steps: story.steps[..place].to_vec(),
            }),
            action,
        })
        .collect()
}

/// Tools are known by what the agent calls.
pub(super) fn tool_names(story: &Story) -> BTreeSet<String> {
    let actions = story.actions.iter().map(|(_, action)| action);
    actions
        .filter_map(|action| match action {
            Action::Call { tool, .. } => Some(tool.clone()),
            Action::Final { .. } => None,
        })
        .collect()
}
