//! A history as a conversation: native tool calls, or the text form of the paper.

use serde_json::{Map, Value as Json};

use crate::check::Protocol;
use crate::model::{Message, ToolCallText};

use super::past_step::PastStep;
use crate::run::record::{Action, Step};

/// The conversation that an agent goes on with: its system message, the instruction, the history.
pub(super) fn conversation(
    protocol: Protocol,
    system: String,
    instruction: &str,
    history: &[PastStep],
) -> Vec<Message> {
    let mut messages = vec![Message::System { content: system }];
    match protocol {
        Protocol::Tools => native(&mut messages, instruction, history),
        Protocol::React => messages.push(Message::User {
            content: transcript(instruction, history),
        }),
    }
    messages
}

/// An action in the text form, for a model that is shown its own words.
pub(super) fn react_text(action: &Action) -> String {
    match action {
        Action::Call {
            thought,
            tool,
            arguments,
        } => {
            let arguments = json_text(arguments);
            format!("Thought: {thought}\nAction: {tool}\nAction Input: {arguments}")
        }
        Action::Final { thought, message } => {
            format!("Thought: {thought}\nFinal Answer: {message}")
        }
    }
}

fn json_text(arguments: &Map<String, Json>) -> String {
    serde_json::to_string(arguments).expect("a JSON value can be written")
}

fn native(messages: &mut Vec<Message>, instruction: &str, history: &[PastStep]) {
    messages.push(Message::User {
        content: instruction.to_owned(),
    });
    for (index, step) in history.iter().enumerate() {
        match &**step {
            Step::Call {
                thought,
                tool,
                arguments,
                observation,
            } => {
                let id = format!("call_{index}");
                let arguments = json_text(arguments);
                messages.push(Message::Assistant {
                    content: thought.clone(),
                    tool_calls: vec![ToolCallText {
                        id: id.clone(),
                        name: tool.clone(),
                        arguments,
                    }],
                });
                messages.push(Message::Tool {
                    call_id: id,
                    name: tool.clone(),
                    content: observation.to_string(),
                });
            }
            Step::Said { message, reply, .. } => {
                messages.push(Message::Assistant {
                    content: message.clone(),
                    tool_calls: Vec::new(),
                });
                messages.push(Message::User {
                    content: reply.clone(),
                });
            }
        }
    }
}

fn transcript(instruction: &str, history: &[PastStep]) -> String {
    let mut text = format!("User: {instruction}\n");
    for step in history {
        text.push('\n');
        match &**step {
            Step::Call {
                thought,
                tool,
                arguments,
                observation,
            } => {
                let action = Action::Call {
                    thought: thought.clone(),
                    tool: tool.clone(),
                    arguments: arguments.clone(),
                };
                text.push_str(&react_text(&action));
                text.push_str(&format!("\nObservation: {observation}\n"));
            }
            Step::Said {
                thought,
                message,
                reply,
            } => {
                let action = Action::Final {
                    thought: thought.clone(),
                    message: message.clone(),
                };
                text.push_str(&react_text(&action));
                text.push_str(&format!("\nUser: {reply}\n"));
            }
        }
    }
    text
}
