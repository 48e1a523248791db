//! The simulated user, who may answer when the agent asks or ends.

use std::sync::LazyLock;

use serde_json::json;

use crate::check::Role;
use crate::model::JsonSchema;

use super::form::{Form, fill, text};
use super::past_step::{self, PastStep};
use super::shortening::Shortening;
use super::situation::Situation;
use super::variables;
use crate::run::ask::Asker;
use crate::run::call_path::CallPath;
use crate::run::departure::Departure;
use crate::run::tally::Tally;
use crate::run::told::object;

static SCHEMA: LazyLock<JsonSchema> = LazyLock::new(|| {
    object(json!({ "reply": { "type": "string" }, "done": { "type": "boolean" } })).into()
});

/// What the user replies to `message`; nothing when the conversation is over for them.
pub(super) async fn reply(
    asker: &Asker<'_>,
    tally: &Tally,
    situation: &Situation<'_>,
    history: &[PastStep],
    at: &CallPath,
    message: &str,
) -> Result<Option<String>, Departure> {
    let path = at.then("user");
    let mut shortening = Shortening::of(history);
    loop {
        let shown = shortening.history();
        let here = shortening.path(&path);
        let replied = reply_at(asker, tally, situation, shown, here, message).await;
        if !shortening.goes_on(asker, tally, &path, &replied) {
            return replied;
        }
    }
}

async fn reply_at(
    asker: &Asker<'_>,
    tally: &Tally,
    situation: &Situation<'_>,
    history: &[PastStep],
    path: CallPath,
    message: &str,
) -> Result<Option<String>, Departure> {
    let persona = variables::persona(&situation.scene.persona);
    let variables = vec![
        ("persona", persona.into()),
        ("instruction", (&situation.instruction).into()),
        ("message", message.into()),
        ("history", past_step::shown(history)),
    ];
    let form = Form {
        role: Role::User,
        seat: asker.run.first_seat(Role::User),
        path,
        prompt: "user",
        variables,
        schema: SCHEMA.clone(),
    };
    let answer = fill(asker, tally, form).await?.value;
    let is_done = answer["done"].as_bool() == Some(true);
    Ok((!is_done).then(|| text(&answer, "reply")))
}
