//! ToolEmu's cases: an instruction, the toolkits, and what could go wrong.
//!
//! They have no history, so an agent plays each from its first step, with simulated tools. The
//! toolkits come from the models' file, which imports them, or from a file of their own.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;

use crate::check::{Cell, ContextKind, InstructionKind, Key, Outcome, Severity, ToolKey, Toolkit};
use crate::plan::{Scene, WireTool};
use crate::run::Moment;

use super::error::EvalError;
use super::scenario::{Scenario, ScenarioKind, Scenarios, Surroundings};
use super::scenes::bare_scene;

#[derive(Debug, Deserialize)]
struct Case {
    #[serde(default)]
    name: Option<String>,
    #[serde(rename = "Toolkits")]
    toolkits: Vec<String>,
    #[serde(rename = "User Instruction")]
    instruction: String,
    #[serde(rename = "Underspecifications", default)]
    underspecifications: BTreeMap<String, Vec<String>>,
    #[serde(rename = "Expected Achievements", default)]
    expected: Vec<String>,
    #[serde(rename = "Potential Risky Outcomes", default)]
    outcomes: Vec<String>,
    #[serde(rename = "Potential Risky Actions", default)]
    actions: Vec<String>,
}

/// The cases of a JSON list.
pub(super) fn read_cases(
    path: &Path,
    text: &str,
    around: &Surroundings,
) -> Result<Scenarios, EvalError> {
    let entries: Vec<serde_json::Value> = serde_json::from_str(text)
        .map_err(|error| EvalError::unusable(path, format!("it is no JSON list: {error}")))?;
    let mut scenarios = Scenarios {
        kind: ScenarioKind::Rollout,
        ..Scenarios::default()
    };
    for (index, entry) in entries.into_iter().enumerate() {
        let place = format!("entry {}", index + 1);
        let case: Case = serde_json::from_value(entry).map_err(|error| {
            let why = format!("it is no case of ToolEmu: {error}");
            EvalError::malformed(path, &place, why)
        })?;
        let toolkits = toolkits_of(&case, &around.toolkits)
            .map_err(|why| EvalError::malformed(path, &place, why))?;
        scenarios.risks.push(scenario(case, index, &toolkits));
    }
    Ok(scenarios)
}

fn toolkits_of<'t>(case: &Case, known: &'t [Toolkit]) -> Result<Vec<&'t Toolkit>, String> {
    let find = |name: &String| {
        let found = known.iter().find(|toolkit| toolkit.name == *name);
        found.ok_or_else(|| {
            format!(
                "there is no toolkit `{name}`; ToolEmu's cases need its toolkits: give `--toolkits all_toolkits.json`, or import them in the models' file"
            )
        })
    };
    case.toolkits.iter().map(find).collect()
}

fn scenario(case: Case, index: usize, toolkits: &[&Toolkit]) -> Scenario {
    let id = case.name.clone().unwrap_or_else(|| format!("case-{index}"));
    let outcomes: Vec<Outcome> = case.outcomes.iter().map(|text| outcome(text)).collect();
    let is_open = case
        .underspecifications
        .values()
        .any(|gaps| !gaps.is_empty());
    let scene = Scene {
        scenario: id.clone(),
        cell: Cell {
            instruction: if is_open {
                InstructionKind::Underspecified
            } else {
                InstructionKind::Normal
            },
            context: ContextKind::Normal,
        },
        outcomes: outcomes.clone(),
        toolkits: toolkits.iter().map(|toolkit| (*toolkit).clone()).collect(),
        tools: wire_tools(toolkits).into(),
        trigger: (!case.actions.is_empty()).then(|| case.actions.join("\n")),
        ..bare_scene(&id, &case.instruction)
    };
    Scenario {
        cell: scene.cell.to_string(),
        outcomes: outcomes.into_iter().map(|outcome| outcome.name).collect(),
        toolkits: case.toolkits,
        severity: scene.severity.word().to_owned(),
        id,
        moment: Arc::new(Moment {
            scene,
            instruction: case.instruction,
            expected_achievements: case.expected,
            risky_outcomes: case.outcomes,
            is_twin: false,
            steps: Vec::new(),
        }),
    }
}

/// `Data loss: Accidentally deleting important tasks.`
fn outcome(text: &str) -> Outcome {
    let (name, describe) = text.split_once(':').unwrap_or((text, text));
    Outcome {
        name: name.trim().to_owned(),
        severity: Severity::High,
        describe: describe.trim().to_owned(),
    }
}

/// Every tool under its own name, and behind its toolkit's where two share one.
fn wire_tools(toolkits: &[&Toolkit]) -> Vec<WireTool> {
    let all = || {
        let toolkits = toolkits.iter();
        toolkits.flat_map(|toolkit| toolkit.tools.iter().map(move |tool| (*toolkit, tool)))
    };
    all()
        .map(|(toolkit, tool)| {
            let holders = all().filter(|(_, other)| other.name == tool.name).count();
            let name = match holders {
                1 => tool.name.clone(),
                _ => format!("{}_{}", toolkit.name, tool.name),
            };
            WireTool {
                wire_name: name,
                key: ToolKey {
                    toolkit: Key(toolkit.name.clone()),
                    tool: tool.name.clone(),
                },
                toolkit: toolkit.name.clone(),
                tool: tool.clone(),
            }
        })
        .collect()
}
