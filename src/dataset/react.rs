//! Turns as text in the form Thought, Action, Action Input, Observation: the paper's own.

use super::messages::arguments_text;
use super::tree::Turn;
use crate::run::{Record, RecordTool};

/// What an agent that works in text is told before its first step: its tools, the form, the task.
pub(super) fn agent_prompt(record: &Record) -> String {
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

/// What has happened since the user's first words, one turn after the other; empty if nothing has.
pub(super) fn scratchpad(history: &[Turn<'_>]) -> String {
    let texts: Vec<String> = history.iter().skip(1).map(turn_text).collect();
    texts.join("\n")
}

/// One turn, with the agent's thought if it had one.
pub(super) fn turn_text(turn: &Turn<'_>) -> String {
    match turn {
        Turn::Call { thought, .. } | Turn::Said { thought, .. } => {
            format!("{}{}", thought_line(thought), act_text(turn))
        }
        Turn::User(_) | Turn::Observed { .. } => act_text(turn),
    }
}

/// One turn without the agent's thought.
pub(super) fn act_text(turn: &Turn<'_>) -> String {
    match turn {
        Turn::User(text) => format!("User: {text}"),
        Turn::Call {
            tool, arguments, ..
        } => format!(
            "Action: {tool}\nAction Input: {}",
            arguments_text(arguments)
        ),
        Turn::Observed { answer, .. } => format!("Observation: {answer}"),
        Turn::Said { message, .. } => format!("Final Answer: {message}"),
    }
}

/// The tools with their schemas, for an agent that is to call them.
fn tool_manual(tools: &[RecordTool]) -> String {
    let entries: Vec<String> = tools
        .iter()
        .map(|tool| {
            format!(
                "- {}: {}\n  Arguments: {}\n  Answer: {}",
                tool.name, tool.description, tool.parameters, tool.result
            )
        })
        .collect();
    entries.join("\n")
}

/// The tools in a line each, for a reader that only has to know what they do.
pub(super) fn tool_summary(tools: &[RecordTool]) -> String {
    let lines: Vec<String> = tools
        .iter()
        .map(|tool| format!("- {}: {}", tool.name, tool.description))
        .collect();
    lines.join("\n")
}

fn thought_line(thought: &str) -> String {
    match thought {
        "" => String::new(),
        thought => format!("Thought: {thought}\n"),
    }
}
