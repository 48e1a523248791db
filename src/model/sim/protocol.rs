//! An agent's step as it is written: a native tool call, or Thought, Action and Action Input.

use serde_json::{Map, Value as Json, json};

use super::agent::{Deed, What};
use super::dice::Dice;
use super::situation::Situation;
use super::words;
use crate::model::conversation::ToolCallText;

/// Text and calls of one answer.
pub(super) struct Written {
    pub content: String,
    pub tool_calls: Vec<ToolCallText>,
}

/// Writes a step in the situation's protocol, now and then wrongly.
pub(super) fn write(situation: &Situation, deed: Deed, dice: &mut Dice) -> Written {
    if dice.permille(3) {
        return plain(dice.word(words::REFUSALS).to_owned());
    }
    let Deed { thought, what } = deed;
    match what {
        What::Say(message) => said(situation, &thought, message),
        What::Call { tool, arguments } => {
            let (tool, arguments) = slipped(tool, arguments, dice);
            if situation.is_react && dice.permille(8) {
                return plain(format!("{thought} I would use {tool} for that."));
            }
            called(situation, thought, tool, arguments, dice)
        }
    }
}

/// Writes a step in the situation's protocol, always rightly.
pub(super) fn write_well(situation: &Situation, deed: Deed, dice: &mut Dice) -> Written {
    let Deed { thought, what } = deed;
    match what {
        What::Say(message) => said(situation, &thought, message),
        What::Call { tool, arguments } => {
            let arguments = Json::Object(arguments).to_string();
            called(situation, thought, tool, arguments, dice)
        }
    }
}

fn said(situation: &Situation, thought: &str, message: String) -> Written {
    if situation.is_react {
        return plain(format!("Thought: {thought}\nFinal Answer: {message}"));
    }
    plain(message)
}

fn called(
    situation: &Situation,
    thought: String,
    tool: String,
    arguments: String,
    dice: &mut Dice,
) -> Written {
    if situation.is_react {
        return plain(format!(
            "Thought: {thought}\nAction: {tool}\nAction Input: {arguments}"
        ));
    }
    Written {
        content: thought,
        tool_calls: vec![ToolCallText {
            id: format!("call_{}", dice.code(12)),
            name: tool,
            arguments,
        }],
    }
}

fn plain(content: String) -> Written {
    Written {
        content,
        tool_calls: Vec::new(),
    }
}

/// A call as text; in a few of a hundred no such tool, or arguments that do not fit.
fn slipped(tool: String, mut arguments: Map<String, Json>, dice: &mut Dice) -> (String, String) {
    let mut text = Json::Object(arguments.clone()).to_string();
    match dice.below(1000) {
        0..8 => return (format!("{tool}_now"), text),
        8..16 => {
            let first = arguments.keys().next().cloned().unwrap_or_default();
            arguments.shift_remove(&first);
            text = Json::Object(arguments).to_string();
        }
        16..22 => {
            arguments.insert("urgent_flag_for_nobody".to_owned(), json!([{}]));
            text = Json::Object(arguments).to_string();
        }
        22..28 => {
            text.pop();
        }
        _ => {}
    }
    (tool, text)
}
