//! What models are told of tools, made once for all items that have the same.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::model::{JsonSchema, ToolSpec};
use crate::plan::{Scene, WireTool};
use crate::prompt::PromptValue;

use super::steps::{shown_toolkits, shown_tools, simulated_tool, simulator_schema};

/// The tools of a scene as its models are told of them.
pub(super) struct Toolbox {
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
pub(super) struct SimulatedTool {
    pub shown: PromptValue,
    pub schema: JsonSchema,
}

/// Toolboxes by the number of the toolset.
#[derive(Default)]
pub(super) struct Toolboxes(Mutex<HashMap<usize, Arc<Toolbox>>>);

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
            tools: PromptValue::shared(&shown_tools(scene)),
            toolkits: PromptValue::shared(&shown_toolkits(scene)),
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
