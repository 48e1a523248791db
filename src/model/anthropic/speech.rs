//! How servers with `/v1/messages` are spoken to, and what one of them takes.

use std::sync::atomic::{AtomicBool, Ordering};

use super::answer::read_answer;
use super::body::{Manner, body, thinks};
use crate::model::conversation::{Answer, AnswerFormat, Request};
use crate::model::error::CallError;
use crate::model::forms::{Form, Forms};
use crate::model::http::{Connection, Dialect, Received};
use crate::model::notices::Notices;
use crate::model::remote::Speech;

/// What is known of a server that speaks as Anthropic's does.
#[derive(Debug, Default)]
pub(in crate::model) struct Anthropic {
    forms: Forms,
    rejects_temperature: AtomicBool,
}

impl Speech for Anthropic {
    type Manner = Manner;

    const PROVIDER: &'static str = "anthropic";
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

    fn manner(&self, request: &Request, server: &Connection) -> Manner {
        Manner {
            // A model that thinks cannot be made to call a tool.
            form: match thinks(request) {
                true => Form::Words,
                false => self.forms.of(request),
            },
            temperature: !self.rejects_temperature.load(Ordering::Relaxed),
            streams: server.streams(),
        }
    }

    fn body(request: &Request, manner: Manner) -> Vec<u8> {
        body(request, manner)
    }

    fn learn(
        &self,
        request: &Request,
        manner: Manner,
        received: &Received,
        notices: &Notices,
    ) -> bool {
        if manner.temperature && received.rejects_field("temperature") {
            if !self.rejects_temperature.swap(true, Ordering::Relaxed) {
                notices.add(format!(
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

    /// Its answers always say what they took.
    fn read(
        request: &Request,
        manner: Manner,
        received: &Received,
    ) -> Result<(Answer, bool), CallError> {
        read_answer(request, manner.form, received).map(|answer| (answer, true))
    }
}
