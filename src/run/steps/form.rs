//! Questions that are answered with one JSON object: a prompt, and the schema of the answer.

use std::sync::Arc;

use serde_json::Value as Json;

use crate::check::{Role, Seat};
use crate::model::{AnswerFormat, JsonSchema, Message};
use crate::prompt::PromptValue;
use crate::run::ask::{Asker, Question, Said};
use crate::run::call_path::CallPath;
use crate::run::context::RunContext;
use crate::run::departure::{Departure, FailureKind};
use crate::run::tally::Tally;

/// What a prompt is given.
pub(super) type Variables = Vec<(&'static str, PromptValue)>;

/// A prompt with its variables, and what its answer looks like.
pub(super) struct Form<'f> {
    pub role: Role,
    pub seat: &'f Seat,
    pub path: CallPath,
    /// The prompt's name in the pack; the answer goes by it too.
    pub prompt: &'f str,
    pub variables: Variables,
    /// The schema of the answer.
    pub schema: JsonSchema,
}

/// Has the form filled in by whoever sits in its seat.
pub(super) async fn fill(
    asker: &Asker<'_>,
    tally: &Tally,
    form: Form<'_>,
) -> Result<Said<Json>, Departure> {
    // What is only recalled was asked before: nobody reads the prompt.
    let content = match asker.only_recalls() {
        true => String::new(),
        false => render(asker.run, form.prompt, &form.variables)?,
    };
    let schema = form.schema;
    let question = Question {
        role: form.role,
        seat: form.seat,
        path: form.path,
        messages: vec![Message::User { content }],
        tools: Arc::new([]),
        format: AnswerFormat::Json {
            name: form.prompt.to_owned(),
            schema: schema.clone(),
        },
        takes_refusals: false,
    };
    asker.ask_json(tally, question, &schema).await
}

/// The prompt `name`, rendered.
pub(super) fn render(
    run: &RunContext,
    name: &str,
    variables: &[(&'static str, PromptValue)],
) -> Result<String, Departure> {
    let rendered = run.prompts.render(name, variables);
    rendered.map_err(|error| Departure::failed(FailureKind::Recipe, error.to_string()))
}

/// The texts of a list in an answer that fits its schema.
pub(super) fn texts(answer: &Json, name: &str) -> Vec<String> {
    let list = answer[name]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    list.iter()
        .filter_map(Json::as_str)
        .map(str::to_owned)
        .collect()
}

/// A text in an answer that fits its schema.
pub(super) fn text(answer: &Json, name: &str) -> String {
    answer[name].as_str().unwrap_or_default().to_owned()
}
