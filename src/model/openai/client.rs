//! One model of one server: sends a conversation, gives its answer or a typed failure.

use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use super::answer::read_answer;
use super::body::{Manner, body};
use super::habits::Habits;
use crate::check::ModelAccess;
use crate::model::allowance::Allowance;
use crate::model::conversation::{Answer, AnswerFormat, Request};
use crate::model::error::CallError;
use crate::model::forms::Forms;
use crate::model::http::{Connection, Dialect, Door, Received};
use crate::model::notices::Notices;
use crate::model::provider::{Endpoint, Model};
use crate::model::setup::SetupError;
use crate::model::usage_habit::UsageHabit;

const DIALECT: Dialect = Dialect {
    default_url: "https://api.openai.com/v1",
    path: |_| &["chat", "completions"],
    headers: &[],
    key_header: |key| ("authorization", format!("Bearer {key}")),
};

/// Whose newest models know the limit of an answer as `max_completion_tokens` alone.
const HOST_OF_OPENAI: &str = "api.openai.com";

/// A model behind an OpenAI-compatible server.
#[derive(Debug)]
pub struct Openai {
    connection: Connection,
    forms: Forms,
    habits: Habits,
    usage: UsageHabit,
    notices: Notices,
    is_openai_itself: bool,
}

impl Openai {
    /// A client for the model `key`; nothing is sent yet.
    pub fn open(
        key: &crate::check::Key,
        access: &ModelAccess,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, SetupError> {
        let door = Door {
            key,
            access,
            environment,
        };
        let connection = Connection::open(&door, &DIALECT)?;
        Ok(Self {
            is_openai_itself: connection.host() == Some(HOST_OF_OPENAI),
            connection,
            forms: Forms::default(),
            habits: Habits::default(),
            usage: UsageHabit::default(),
            notices: Notices::default(),
        })
    }

    /// Asks in the best way that the server is known to take, and learns from what it rejects.
    async fn answer_in_some_manner(&self, request: &Request) -> Result<Answer, CallError> {
        let mut uncounted = 0;
        loop {
            let manner = Manner {
                form: self.forms.of(request),
                rejected: self.habits.rejected(),
                streams: self.connection.streams(),
                knows_completion_tokens: self.is_openai_itself,
            };
            let received = self.connection.send(body(request, manner)).await?;
            if received.is_good() || !self.learn(manner, request, &received) {
                let (answer, is_counted) = read(request, &received)?;
                uncounted += u32::from(!is_counted);
                if !self.usage.asks_again(is_counted, uncounted) {
                    return Ok(answer);
                }
            }
        }
    }

    /// Whether something was learnt from a failure, so that another try makes sense.
    fn learn(&self, manner: Manner, request: &Request, received: &Received) -> bool {
        let sent = |field| manner.sends(field, request);
        if let Some((field, is_news)) = self.habits.learn(&sent, received) {
            if let (true, Some(loss)) = (is_news, field.loss()) {
                self.notices
                    .add(format!("model `{}` {loss}", request.model));
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
}

impl Model for Openai {
    fn answer<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<Answer, CallError>> {
        self.answer_in_some_manner(request).boxed()
    }

    fn endpoint(&self) -> Endpoint {
        Endpoint {
            provider: "openai",
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

/// The answer, and whether there is nothing to be said any more of what it took.
fn read(request: &Request, received: &Received) -> Result<(Answer, bool), CallError> {
    if received.is_good() {
        return read_answer(request, received);
    }
    match received.refusal() {
        Some(words) => Ok((Answer::withheld(words), true)),
        None => Err(received.failure()),
    }
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
