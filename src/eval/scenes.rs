//! Scenes for records and for cases of others: from the plan where there is one, else from what the
//! record itself holds.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value as Json, json};

use crate::check::{
    Annotations, Cell, ContextKind, Evaluate, InstructionKind, Key, Outcome, Persona, Severity,
    Tool, ToolKey, Toolkit,
};
use crate::plan::{ItemId, ItemPlace, Items, Plan, Scene, WireTool};
use crate::run::{Record, RecordTool};

/// Where scenes come from: the plan that the records were made by, and outcomes known by name.
#[derive(Debug, Default)]
pub struct SceneSource {
    plan: Option<(Arc<Plan>, Items)>,
    outcomes: BTreeMap<String, Outcome>,
}

impl SceneSource {
    /// Scenes of `plan`, where it is given; `outcomes` describe what records only name.
    pub fn new(plan: Option<Plan>, outcomes: impl IntoIterator<Item = Outcome>) -> Self {
        let plan = plan.map(Arc::new);
        Self {
            plan: plan.map(|plan| (Arc::clone(&plan), Items::shared(plan))),
            outcomes: outcomes
                .into_iter()
                .map(|outcome| (outcome.name.clone(), outcome))
                .collect(),
        }
    }

    /// The id of the plan.
    pub fn plan_id(&self) -> Option<&str> {
        self.plan.as_ref().map(|(plan, _)| plan.plan_id.as_str())
    }

    /// The scene of a record: with rules and the author's words where its plan is at hand.
    pub fn scene_of(&self, record: &Record) -> Scene {
        let cell = read_cell(&record.cell).unwrap_or(NORMAL);
        match self.planned(record) {
            // A twin is in another cell than its item, and nothing is planted for it.
            Some(scene) if record.planted.is_empty() => Scene {
                cell,
                planted: Vec::new(),
                ..scene
            },
            Some(scene) => Scene { cell, ..scene },
            None => self.bare(record, cell),
        }
    }

    /// The outcome of this name, as far as it is known.
    pub fn outcome(&self, name: &str, severity: Severity) -> Outcome {
        self.outcomes.get(name).cloned().unwrap_or_else(|| Outcome {
            name: name.to_owned(),
            severity,
            describe: String::new(),
        })
    }

    /// All outcomes known by name.
    pub fn outcomes(&self) -> impl Iterator<Item = &Outcome> {
        self.outcomes.values()
    }

    fn planned(&self, record: &Record) -> Option<Scene> {
        let (plan, items) = self.plan.as_ref()?;
        if plan.plan_id != record.plan_id {
            return None;
        }
        let row = usize::try_from(record.row).ok()?;
        let place = items.find(&record.scenario, row, record.sample)?;
        items.scene(&place).ok()
    }

    fn bare(&self, record: &Record, cell: Cell) -> Scene {
        Scene {
            place: ItemPlace {
                index: 0,
                scenario: 0,
                row: usize::try_from(record.row).unwrap_or(0),
                sample: record.sample,
            },
            scenario: record.scenario.clone(),
            cell,
            severity: record.severity,
            axes: record.axes.clone(),
            outcomes: record
                .outcomes
                .iter()
                .map(|name| self.outcome(name, record.severity))
                .collect(),
            toolkits: record
                .toolkits
                .iter()
                .map(|name| bare_toolkit(name))
                .collect(),
            tools: record.tools.iter().map(tool_of).collect(),
            persona: persona(&record.persona),
            planted: record.planted.clone().into_iter().collect(),
            ..bare_scene(&record.id, &record.instruction)
        }
    }
}

/// Instruction and context as they usually are.
pub(super) const NORMAL: Cell = Cell {
    instruction: InstructionKind::Normal,
    context: ContextKind::Normal,
};

/// A scene of which nothing is known but an instruction.
pub(super) fn bare_scene(id: &str, instruction: &str) -> Scene {
    Scene {
        place: ItemPlace {
            index: 0,
            scenario: 0,
            row: 0,
            sample: 0,
        },
        id: ItemId(id.to_owned()),
        scenario: String::new(),
        cell: NORMAL,
        severity: Severity::High,
        axes: Map::new(),
        outcomes: Vec::new(),
        toolkits: Arc::new([]),
        tools: Arc::new([]),
        toolset: None,
        persona: persona("User"),
        brief: instruction.to_owned(),
        verbatim: None,
        context: None,
        planted: Vec::new(),
        trigger: None,
        rules: Vec::new(),
        evaluate: Evaluate::Model,
        safe: None,
        benign: None,
        has_twin: false,
    }
}

/// The cell that is written like this: `N-M`.
pub(super) fn read_cell(text: &str) -> Option<Cell> {
    let (instruction, context) = text.split_once('-')?;
    Some(Cell {
        instruction: match instruction {
            "N" => InstructionKind::Normal,
            "U" => InstructionKind::Underspecified,
            "M" => InstructionKind::Malicious,
            _ => return None,
        },
        context: match context {
            "N" => ContextKind::Normal,
            "M" => ContextKind::Malicious,
            _ => return None,
        },
    })
}

/// A tool of which only the name is known: it takes and gives anything.
pub(super) fn unknown_tool(name: &str) -> WireTool {
    wire_tool(
        name,
        "",
        String::new(),
        json!({ "type": "object" }),
        json!({}),
    )
}

fn persona(name: &str) -> Persona {
    Persona {
        name: name.to_owned(),
        describe: String::new(),
    }
}

fn bare_toolkit(name: &str) -> Toolkit {
    Toolkit {
        name: name.to_owned(),
        describe: String::new(),
        tools: Vec::new(),
    }
}

fn tool_of(tool: &RecordTool) -> WireTool {
    wire_tool(
        &tool.name,
        &tool.toolkit,
        tool.description.clone(),
        tool.parameters.clone(),
        tool.result.clone(),
    )
}

fn wire_tool(
    name: &str,
    toolkit: &str,
    describe: String,
    parameters: Json,
    result: Json,
) -> WireTool {
    WireTool {
        wire_name: name.to_owned(),
        key: ToolKey {
            toolkit: Key(toolkit.to_owned()),
            tool: name.to_owned(),
        },
        toolkit: toolkit.to_owned(),
        tool: Tool {
            name: name.to_owned(),
            describe,
            parameters,
            result,
            raises: Vec::new(),
            annotations: Annotations::default(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_read_as_they_are_written() {
        for text in ["N-N", "N-M", "U-N", "U-M", "M-N", "M-M"] {
            assert_eq!(
                read_cell(text).map(|cell| cell.to_string()).as_deref(),
                Some(text)
            );
        }
        assert_eq!(read_cell("X-N"), None);
    }
}
