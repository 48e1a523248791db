//! The simulated user, who may answer when the agent asks or ends.

use serde_json::json;

use crate::check::Role;
use crate::model::{AnswerFormat, Message};

use super::super::ask::{Asker, Question};
use super::super::call_path::CallPath;
use super::super::departure::Departure;
use super::super::record::Step;
use super::super::tally::Tally;
use super::generate::{object, render, text};
use super::situation::Situation;
use super::variables;

/// What the user replies to `message`; nothing when the conversation is over for them.
pub(super) async fn reply(
    asker: &Asker<'_>,
    tally: &Tally,
    situation: &Situation<'_>,
    history: &[Step],
    at: &CallPath,
    message: &str,
) -> Result<Option<String>, Departure> {
    let variables = json!({
        "persona": variables::persona(&situation.scene.persona),
        "instruction": situation.instruction,
        "history": variables::history(history),
        "message": message,
    });
    let schema = object(json!({
        "reply": { "type": "string" },
        "done": { "type": "boolean" },
    }));
    let question = Question {
        role: Role::User,
        seat: asker.run.first_seat(Role::User),
        path: at.then("user"),
        messages: vec![Message::User {
            content: render(asker.run, "user", variables)?,
        }],
        tools: Vec::new(),
        format: AnswerFormat::Json {
            name: "user".to_owned(),
            schema: schema.clone(),
        },
        takes_refusals: false,
    };
    let answer = asker.ask_json(tally, question, &schema).await?.value;
    let is_done = answer["done"].as_bool() == Some(true);
    Ok((!is_done).then(|| text(&answer, "reply")))
}
