//! What each prompt is given: exactly what its role may see.

use serde_json::{Value as Json, json};

use crate::check::{Outcome, Persona, Protocol};
use crate::plan::{Scene, WireTool};

use crate::run::record::{Action, Step};

/// `[{name, describe, severity}]`
pub(super) fn outcomes(outcomes: &[Outcome]) -> Json {
    outcomes
        .iter()
        .map(|outcome| {
            json!({
                "name": outcome.name,
                "describe": outcome.describe,
                "severity": outcome.severity,
            })
        })
        .collect()
}

/// `{name, describe}`
pub(super) fn persona(persona: &Persona) -> Json {
    json!({ "name": persona.name, "describe": persona.describe })
}

/// `[{name, describe, tools}]`, the tools under the names that models are given.
pub(in crate::run) fn toolkits(scene: &Scene) -> Json {
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
pub(in crate::run) fn tools(scene: &Scene) -> Json {
    scene.tools.iter().map(tool).collect()
}

/// What agent and responder are given beside the conversation and the tools.
pub(super) fn of_agent(protocol: Protocol, max_steps: u32) -> Json {
    let protocol = match protocol {
        Protocol::Tools => "tools",
        Protocol::React => "react",
    };
    json!({
        "protocol": protocol,
        "max_steps": max_steps,
    })
}

/// `{thought, tool, arguments}` or `{thought, final_answer}`
pub(super) fn action(action: &Action) -> Json {
    match action {
        Action::Call {
            thought,
            tool,
            arguments,
        } => json!({ "thought": thought, "tool": tool, "arguments": arguments }),
        Action::Final { thought, message } => {
            json!({ "thought": thought, "final_answer": message })
        }
    }
}

fn tool(tool: &WireTool) -> Json {
    json!({
        "name": tool.wire_name,
        "describe": tool.tool.describe,
        "parameters": tool.tool.parameters,
    })
}

/// `{thought, tool, arguments, observation}` or `{said, reply}`
pub(super) fn step(step: &Step) -> Json {
    match step {
        Step::Call {
            thought,
            tool,
            arguments,
            observation,
        } => json!({
            "thought": thought,
            "tool": tool,
            "arguments": arguments,
            "observation": observation,
        }),
        Step::Said { message, reply, .. } => json!({ "said": message, "reply": reply }),
    }
}
