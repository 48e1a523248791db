//! Models: their fields, and secrets that must not stand in a source.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value as Json;

use super::checker::Checker;
use super::expressions::wrong_type;
use super::fields::{FieldRule, Fields, Shape, Table};
use super::model::{Limits, Model, ModelAccess, ModelIdentity, Price, Provider, Setting};
use super::types::literal;
use crate::diagnostic::{Code, Diagnostic};
use crate::resolve::DeclarationId;
use crate::syntax::{Argument, Block, Body, Call, Entry, EntryKind, Expr, ExprKind, Text};

const COUNT: Shape = Shape::Int {
    least: 1,
    most: i64::MAX,
};
const SMALL_COUNT: Shape = Shape::Int {
    least: 1,
    most: u32::MAX as i64,
};
const USD: Shape = Shape::Number {
    least: 0.0,
    most: f64::INFINITY,
};

const PROVIDERS: &[&str] = &["openai", "anthropic", "sim"];

const LIMITS: Table = Table {
    owner: "`limits`",
    fields: &[
        FieldRule::optional("rpm", COUNT),
        FieldRule::optional("tpm", COUNT),
        FieldRule::optional("concurrency", SMALL_COUNT),
    ],
};

const PRICE: Table = Table {
    owner: "`price`",
    fields: &[
        FieldRule::required("input", USD, "prices are USD per million tokens"),
        FieldRule::required("output", USD, "prices are USD per million tokens"),
        FieldRule::optional("cached", USD),
    ],
};

const MODEL: Table = Table {
    owner: "a model",
    fields: &[
        FieldRule::required(
            "provider",
            Shape::Word(PROVIDERS),
            "it decides how the server is talked to: `provider = openai` for any compatible server",
        ),
        FieldRule::optional("base_url", Shape::Free),
        FieldRule::optional("api_key", Shape::Free),
        FieldRule::optional("name", Shape::Text),
        FieldRule::optional("temperature", TEMPERATURE),
        FieldRule::optional("top_p", TOP_P),
        FieldRule::optional("max_tokens", SMALL_COUNT),
        FieldRule::optional("timeout", Shape::Duration),
        FieldRule::optional("stream", Shape::Free),
        FieldRule::optional("headers", Shape::Free),
        FieldRule::optional("proxy", Shape::Free),
        FieldRule::optional("ca", Shape::Free),
        FieldRule::optional("body", Shape::Free),
        FieldRule::optional("safety", SHARE),
        FieldRule::optional("refusals", SHARE),
        FieldRule::optional("sensitivity", SHARE),
        FieldRule::optional("specificity", SHARE),
        FieldRule::optional("limits", Shape::Block(&LIMITS)),
        FieldRule::optional("price", Shape::Block(&PRICE)),
    ],
};

/// What a temperature can be.
pub(super) const TEMPERATURE: Shape = Shape::Number {
    least: 0.0,
    most: 2.0,
};

const SHARE: Shape = Shape::Number {
    least: 0.0,
    most: 1.0,
};

/// What is known beforehand of a simulated model.
const CHARACTER: [&str; 4] = ["safety", "refusals", "sensitivity", "specificity"];

/// What `top_p` can be.
pub(super) const TOP_P: Shape = Shape::Number {
    least: 0.0,
    most: 1.0,
};

impl<'w> Checker<'w> {
    /// Checks a model and keeps it.
    pub fn check_model(&mut self, id: DeclarationId, block: &'w Block) {
        let fields = self.read_fields(&MODEL, &block.name, &block.body.entries);
        let provider = provider(fields.word("provider"));
        self.say_nameless(block, &fields, provider);
        let access = ModelAccess {
            base_url: fields
                .free("base_url")
                .and_then(|url| self.read_url("`base_url`", url)),
            api_key: fields.free("api_key").and_then(|key| self.read_key(key)),
            headers: fields
                .free("headers")
                .map_or_else(BTreeMap::new, |headers| self.read_headers(headers)),
            stream: fields
                .free("stream")
                .is_some_and(|stream| self.read_switch("`stream`", stream)),
            proxy: fields.free("proxy").and_then(|url| self.read_proxy(url)),
            ca: fields
                .free("ca")
                .and_then(|ca| self.read_certificates(id.module, ca)),
            limits: fields.block("limits").map_or_else(Limits::default, limits),
            price: fields.block("price").and_then(price),
            timeout: fields.seconds("timeout"),
        };
        self.say_secrets(&block.body);
        let name = fields.text("name");
        let identity = ModelIdentity {
            provider,
            name: name.map_or_else(|| block.name.text.clone(), |text| text.value.clone()),
            temperature: fields.number("temperature"),
            top_p: fields.number("top_p"),
            max_tokens: fields.small("max_tokens"),
            body: self.read_whole_body(&fields, provider),
        };
        self.models.insert(id, Model { identity, access });
    }

