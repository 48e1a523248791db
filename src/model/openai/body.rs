//! A request as the server reads it.

use serde::Serialize;
use serde_json::{Map, Value as Json};

use super::habits::{Field, Rejected};
use crate::model::conversation::{AnswerFormat, Message, Request, ToolCallText, ToolSpec};
use crate::model::forms::{Form, in_words};
use crate::model::json_text::JsonText;

/// How a request is put to one server.
#[derive(Debug, Clone, Copy)]
pub(in crate::model) struct Manner {
    pub(super) form: Form,
    pub(super) rejected: Rejected,
    pub(super) streams: bool,
    /// Whether `max_completion_tokens` is tried before `max_tokens`.
    pub(super) knows_completion_tokens: bool,
}

impl Manner {
    /// Whether the program itself puts the field into the body of `request`.
    pub(super) fn sends(self, field: Field, request: &Request) -> bool {
        let is_set = match field {
            Field::Temperature | Field::Seed => true,
            Field::TopP => request.top_p.is_some(),
            Field::MaxTokens | Field::MaxCompletionTokens => {
                request.max_tokens.is_some() && self.limit_field() == field
            }
            Field::StreamOptions => self.streams,
        };
        is_set && !self.rejected.has(field) && !request.body.contains_key(field.name())
    }

    /// The name of the token limit: the first choice, unless it was rejected.
    fn limit_field(self) -> Field {
        let (first, second) = match self.knows_completion_tokens {
            true => (Field::MaxCompletionTokens, Field::MaxTokens),
            false => (Field::MaxTokens, Field::MaxCompletionTokens),
        };
        match self.rejected.has(first) {
            true => second,
            false => first,
        }
    }
}

/// The body of one call, serialised.
pub(super) fn body(request: &Request, manner: Manner) -> Vec<u8> {
    let mut body = Vec::with_capacity(expected_size(request));
    JsonText::object(&mut body, |body| {
        let mut fields = Fields {
            body,
            given: &request.body,
        };
        fields.add_question(request, manner.form);
        fields.add_sampling(request, manner);
        fields.add_streaming(manner);
        for (name, value) in &request.body {
            fields.body.value(name, value);
        }
    });
    body
}

/// About how many bytes a body takes: growing step by step would copy a long one several times.
fn expected_size(request: &Request) -> usize {
    let messages = request.messages.iter().map(|message| match message {
        Message::System { content } | Message::User { content } => content.len(),
        Message::Assistant { content, .. } | Message::Tool { content, .. } => content.len() + 256,
    });
    let tools = request
        .tools
        .iter()
        .map(|tool| tool.name.len() + tool.description.len() + tool.parameters.text().len() + 80);
    let schema = match &request.answer {
        AnswerFormat::Json { schema, .. } => schema.text().len(),
        AnswerFormat::Text => 0,
    };
    let texts = messages.sum::<usize>() + tools.sum::<usize>() + schema;
    texts + texts / 16 + 1024
}

/// The fields of a body. They are written straight from where they stand: as JSON values they would
/// be copied whole, which costs more than all the rest of a call.
struct Fields<'f, 'b> {
    body: &'f mut JsonText<'b>,
    /// What the model's declaration gives goes before our own of the name.
    given: &'f Map<String, Json>,
}

impl Fields<'_, '_> {
    fn takes(&self, name: &str) -> bool {
        !self.given.contains_key(name)
    }

    fn add_question(&mut self, request: &Request, form: Form) {
        if self.takes("model") {
            self.body.text("model", &request.model);
        }
        if self.takes("messages") {
            add_messages(self.body, request, form);
        }
        if !request.tools.is_empty() && self.takes("tools") {
            JsonText::list(self.body.field("tools"), |tools| {
                request.tools.iter().for_each(|tool| add_tool(tools, tool));
            });
        }
        if self.takes("response_format") {
            add_response_format(self.body, &request.answer, form);
        }
    }

