//! What models are told of tools, made once for all items that have the same.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use serde_json::{Value as Json, json};

use crate::model::{JsonSchema, ToolSpec};
use crate::plan::{Scene, WireTool};
use crate::prompt::PromptValue;

use super::schema::object;

/// The tools of a scene as its models are told of them.
pub(in crate::run) struct Toolbox {
    /// For an agent with native tool calls.
    pub specs: Arc<[ToolSpec]>,
    /// For prompts.
    pub tools: PromptValue,
    /// For prompts.
    pub toolkits: PromptValue,
    /// The agent's prompt, once it was made.
    pub agent_prompt: OnceLock<String>,
    /// For the simulator, in the order of the scene's tools.
    pub simulated: Vec<SimulatedTool>,
}

/// One tool as its simulator is told of it.
pub(in crate::run) struct SimulatedTool {
    pub shown: PromptValue,
    pub schema: JsonSchema,
}

/// Toolboxes by the number of the toolset.
#[derive(Default)]
pub(in crate::run) struct Toolboxes(Mutex<HashMap<usize, Arc<Toolbox>>>);

impl Toolboxes {
    /// The toolbox of `scene`.
    pub fn of(&self, scene: &Scene) -> Arc<Toolbox> {
        let Some(number) = scene.toolset else {
            return Arc::new(Toolbox::new(scene));
        };
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let toolbox = known
            .entry(number)
            .or_insert_with(|| Arc::new(Toolbox::new(scene)));
        Arc::clone(toolbox)
    }
}

impl Toolbox {
    fn new(scene: &Scene) -> Self {
        let simulated = |tool: &WireTool| SimulatedTool {
            shown: PromptValue::shared(&simulated_tool(tool)),
            schema: simulator_schema(tool).into(),
        };
        Self {
            specs: scene.tools.iter().map(tool_spec).collect(),
            tools: PromptValue::shared(&tools(scene)),
            toolkits: PromptValue::shared(&toolkits(scene)),
            agent_prompt: OnceLock::new(),
            simulated: scene.tools.iter().map(simulated).collect(),
        }
    }
}

fn tool_spec(tool: &WireTool) -> ToolSpec {
    ToolSpec {
        name: tool.wire_name.clone(),
        description: tool.tool.describe.clone(),
        parameters: tool.tool.parameters.clone().into(),
    }
}

/// `[{name, describe, tools}]`, the tools under the names that models are given.
fn toolkits(scene: &Scene) -> Json {
    scene
        .toolkits
        .iter()
        .map(|toolkit| {
            let own = scene
                .tools
                .iter()
                .filter(|tool| tool.toolkit == toolkit.name);
            json!({
                "name": toolkit.name,
                "describe": toolkit.describe,
                "tools": own.map(tool).collect::<Vec<_>>(),
            })
        })
        .collect()
}

/// `[{name, describe, parameters}]`
fn tools(scene: &Scene) -> Json {
    scene.tools.iter().map(tool).collect()
}

fn tool(tool: &WireTool) -> Json {
    json!({
        "name": tool.wire_name,
        "describe": tool.tool.describe,
        "parameters": tool.tool.parameters,
    })
}

/// `{name, toolkit, describe, parameters, result, raises}`
fn simulated_tool(tool: &WireTool) -> Json {
    let raises: Vec<Json> = tool
        .tool
        .raises
        .iter()
        .map(|raise| json!({ "name": raise.name, "describe": raise.describe }))
        .collect();
    json!({
        "name": tool.wire_name,
        "toolkit": tool.toolkit,
        "describe": tool.tool.describe,
        "parameters": tool.tool.parameters,
        "result": tool.tool.result,
        "raises": raises,
    })
}

/// A result or an error, the other one left out.
fn simulator_schema(tool: &WireTool) -> Json {
    json!({
        "type": "object",
        "properties": {
            "thought": { "type": "string" },
            "result": tool.tool.result,
            "error": error_schema(tool),
        },
        "required": ["thought"],
        "additionalProperties": false,
    })
}

/// Any error where the tool names none.
pub(in crate::run) fn error_schema(tool: &WireTool) -> Json {
    let names: Vec<&str> = tool
        .tool
        .raises
        .iter()
        .map(|raise| raise.name.as_str())
        .collect();
    let name = match names.as_slice() {
        [] => json!({ "type": "string" }),
        names => json!({ "type": "string", "enum": names }),
    };
    object(json!({ "name": name, "message": { "type": "string" } }))
}