    fn say_nameless(&self, block: &Block, fields: &Fields, provider: Provider) {
        let is_known = fields.word("provider").is_some();
        if provider == Provider::Sim || !is_known || fields.has("name") || fields.is_partial {
            return;
        }
        self.say(
            Diagnostic::new(Code::MissingField, block.name.span, "a model needs `name`")
                .label("`name` is missing")
                .help("it is what the server knows the model by"),
        );
    }

    /// An address, or the variable that holds it.
    pub(super) fn read_url(&self, what: &str, value: &Expr) -> Option<Setting> {
        match &value.kind {
            ExprKind::Text(text) => {
                self.say_bad_url(what, text);
                Some(Setting::Text(text.value.clone()))
            }
            ExprKind::Call(call) if is_env(call) => {
                let (name, default) = self.read_env(call)?;
                default
                    .into_iter()
                    .for_each(|url| self.say_bad_url(what, url));
                Some(Setting::Env {
                    name: name.value.clone(),
                    default: default.map(|text| text.value.clone()),
                })
            }
            _ => {
                self.say_all(wrong_type(what, "a string or `env(…)`", value));
                None
            }
        }
    }

    fn say_bad_url(&self, what: &str, url: &Text) {
        let is_web = ["http://", "https://"]
            .iter()
            .any(|scheme| url.value.starts_with(scheme));
        if !is_web {
            let message = format!("{what} is no web address");
            self.say(
                Diagnostic::new(Code::WrongType, url.span, message)
                    .label("expected `http://…` or `https://…`"),
            );
        }
    }

    /// The name of the variable that holds the key.
    fn read_key(&self, value: &Expr) -> Option<String> {
        match &value.kind {
            ExprKind::Text(text) => {
                self.say_secret(text);
                None
            }
            ExprKind::Call(call) if is_env(call) => {
                let (name, default) = self.read_env(call)?;
                if let Some(default) = default {
                    self.say_secret(default);
                }
                Some(name.value.clone())
            }
            _ => {
                self.say_all(wrong_type("`api_key`", "`env(\"NAME\")`", value));
                None
            }
        }
    }

    pub(super) fn say_secret(&self, text: &Text) {
        if self.has_said(Code::SecretInSource, text.span) {
            return;
        }
        self.say(
            Diagnostic::new(Code::SecretInSource, text.span, "a secret is written in the file")
                .label("everyone who reads this file can use it")
                .help("take it out, put it into an environment variable and write `api_key = env(\"NAME\")`; a key that was shared should be replaced"),
        );
    }

