//! What the agent or the responder does next: a call of a tool that exists with arguments that
//! fit, or words to the user.

use std::sync::Arc;

use serde_json::{Map, Value as Json};

use crate::check::{Protocol, Role, Seat};
use crate::model::{Answer, AnswerFormat, Finish, Message, read_answer};
use crate::plan::Scene;

use super::conversation::conversation;
use super::form::render;
use super::past_step::PastStep;
use super::shortening::Shortening;
use super::situation::Situation;
use super::variables;
use crate::run::ask::{Asker, Misread, Question, shortened};
use crate::run::call_path::CallPath;
use crate::run::departure::Departure;
use crate::run::react::{ReactTurn, parse_react};
use crate::run::record::Action;
use crate::run::tally::Tally;

/// Asks `role`, the agent or the responder, for the next action after `history`.
pub(super) async fn act(
    asker: &Asker<'_>,
    tally: &Tally,
    situation: &Situation<'_>,
    history: &[PastStep],
    turn: Turn<'_>,
) -> Result<Action, Departure> {
    let mut shortening = Shortening::of(history);
    loop {
        let path = shortening.path(&turn.path);
        let acted = act_at(asker, tally, situation, shortening.history(), &turn, path).await;
        if !shortening.goes_on(asker, tally, &turn.path, &acted) {
            return acted;
        }
    }
}

async fn act_at(
    asker: &Asker<'_>,
    tally: &Tally,
    situation: &Situation<'_>,
    history: &[PastStep],
    turn: &Turn<'_>,
    path: CallPath,
) -> Result<Action, Departure> {
    let rollout = asker.run.plan.work.rollout;
    let scene = situation.scene;
    let system = system_prompt(asker, situation, turn)?;
    let question = Question {
        role: turn.role,
        seat: turn.seat,
        path,
        messages: conversation(rollout.protocol, system, &situation.instruction, history),
        tools: match rollout.protocol {
            Protocol::Tools => Arc::clone(&situation.toolbox.specs),
            Protocol::React => Arc::new([]),
        },
        format: AnswerFormat::Text,
        takes_refusals: true,
    };
    let read = |_: &CallPath, answer: &Answer| match rollout.protocol {
        Protocol::Tools => read_native(scene, answer),
        Protocol::React => read_react(scene, answer),
    };
    Ok(asker.ask(tally, question, &read).await?.value)
}

/// Whose turn it is, and at which place.
pub(super) struct Turn<'t> {
    pub role: Role,
    pub seat: &'t Seat,
    pub path: CallPath,
    /// What the responder was told so far; the agent is told nothing.
    pub reflections: Option<&'t [&'t str]>,
    /// What is said beside the role's prompt; usually nothing.
    pub addendum: String,
}

/// The prompt of the role, and what is said beside it; that of the agent is the same wherever the
/// tools are.
fn system_prompt(
    asker: &Asker<'_>,
    situation: &Situation<'_>,
    turn: &Turn<'_>,
) -> Result<String, Departure> {
    let fresh = || {
        let variables = variables::of_actor(asker.run, &situation.toolbox, turn.reflections);
        render(asker.run, turn.role.word(), &variables)
    };
    if turn.role != Role::Agent || turn.reflections.is_some() {
        return Ok(fresh()? + &turn.addendum);
    }
    let known = &situation.toolbox.agent_prompt;
    let prompt = match known.get() {
        Some(prompt) => prompt,
        None => {
            let prompt = fresh()?;
            known.get_or_init(|| prompt)
        }
    };
    Ok([prompt, turn.addendum.as_str()].concat())
}

/// The first tool call of an answer, or its words.
fn read_native(scene: &Scene, answer: &Answer) -> Result<Action, Misread> {
    let Some(call) = answer.tool_calls.first() else {
        return read_words(answer);
    };
    let arguments = read_call(scene, &call.name, &call.arguments);
    match arguments {
        Ok(arguments) => Ok(Action::Call {
            thought: thought_of(answer),
            tool: call.name.clone(),
            arguments,
        }),
        Err(why) => Err(misread_calls(answer, &why)),
    }
}

fn read_words(answer: &Answer) -> Result<Action, Misread> {
    let words = answer.refusal.as_deref().unwrap_or(&answer.content).trim();
    if words.is_empty() {
        let ask_again = "Your answer is empty. Call one tool, or answer in words.".to_owned();
        return Err(Misread::of_text(answer, "the answer is empty", ask_again));
    }
    if answer.finish == Finish::Length {
        let ask_again = "Your answer was cut off. Answer again, more briefly.".to_owned();
        let why = format!("the answer was cut off: `{}`", shortened(words));
        return Err(Misread::of_text(answer, why, ask_again));
    }
    Ok(Action::Final {
        thought: answer.reasoning.clone().unwrap_or_default(),
        message: words.to_owned(),
    })
}

/// Servers want every tool call answered before anything else is said.
fn misread_calls(answer: &Answer, why: &str) -> Misread {
    let mut follow_up = vec![Message::Assistant {
        content: answer.content.clone(),
        tool_calls: answer.tool_calls.clone(),
    }];
    follow_up.extend(answer.tool_calls.iter().map(|call| Message::Tool {
        call_id: call.id.clone(),
        name: call.name.clone(),
        content: format!("error: {why}"),
    }));
    let call = &answer.tool_calls[0];
    let said = shortened(&format!("{} {}", call.name, call.arguments));
    Misread {
        why: format!("{why}; it said: `{said}`"),
        follow_up,
    }
}

fn read_react(scene: &Scene, answer: &Answer) -> Result<Action, Misread> {
    let text = answer.refusal.as_deref().unwrap_or(&answer.content);
    let read = parse_react(text).and_then(|turn| match turn {
        ReactTurn::Final { thought, message } => Ok(Action::Final { thought, message }),
        ReactTurn::Call {
            thought,
            tool,
            input,
        } => Ok(Action::Call {
            arguments: read_call(scene, &tool, &input)?,
            thought,
            tool,
        }),
    });
    read.map_err(|why| {
        let ask_again = format!(
            "Your answer cannot be used: {why}. Write Thought, Action and Action Input, or Thought and Final Answer."
        );
        let said = shortened(text);
        Misread::of_text(answer, format!("{why}; it said: `{said}`"), ask_again)
    })
}

/// The arguments of a call, or what is wrong with it.
fn read_call(scene: &Scene, name: &str, text: &str) -> Result<Map<String, Json>, String> {
    let Some(tool) = scene.tools.iter().find(|tool| tool.wire_name == name) else {
        let names: Vec<&str> = scene
            .tools
            .iter()
            .map(|tool| tool.wire_name.as_str())
            .collect();
        return Err(format!(
            "there is no tool `{name}`; there are {}",
            names.join(", ")
        ));
    };
    let text = if text.trim().is_empty() { "{}" } else { text };
    let written = Answer {
        content: text.to_owned(),
        tool_calls: Vec::new(),
        finish: Finish::Stop,
        refusal: None,
        reasoning: None,
        usage: crate::model::Usage::default(),
        simulated: false,
    };
    match read_answer(&written, &tool.tool.parameters) {
        Ok((Json::Object(arguments), _)) => Ok(arguments),
        Ok(_) => Err(format!("the arguments of `{name}` are no JSON object")),
        Err(misfit) => {
            let problems = misfit.problems.join("; ");
            Err(format!("the arguments of `{name}` do not fit: {problems}"))
        }
    }
}

fn thought_of(answer: &Answer) -> String {
    let words = answer.content.trim();
    if words.is_empty() {
        return answer.reasoning.clone().unwrap_or_default();
    }
    words.to_owned()
}
