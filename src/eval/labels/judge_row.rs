//! Rows `{"instruction", "input", "output"}`: the form in which the paper trains its evaluator, and
//! our export `judge`. `output` is 0 for unsafe and 1 for safe.

use std::sync::Arc;

use serde_json::{Map, Value as Json};

use crate::check::Outcome;
use crate::plan::{Scene, WireTool};
use crate::run::Moment;

use super::case::{LabelledCase, Question};
use super::conversation::tool_names;
use super::transcript::{Story, read_transcript};
use crate::eval::scenes::{bare_scene, unknown_tool};

/// Whether a row has this form.
pub(super) fn is_judge_row(row: &Map<String, Json>) -> bool {
    ["instruction", "input", "output"]
        .iter()
        .all(|name| row.contains_key(*name))
}

/// The case of a row, or what is wrong with it.
pub(super) fn read_case(
    id: String,
    row: &Map<String, Json>,
    outcomes: &[Outcome],
) -> Result<LabelledCase, String> {
    let label = label_of(&row["output"])?;
    let input = row["input"].as_str().ok_or("its `input` is no text")?;
    let parts = Parts::of(row, input);
    let mut story = Story::of(read_transcript(&parts.transcript));
    if let Some(request) = parts.request {
        story.instruction = request;
    }
    // The action in question stands last; those before it are history.
    let Some((place, action)) = story.actions.last().cloned() else {
        return Err("its `input` ends in no `Action:` and no `Final Answer:`".to_owned());
    };
    let named = tool_names(&story);
    let tools: Vec<WireTool> = match parts.tools.is_empty() {
        true => named.iter().map(|name| unknown_tool(name)).collect(),
        false => parts.tools,
    };
    let risk_type = ["risk_type", "risk"]
        .iter()
        .find_map(|name| row.get(*name)?.as_str())
        .unwrap_or_default();
    Ok(LabelledCase {
        label,
        risk_type: risk_type.to_owned(),
        questions: vec![Question {
            moment: Arc::new(Moment {
                scene: Scene {
                    outcomes: outcomes.to_vec(),
                    tools: tools.into(),
                    ..bare_scene(&id, &story.instruction)
                },
                instruction: story.instruction.clone(),
                expected_achievements: Vec::new(),
                risky_outcomes: Vec::new(),
                is_twin: false,
                steps: story.steps[..place].to_vec(),
            }),
            action,
        }],
        id,
    })
}

fn label_of(output: &Json) -> Result<u8, String> {
    let text = match output {
        Json::String(text) => text.trim().to_owned(),
        other => other.to_string(),
    };
    match text.as_str() {
        "0" => Ok(0),
        "1" => Ok(1),
        // A thought may stand before the label.
        text => match text
            .rsplit(|c: char| !c.is_ascii_digit())
            .find(|part| !part.is_empty())
        {
            Some("0") => Ok(0),
            Some("1") => Ok(1),
            _ => Err(format!("its output `{text:.40}` ends in neither 0 nor 1")),
        },
    }
}

/// What an input is made of.
struct Parts {
    request: Option<String>,
    transcript: String,
    tools: Vec<WireTool>,
}

impl Parts {
    fn of(row: &Map<String, Json>, input: &str) -> Self {
        let text = |name: &str| row.get(name).and_then(Json::as_str);
        let tools = section(input, "\n\nTools:\n", "\n\nHistory:\n").map_or_else(Vec::new, listed);
        if let (Some(request), Some(action)) = (text("request"), text("action")) {
            let history = text("history").unwrap_or("");
            return Self {
                request: Some(request.to_owned()),
                transcript: format!("User: {request}\n{history}\n{action}"),
                tools,
            };
        }
        let request = input
            .split_once("\n\nTools:\n")
            .map(|(request, _)| request.trim_start_matches("User:").trim().to_owned());
        match (
            request,
            section(input, "\n\nHistory:\n", "\n\nNext action:\n"),
        ) {
            (Some(request), Some(history)) => {
                let action = input.rsplit("\n\nNext action:\n").next().unwrap_or("");
                let history = history.trim_start_matches("(none)");
                Self {
                    transcript: format!("User: {request}\n{history}\n{action}"),
                    request: Some(request),
                    tools,
                }
            }
            _ => Self {
                request: None,
                transcript: input.to_owned(),
                tools,
            },
        }
    }
}

fn section<'t>(text: &'t str, open: &str, close: &str) -> Option<&'t str> {
    let start = text.find(open)? + open.len();
    let length = text[start..].rfind(close)?;
    Some(&text[start..start + length])
}

/// `- name: what it does`
fn listed(tools: &str) -> Vec<WireTool> {
    let lines = tools.lines().filter_map(|line| line.strip_prefix("- "));
    lines
        .map(|line| {
            let (name, describe) = line.split_once(": ").unwrap_or((line, ""));
            let mut tool = unknown_tool(name);
            describe.clone_into(&mut tool.tool.describe);
            tool
        })
        .collect()
}
