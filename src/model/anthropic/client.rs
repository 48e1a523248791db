//! One model of one server: sends a conversation, gives its answer or a typed failure.

use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use super::answer::read_answer;
use super::body::{Manner, body, thinks};
use crate::check::{Key, ModelAccess};
use crate::model::allowance::Allowance;
use crate::model::conversation::{Answer, AnswerFormat, Request};
use crate::model::error::CallError;
use crate::model::forms::{Form, Forms};
use crate::model::http::{Connection, Dialect, Door, Received};
use crate::model::notices::Notices;
use crate::model::provider::{Endpoint, Model};
use crate::model::setup::SetupError;
use std::sync::atomic::{AtomicBool, Ordering};

const DIALECT: Dialect = Dialect {
    default_url: "https://api.anthropic.com",
    // Addresses are written with the version and without it.
    path: |last| match last {
        Some("v1") => &["messages"],
        _ => &["v1", "messages"],
    },
    headers: &[("anthropic-version", "2023-06-01")],
    key_header: |key| ("x-api-key", key.to_owned()),
};

/// A model behind `/v1/messages`.
#[derive(Debug)]
pub struct Anthropic {
    connection: Connection,
    forms: Forms,
    rejects_temperature: AtomicBool,
    notices: Notices,
}

impl Anthropic {
    /// A client for the model `key`; nothing is sent yet.
    pub fn open(
        key: &Key,
        access: &ModelAccess,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, SetupError> {
        let door = Door {
            key,
            access,
            environment,
        };
        Ok(Self {
            connection: Connection::open(&door, &DIALECT)?,
            forms: Forms::default(),
            rejects_temperature: AtomicBool::new(false),
            notices: Notices::default(),
        })
    }

    async fn answer_in_some_manner(&self, request: &Request) -> Result<Answer, CallError> {
        loop {
            let manner = Manner {
                // A model that thinks cannot be made to call a tool.
                form: match thinks(request) {
                    true => Form::Words,
                    false => self.forms.of(request),
                },
                temperature: !self.rejects_temperature.load(Ordering::Relaxed),
                streams: self.connection.streams(),
            };
            let received = self.connection.send(body(request, manner)).await?;
            if received.is_good() || !self.learn(manner, request, &received) {
                return read(request, manner, &received);
            }
        }
    }

    /// Whether something was learnt from a failure, so that another try makes sense.
    fn learn(&self, manner: Manner, request: &Request, received: &Received) -> bool {
        if manner.temperature && received.rejects_field("temperature") {
            if !self.rejects_temperature.swap(true, Ordering::Relaxed) {
                self.notices.add(format!(
                    "model `{}` takes no `temperature`, so it samples with its own and not the plan's",
                    request.model
                ));
            }
            return true;
        }
        let is_asked_by_tool =
            matches!(request.answer, AnswerFormat::Json { .. }) && manner.form != Form::Words;
        if is_asked_by_tool && received.complains_of(&["input_schema"]) {
            self.forms.weaken_for_schema(request, Form::Words);
            return true;
        }
        if is_asked_by_tool && received.complains_of(&["tool_choice", "tools"]) {
            self.forms.weaken(Form::Words);
            return true;
        }
        false
    }
}

impl Model for Anthropic {
    fn answer<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<Answer, CallError>> {
        self.answer_in_some_manner(request).boxed()
    }

    fn endpoint(&self) -> Endpoint {
        Endpoint {
            provider: "anthropic",
            server: self.connection.server(),
        }
    }

    fn allowance(&self) -> Option<Allowance> {
        self.connection.allowance()
    }

    fn take_notices(&self) -> Vec<String> {
        self.notices.take()
    }
}

fn read(request: &Request, manner: Manner, received: &Received) -> Result<Answer, CallError> {
    if received.is_good() {
        return read_answer(request, manner.form, received);
    }
    match received.refusal() {
        Some(words) => Ok(Answer::withheld(words)),
        None => Err(received.failure()),
    }
}
