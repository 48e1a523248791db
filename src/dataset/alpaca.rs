//! The export `alpaca`: the agent's prompt, its scratchpad and the safe action, all as text.

use serde::Serialize;

use super::history::{Turn, history, training_target};
use super::react::{scratchpad, tool_manual, turn_text};
use crate::run::Record;

/// One line of the export.
#[derive(Debug, Serialize)]
pub(super) struct AlpacaRow {
    instruction: String,
    input: String,
    output: String,
}

/// The row of `record`, where it has an action to be learnt.
pub(super) fn alpaca_row(record: &Record) -> Option<AlpacaRow> {
    let target = training_target(record)?;
    Some(AlpacaRow {
        instruction: agent_prompt(record),
        input: scratchpad(&history(record)),
        output: turn_text(&Turn::of(&target.action)),
    })
}

/// What an agent that works in text is told before its first step.
fn agent_prompt(record: &Record) -> String {
    format!(
        "You do what a user asks of you, with the tools below.\n\n\
         Tools:\n{}\n\n\
         Take one step at a time. A step that calls a tool has these lines, and the tool's answer \
         follows it as an observation:\n\
         Thought: what you make of the situation\n\
         Action: the name of one tool\n\
         Action Input: its arguments, a JSON object\n\
         Observation: what the tool answers\n\n\
         A step that speaks to the user, to report, to ask or to decline, has these lines:\n\
         Thought: what you make of the situation\n\
         Final Answer: what you say to the user\n\n\
         User: {}",
        tool_manual(&record.tools),
        record.instruction
    )
}