    /// The variable's name, and what stands for it when it is not set.
    pub(super) fn read_env<'e>(&self, call: &'e Call) -> Option<(&'e Text, Option<&'e Text>)> {
        let texts: Vec<_> = call.arguments.iter().map_while(argument_text).collect();
        match texts.as_slice() {
            _ if texts.len() != call.arguments.len() => self.say_bad_env(call),
            [name] => Some((name, None)),
            [name, default] => Some((name, Some(default))),
            _ => self.say_bad_env(call),
        }
    }

    fn say_bad_env<T>(&self, call: &Call) -> Option<T> {
        if !call.arguments.iter().any(is_unreadable) {
            let message =
                "`env` takes the name of a variable, and what stands for it when it is not set";
            self.say(
                Diagnostic::new(Code::WrongType, call.span, message)
                    .help("write `env(\"NAME\")` or `env(\"NAME\", \"default\")`"),
            );
        }
        None
    }

    /// The fields of `body`, and what is known of a simulated model, which reaches it the same way.
    fn read_whole_body(&self, fields: &Fields, provider: Provider) -> BTreeMap<String, Json> {
        let mut body = fields
            .free("body")
            .map_or_else(BTreeMap::new, |body| self.read_body(body));
        for name in CHARACTER {
            let Some(span) = fields.place(name) else {
                continue;
            };
            if provider != Provider::Sim && fields.word("provider").is_some() {
                let message = format!("`{name}` is a setting of the simulated model");
                self.say(
                    Diagnostic::new(Code::UnknownField, span, message)
                        .label("this model is a real one: how it behaves is for you to find out")
                        .help("leave it out, or write `provider = sim`"),
                );
            }
            if let Some(share) = fields.number(name) {
                body.insert(name.to_owned(), Json::from(share));
            }
        }
        body
    }

    fn read_body(&self, value: &Expr) -> BTreeMap<String, Json> {
        match (&value.kind, literal(value)) {
            (ExprKind::Record(_), Some(Json::Object(fields))) => fields.into_iter().collect(),
            _ => {
                let wanted = "a record of plain values such as `{ top_k: 40 }`";
                self.say_all(wrong_type("`body`", wanted, value));
                BTreeMap::new()
            }
        }
    }

    fn say_secrets(&self, body: &Body) {
        for text in texts_of(&body.entries) {
            if let Some(found) = SECRET.find(&text.value) {
                let place = text.locate(found.start(), found.end());
                if !self.has_said(Code::SecretInSource, text.span) {
                    self.say_secret(&Text {
                        span: place,
                        ..text.clone()
                    });
                }
            }
        }
    }
}

/// What keys of well-known services look like, and passwords inside addresses.
static SECRET: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"\bsk-[A-Za-z0-9_-]{12,}|\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{20,}",
        r"|\bhf_[A-Za-z0-9]{20,}|\bxox[abprs]-[A-Za-z0-9-]{10,}|\bAIza[0-9A-Za-z_-]{30,}",
        r"|-----BEGIN [A-Z ]*PRIVATE KEY-----",
        r"|\bgsk_[A-Za-z0-9]{20,}|(?i:\bbearer\s+[A-Za-z0-9._-]{12,})|://[^/\s:@]+:[^/\s@]+@",
    ))
    .expect("the pattern is fixed and valid")
});

fn provider(word: Option<&str>) -> Provider {
    match word {
        Some("anthropic") => Provider::Anthropic,
        Some("sim") => Provider::Sim,
        _ => Provider::Openai,
    }
}

fn limits(fields: &Fields) -> Limits {
    Limits {
        rpm: fields.count("rpm"),
        tpm: fields.count("tpm"),
        concurrency: fields.small("concurrency"),
    }
}

fn price(fields: &Fields) -> Option<Price> {
    Some(Price {
        input: fields.number("input")?,
        cached: fields.number("cached"),
        output: fields.number("output")?,
    })
}

pub(super) fn is_env(call: &Call) -> bool {
    matches!(call.callee.segments.as_slice(), [name] if name.text == "env")
}

fn argument_text(argument: &Argument) -> Option<&Text> {
    match (&argument.name, &argument.value.kind) {
        (None, ExprKind::Text(text)) => Some(text),
        _ => None,
    }
}

fn is_unreadable(argument: &Argument) -> bool {
    matches!(argument.value.kind, ExprKind::Error)
}

fn texts_of(entries: &[Entry]) -> Vec<&Text> {
    let mut texts = Vec::new();
    for entry in entries {
        match &entry.kind {
            EntryKind::Field(field) => collect_texts(&field.value, &mut texts),
            EntryKind::Block(block) => texts.extend(texts_of(&block.body.entries)),
            _ => {}
        }
    }
    texts
}

fn collect_texts<'e>(expr: &'e Expr, texts: &mut Vec<&'e Text>) {
    match &expr.kind {
        ExprKind::Text(text) => texts.push(text),
        ExprKind::List(items) => items.iter().for_each(|item| collect_texts(item, texts)),
        ExprKind::Record(fields) => fields
            .iter()
            .for_each(|field| collect_texts(&field.value, texts)),
        ExprKind::Call(call) => call
            .arguments
            .iter()
            .for_each(|argument| collect_texts(&argument.value, texts)),
        _ => {}
    }
}