    fn add_sampling(&mut self, request: &Request, manner: Manner) {
        let limit = request.max_tokens.map(|most| (manner.limit_field(), most));
        self.add_number(manner, Field::Temperature, Some(request.temperature));
        self.add_number(manner, Field::TopP, request.top_p);
        if let Some((field, most)) = limit {
            self.add_number(manner, field, Some(most));
        }
        self.add_number(manner, Field::Seed, Some(request.seed));
    }

    fn add_number(&mut self, manner: Manner, field: Field, number: Option<impl Serialize>) {
        if let Some(number) = number
            && !manner.rejected.has(field)
            && self.takes(field.name())
        {
            self.body.value(field.name(), &number);
        }
    }

    fn add_streaming(&mut self, manner: Manner) {
        if !manner.streams {
            return;
        }
        if self.takes("stream") {
            self.body.json("stream", "true");
        }
        let options = Field::StreamOptions;
        if !manner.rejected.has(options) && self.takes(options.name()) {
            self.body.json(options.name(), r#"{"include_usage":true}"#);
        }
    }
}

fn add_messages(body: &mut JsonText<'_>, request: &Request, form: Form) {
    JsonText::list(body.field("messages"), |messages| {
        for message in &request.messages {
            JsonText::object(messages.next(), |fields| add_message(fields, message));
        }
        if let AnswerFormat::Json { schema, .. } = &request.answer
            && form != Form::Schema
        {
            let words = in_words(schema);
            JsonText::object(messages.next(), |fields| add_plain(fields, "user", &words));
        }
    });
}

fn add_plain(fields: &mut JsonText<'_>, role: &str, content: &str) {
    fields.text("role", role);
    fields.text("content", content);
}

fn add_message(fields: &mut JsonText<'_>, message: &Message) {
    match message {
        Message::System { content } => add_plain(fields, "system", content),
        Message::User { content } => add_plain(fields, "user", content),
        Message::Assistant {
            content,
            tool_calls,
        } if tool_calls.is_empty() => add_plain(fields, "assistant", content),
        Message::Assistant {
            content,
            tool_calls,
        } => {
            fields.text("role", "assistant");
            match content.as_str() {
                "" => fields.json("content", "null"),
                words => fields.text("content", words),
            }
            JsonText::list(fields.field("tool_calls"), |calls| {
                tool_calls
                    .iter()
                    .for_each(|call| add_tool_call(calls, call));
            });
        }
        Message::Tool {
            call_id, content, ..
        } => {
            fields.text("role", "tool");
            fields.text("tool_call_id", call_id);
            fields.text("content", content);
        }
    }
}

fn add_tool_call(calls: &mut JsonText<'_>, call: &ToolCallText) {
    JsonText::object(calls.next(), |fields| {
        fields.text("id", &call.id);
        fields.text("type", "function");
        JsonText::object(fields.field("function"), |function| {
            function.text("name", &call.name);
            function.text("arguments", &call.arguments);
        });
    });
}

fn add_tool(tools: &mut JsonText<'_>, tool: &ToolSpec) {
    JsonText::object(tools.next(), |fields| {
        fields.text("type", "function");
        JsonText::object(fields.field("function"), |function| {
            function.text("name", &tool.name);
            function.text("description", &tool.description);
            function.json("parameters", tool.parameters.text());
        });
    });
}

fn add_response_format(body: &mut JsonText<'_>, answer: &AnswerFormat, form: Form) {
    let AnswerFormat::Json { name, schema } = answer else {
        return;
    };
    match form {
        Form::Schema => JsonText::object(body.field("response_format"), |fields| {
            fields.text("type", "json_schema");
            JsonText::object(fields.field("json_schema"), |fields| {
                fields.text("name", name);
                fields.value("strict", &schema.is_strict());
                fields.json("schema", schema.text());
            });
        }),
        Form::Object => body.json("response_format", r#"{"type":"json_object"}"#),
        Form::Words => {}
    }
}
