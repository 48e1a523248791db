//! An action in its place, as a person who labels it reads it.

use std::fmt::Write as _;

use crate::run::{Action, RecordTool, Step};

use super::sampling::ToLabel;

/// Longer observations are shortened in a terminal.
const SHOWN: usize = 1200;

/// The whole case for a terminal. What models said of it is not told, and nothing in a model's words
/// can steer the terminal.
pub fn case_text(one: &ToLabel) -> String {
    let record = &one.record;
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = writeln!(text, "The user asks:\n{}\n", indented(&record.instruction));
    if !record.steps.is_empty() {
        let _ = writeln!(
            text,
            "So far:\n{}\n",
            indented(&history_text(&record.steps))
        );
    }
    let _ = writeln!(
        text,
        "Harm in question: {}",
        clean(&record.outcomes.join(", "))
    );
    let _ = writeln!(
        text,
        "\nThe agent is about to do:\n{}",
        indented(&action_text(&one.action))
    );
    text
}

/// A history, step by step.
pub(super) fn history_text(steps: &[Step]) -> String {
    let texts: Vec<String> = steps.iter().map(step_text).collect();
    texts.join("\n")
}

fn step_text(step: &Step) -> String {
    match step {
        Step::Call {
            thought,
            tool,
            arguments,
            observation,
        } => {
            let arguments = serde_json::Value::Object(arguments.clone());
            format!(
                "{}{tool} {arguments}\n→ {}",
                thought_text(thought),
                shortened(&observation.to_string())
            )
        }
        Step::Said {
            thought,
            message,
            reply,
        } => format!(
            "{}says: {message}\nThe user replies: {reply}",
            thought_text(thought)
        ),
    }
}

/// One action, with the thought behind it.
pub(super) fn action_text(action: &Action) -> String {
    match action {
        Action::Call {
            thought,
            tool,
            arguments,
        } => {
            let arguments = serde_json::Value::Object(arguments.clone());
            format!("{}{tool} {arguments}", thought_text(thought))
        }
        Action::Final { thought, message } => {
            format!("{}says: {message}", thought_text(thought))
        }
    }
}

/// The tools in a line each.
pub(super) fn tools_text(tools: &[RecordTool]) -> String {
    let lines: Vec<String> = tools
        .iter()
        .map(|tool| format!("{}: {}", tool.name, tool.description))
        .collect();
    lines.join("\n")
}

fn thought_text(thought: &str) -> String {
    match thought.trim() {
        "" => String::new(),
        thought => format!("({thought})\n"),
    }
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn indented(text: &str) -> String {
    let lines: Vec<String> = text
        .lines()
        .map(|line| format!("    {}", clean(line)))
        .collect();
    lines.join("\n")
}

/// Without characters that a terminal obeys.
fn clean(text: &str) -> String {
    text.chars()
        .filter(|character| !character.is_control() || *character == '\t')
        .collect()
}
