//! What each prompt is given: exactly what its role may see.

use serde::Serialize;
use serde_json::{Map, Value as Json, json};

use crate::check::{Persona, Protocol};
use crate::prompt::PromptValue;

use super::form::Variables;
use crate::run::context::RunContext;
use crate::run::record::{Action, Step};
use crate::run::told::Toolbox;

/// `{name, describe}`
pub(super) fn persona(persona: &Persona) -> Json {
    json!({ "name": persona.name, "describe": persona.describe })
}

/// What agent and responder are given beside the conversation; the agent is told no reflections.
pub(super) fn of_actor(
    run: &RunContext,
    toolbox: &Toolbox,
    reflections: Option<&[&str]>,
) -> Variables {
    let rollout = run.plan.work.rollout;
    let protocol = match rollout.protocol {
        Protocol::Tools => "tools",
        Protocol::React => "react",
    };
    let mut variables = vec![
        ("protocol", protocol.into()),
        ("max_steps", Json::from(rollout.max_steps).into()),
        ("tools", toolbox.tools.clone()),
        ("toolkits", toolbox.toolkits.clone()),
    ];
    if let Some(reflections) = reflections {
        let texts = reflections.iter().map(|text| (*text).into());
        variables.push(("reflections", texts.collect()));
    }
    variables
}

/// An action or a step, as prompts are given it.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Shown<'s> {
    Action {
        thought: &'s str,
        tool: &'s str,
        arguments: &'s Map<String, Json>,
    },
    Answer {
        thought: &'s str,
        final_answer: &'s str,
    },
    Call {
        thought: &'s str,
        tool: &'s str,
        arguments: &'s Map<String, Json>,
        observation: &'s Json,
    },
    Said {
        said: &'s str,
        reply: &'s str,
    },
}

/// `{thought, tool, arguments}` or `{thought, final_answer}`
pub(super) fn action(action: &Action) -> PromptValue {
    PromptValue::of(&match action {
        Action::Call {
            thought,
            tool,
            arguments,
        } => Shown::Action {
            thought,
            tool,
            arguments,
        },
        Action::Final { thought, message } => Shown::Answer {
            thought,
            final_answer: message,
        },
    })
}

/// `{thought, tool, arguments, observation}` or `{said, reply}`
pub(super) fn step(step: &Step) -> Shown<'_> {
    match step {
        Step::Call {
            thought,
            tool,
            arguments,
            observation,
        } => Shown::Call {
            thought,
            tool,
            arguments,
            observation,
        },
        Step::Said { message, reply, .. } => Shown::Said {
            said: message,
            reply,
        },
    }
}
