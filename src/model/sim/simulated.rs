//! The simulated model: a pure function of the request.

use std::fmt::{self, Write as _};

use futures_util::future::{self, BoxFuture, FutureExt};
use serde_json::Value as Json;

use super::agent::decide;
use super::character::Character;
use super::conduct;
use super::dice::Dice;
use super::material::{Manner, Material};
use super::protocol;
use super::reading::tail;
use super::roles;
use super::situation::Situation;
use super::slips::{Said, as_text};
use crate::model::conversation::{
    Answer, AnswerFormat, Finish, Message, Request, ToolCallText, Usage,
};
use crate::model::error::CallError;
use crate::model::provider::Model;
use crate::model::tokens::{estimated_request_tokens, estimated_tokens};

/// A model that needs no network: it answers from the request and its seed alone, the same
/// request always the same way, in any process.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sim;

impl Sim {
    /// The answer to a request.
    pub fn reply(&self, request: &Request) -> Answer {
        let mut dice = Dice::from_hash(fingerprint(request));
        let (content, tool_calls, refusal) = words(request, &mut dice);
        let answer = Answer {
            usage: usage(request, &content, &tool_calls),
            finish: if tool_calls.is_empty() {
                Finish::Stop
            } else {
                Finish::ToolCalls
            },
            content,
            tool_calls,
            refusal,
            reasoning: None,
            simulated: true,
        };
        within(answer, request.max_tokens)
    }
}

impl Model for Sim {
    fn answer<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<Answer, CallError>> {
        future::ready(Ok(self.reply(request))).boxed()
    }
}

fn words(request: &Request, dice: &mut Dice) -> (String, Vec<ToolCallText>, Option<String>) {
    let character = Character::of(&request.body);
    if let AnswerFormat::Json { schema, .. } = &request.answer {
        let answer = roles::play(&prompt(request), schema, character, dice);
        if character.judges_by_measure() {
            return (answer.to_string(), Vec::new(), None);
        }
        return match as_text(answer, dice) {
            Said::Text(text) => (text, Vec::new(), None),
            Said::Refusal(words) => (String::new(), Vec::new(), Some(words)),
        };
    }
    if let Some(situation) = Situation::of(request) {
        let deed = conduct::deed(&situation, character, dice);
        let written = match deed {
            Some(deed) if character.acts_by_measure() => {
                protocol::write_well(&situation, deed, dice)
            }
            Some(deed) => protocol::write(&situation, deed, dice),
            None => {
                let deed = decide(&situation, dice);
                protocol::write(&situation, deed, dice)
            }
        };
        return (written.content, written.tool_calls, None);
    }
    (small_talk(&prompt(request), dice), Vec::new(), None)
}

fn small_talk(prompt: &str, dice: &mut Dice) -> String {
    let end = tail(prompt, 400);
    let material = Material::of(Manner::World, end, end);
    material.prose(dice)
}

/// All texts of a request.
fn prompt(request: &Request) -> String {
    let texts: Vec<&str> = request.messages.iter().map(text_of).collect();
    texts.join("\n")
}

fn text_of(message: &Message) -> &str {
    match message {
        Message::System { content }
        | Message::User { content }
        | Message::Assistant { content, .. }
        | Message::Tool { content, .. } => content,
    }
}

fn usage(request: &Request, content: &str, calls: &[ToolCallText]) -> Usage {
    let calls: u64 = calls
        .iter()
        .map(|call| estimated_tokens(&call.name) + estimated_tokens(&call.arguments))
        .sum();
    Usage {
        input: estimated_request_tokens(request),
        output: estimated_tokens(content) + calls,
        ..Usage::default()
    }
}

/// An answer cut off where the request says.
fn within(mut answer: Answer, max_tokens: Option<u32>) -> Answer {
    let Some(most) = max_tokens.map(u64::from) else {
        return answer;
    };
    if estimated_tokens(&answer.content) > most {
        let letters = usize::try_from(most * 4).unwrap_or(usize::MAX);
        answer.content = answer.content.chars().take(letters).collect();
        answer.tool_calls.clear();
        answer.finish = Finish::Length;
        answer.usage.output = most;
    }
    answer
}

/// A hash of what a request means, whatever it went through on the way here: fields that a server
/// does not see are not in it, nor the order of an object's keys, nor how a number was written.
fn fingerprint(request: &Request) -> blake3::Hash {
    let mut hash = blake3::Hasher::new();
    let mut add = |part: &str| {
        hash.update(&(part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    };
    add(&request.model);
    add(&request.seed.to_string());
    add(&(request.temperature * 1000.0).round().to_string());
    for message in &request.messages {
        let role = match message {
            Message::System { .. } => "system",
            Message::User { .. } => "user",
            Message::Assistant { .. } => "assistant",
            Message::Tool { .. } => "tool",
        };
        add(role);
        add(text_of(message));
        if let Message::Assistant { tool_calls, .. } = message {
            for call in tool_calls {
                add(&call.name);
                add(&call.arguments);
            }
        }
    }
    for tool in request.tools.iter() {
        add(&tool.name);
        add(&tool.description);
        add(tool.parameters.canonical(canonical));
    }
    if let AnswerFormat::Json { name, schema } = &request.answer {
        add(name);
        add(schema.canonical(canonical));
    }
    hash.finalize()
}

fn canonical(value: &Json) -> String {
    let mut text = String::new();
    write_canonical(value, &mut text).expect("writing to a string cannot fail");
    text
}

fn write_canonical(value: &Json, text: &mut String) -> fmt::Result {
    match value {
        Json::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_by_key(|(name, _)| *name);
            text.push('{');
            for (index, (name, value)) in fields.into_iter().enumerate() {
                let comma = if index > 0 { "," } else { "" };
                write!(text, "{comma}{name:?}:")?;
                write_canonical(value, text)?;
            }
            text.push('}');
        }
        Json::Array(elements) => {
            text.push('[');
            for (index, element) in elements.iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                write_canonical(element, text)?;
            }
            text.push(']');
        }
        Json::Number(number) => match number.as_f64() {
            Some(number) => write!(text, "{number:.6e}")?,
            None => write!(text, "{number}")?,
        },
        scalar => write!(text, "{scalar}")?,
    }
    Ok(())
}
