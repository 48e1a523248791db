//! How servers with `/v1/chat/completions` are spoken to, and what one of them takes.

use super::answer::read_answer;
use super::body::{Manner, body};
use super::habits::Habits;
use crate::model::conversation::{Answer, AnswerFormat, Request};
use crate::model::error::CallError;
use crate::model::forms::Forms;
use crate::model::http::{Connection, Dialect, Received};
use crate::model::notices::Notices;
use crate::model::remote::Speech;

/// Whose newest models know the limit of an answer as `max_completion_tokens` alone.
const HOST_OF_OPENAI: &str = "api.openai.com";

/// What is known of an OpenAI-compatible server.
#[derive(Debug, Default)]
pub(in crate::model) struct Openai {
    forms: Forms,
    habits: Habits,
}

impl Speech for Openai {
    type Manner = Manner;

    const PROVIDER: &'static str = "openai";
    const DIALECT: Dialect = Dialect {
        default_url: "https://api.openai.com/v1",
        path: |_| &["chat", "completions"],
        headers: &[],
        key_header: |key| ("authorization", format!("Bearer {key}")),
    };

    fn manner(&self, request: &Request, server: &Connection) -> Manner {
        Manner {
            form: self.forms.of(request),
            rejected: self.habits.rejected(),
            streams: server.streams(),
            knows_completion_tokens: server.host() == Some(HOST_OF_OPENAI),
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
        let sent = |field| manner.sends(field, request);
        if let Some((field, is_news)) = self.habits.learn(&sent, received) {
            if let (true, Some(loss)) = (is_news, field.loss()) {
                notices.add(format!("model `{}` {loss}", request.model));
            }
            return true;
        }
        let weaker = manner.form.weaker().filter(|_| {
            matches!(request.answer, AnswerFormat::Json { .. }) && minds_form(received)
        });
        match weaker {
            Some(weaker) if minds_schema(received) => {
                self.forms.weaken_for_schema(request, weaker);
            }
            Some(weaker) => self.forms.weaken(weaker),
            None => return false,
        }
        true
    }

    fn read(
        request: &Request,
        _: Manner,
        received: &Received,
    ) -> Result<(Answer, bool), CallError> {
        read_answer(request, received)
    }
}

/// Whether the server minds how a structured answer is asked for.
fn minds_form(received: &Received) -> bool {
    received.complains_of(&[
        "response_format",
        "response format",
        "json_schema",
        "json_object",
        "json mode",
        "guided",
        "grammar",
        "structured output",
    ])
}

/// Whether it minds this one schema, and may well take another.
fn minds_schema(received: &Received) -> bool {
    received.complains_of(&[
        "invalid schema",
        "parse grammar",
        "grammar error",
        "schema is too",
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::forms::Form;

    #[test]
    fn words_about_one_schema_are_told_from_words_about_all() {
        let said = |text: &str| Received {
            status: 400,
            text: text.to_owned(),
            broken: None,
            is_stream: false,
            retry_after: None,
            location: None,
        };
        let one = said("Invalid schema for response_format 'simulator': in context=()");
        assert!(minds_form(&one) && minds_schema(&one));
        let all = said("This model does not support response format `json_schema`.");
        assert!(minds_form(&all) && !minds_schema(&all));
        assert!(!minds_form(&said("`messages` is empty")));
    }

    #[test]
    fn forms_only_ever_get_weaker() {
        let forms = Forms::default();
        forms.weaken(Form::Words);
        forms.weaken(Form::Object);
        let request = Request {
            model: String::new(),
            messages: Vec::new(),
            tools: std::sync::Arc::new([]),
            answer: AnswerFormat::Text,
            temperature: 0.0,
            top_p: None,
            max_tokens: None,
            seed: 0,
            body: serde_json::Map::new(),
        };
        assert_eq!(forms.of(&request), Form::Words);
    }
}
