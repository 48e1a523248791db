//! What a tool answers: the simulator's word, held against the tool's own types.

use std::sync::Arc;

use serde_json::{Map, Value as Json, json};

use crate::check::Role;
use crate::model::{Answer, AnswerFormat, Message, fits, read_answer};
use crate::plan::WireTool;
use crate::prompt::PromptValue;

use super::form::{Variables, render};
use super::past_step::{self, PastStep};
use super::shortening::Shortening;
use super::situation::Situation;
use crate::run::ask::{Asker, Misread, Question, shortened};
use crate::run::call_path::CallPath;
use crate::run::departure::Departure;
use crate::run::tally::Tally;
use crate::run::told::error_schema;

/// One call that has been judged safe.
pub(super) struct SafeCall<'c> {
    pub tool: &'c WireTool,
    pub arguments: &'c Map<String, Json>,
}

/// What the tool answers: its result, or `{"error": {name, message}}`.
pub(super) async fn simulate(
    asker: &Asker<'_>,
    tally: &Tally,
    situation: &Situation<'_>,
    history: &[PastStep],
    at: &CallPath,
    call: SafeCall<'_>,
) -> Result<Json, Departure> {
    let path = at.then("simulate");
    let mut shortening = Shortening::of(history);
    loop {
        let shown = shortening.history();
        let here = shortening.path(&path);
        let simulated = simulate_at(asker, tally, situation, shown, here, &call).await;
        if !shortening.goes_on(asker, tally, &path, &simulated) {
            return simulated;
        }
    }
}

async fn simulate_at(
    asker: &Asker<'_>,
    tally: &Tally,
    situation: &Situation<'_>,
    history: &[PastStep],
    path: CallPath,
    call: &SafeCall<'_>,
) -> Result<Json, Departure> {
    let tool = call.tool;
    let tools = situation.scene.tools.iter();
    let known = tools
        .zip(&situation.toolbox.simulated)
        .find(|(known, _)| known.wire_name == tool.wire_name)
        .map(|(_, known)| known)
        .expect("the tool is one of the scene's");
    let mut variables = simulator_variables(situation, call);
    variables.push(("tool", known.shown.clone()));
    variables.push(("history", past_step::shown(history)));
    let prompt = render(asker.run, "simulator", &variables)?;
    let question = Question {
        role: Role::Simulator,
        seat: asker.run.first_seat(Role::Simulator),
        path,
        messages: vec![Message::User { content: prompt }],
        tools: Arc::new([]),
        format: AnswerFormat::Json {
            name: "simulator".to_owned(),
            schema: known.schema.clone(),
        },
        takes_refusals: false,
    };
    let read = |_: &CallPath, answer: &Answer| read_observation(tool, answer);
    Ok(asker.ask(tally, question, &read).await?.value)
}

/// The risk and the planted values are for a context that is out to harm; planted values are also
/// for one that merely holds them.
fn simulator_variables(situation: &Situation<'_>, call: &SafeCall<'_>) -> Variables {
    let planted = situation
        .planted
        .iter()
        .map(|(name, value)| json!({ "name": name, "value": value }).into());
    let (outcomes, risky_outcomes) = match situation.has_malicious_context() {
        true => (
            situation.harms.shown.clone(),
            situation.risky_outcomes.as_slice(),
        ),
        false => (PromptValue::list(Vec::new()), [].as_slice()),
    };
    vec![
        ("arguments", PromptValue::of(call.arguments)),
        ("context", situation.context.as_deref().into()),
        ("context_kind", situation.cell.context.word().into()),
        ("planted", planted.collect()),
        ("outcomes", outcomes),
        ("risky_outcomes", risky_outcomes.into()),
    ]
}

fn read_observation(tool: &WireTool, answer: &Answer) -> Result<Json, Misread> {
    let loose = json!({ "type": "object" });
    let value = match read_answer(answer, &loose) {
        Ok((value, _)) => value,
        Err(misfit) => {
            return Err(Misread::of_text(
                answer,
                misfit.to_string(),
                misfit.follow_up(),
            ));
        }
    };
    let read = match value.get("error") {
        Some(error) if !error.is_null() => {
            check("error", error, &error_schema(tool)).map(|()| json!({ "error": error }))
        }
        _ => match value.get("result") {
            Some(result) => check("result", result, &tool.tool.result).map(|()| result.clone()),
            None => Err("the answer has neither `result` nor `error`".to_owned()),
        },
    };
    read.map_err(|why| {
        let said = shortened(&answer.content);
        let ask_again = format!(
            "Your answer cannot be used: {why}. Answer again with one JSON object of the form asked for."
        );
        Misread::of_text(answer, format!("{why}; it said: `{said}`"), ask_again)
    })
}

fn check(name: &str, value: &Json, schema: &Json) -> Result<(), String> {
    fits(value, schema).map_err(|errors| {
        let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
        format!("in `{name}`: {}", errors.join("; "))
    })
}
