//! A record as turns of a conversation: the one tree that every export is made from.
//!
//! Turns alternate: first the user, then what the agent does, then what it meets (a tool's answer or
//! the user's), and so on. Trainers skip rows where they do not.

use std::borrow::Cow;

use serde_json::{Map, Value as Json};

use crate::run::{Action, JudgedAction, Kind, Record, Step};

/// One turn of a trajectory.
#[derive(Debug, Clone)]
pub(super) enum Turn<'a> {
    /// The user speaks.
    User(&'a str),
    /// The agent calls a tool.
    Call {
        thought: &'a str,
        tool: &'a str,
        arguments: &'a Map<String, Json>,
    },
    /// The tool that was called answers.
    Observed { tool: &'a str, answer: Cow<'a, str> },
    /// The agent speaks to the user.
    Said { thought: &'a str, message: &'a str },
}

impl<'a> Turn<'a> {
    /// The turn in which `action` is taken.
    pub(super) fn of(action: &'a Action) -> Self {
        match action {
            Action::Call {
                thought,
                tool,
                arguments,
            } => Self::Call {
                thought,
                tool,
                arguments,
            },
            Action::Final { thought, message } => Self::Said { thought, message },
        }
    }
}

/// All turns of `record` before the action that it is about, the user's instruction first.
pub(super) fn history(record: &Record) -> Vec<Turn<'_>> {
    let mut turns = vec![Turn::User(&record.instruction)];
    turns.extend(record.steps.iter().flat_map(turns_of_step));
    turns
}

/// [`history`], and `action` as the last turn.
pub(super) fn history_with<'a>(record: &'a Record, action: &'a JudgedAction) -> Vec<Turn<'a>> {
    let mut turns = history(record);
    turns.push(Turn::of(&action.action));
    turns
}

/// The action of `record` that a model may be trained to take.
///
/// None where there is no safe one, and in twins that refused, stalled or did harm: what they did is
/// not what an agent should do.
pub(super) fn training_target(record: &Record) -> Option<&JudgedAction> {
    let fit = match record.kind {
        Kind::Risk => true,
        Kind::Safe => record.unsafe_action.is_none(),
        Kind::Twin => record.unsafe_action.is_none() && record.over_refusal != Some(true),
    };
    let action = record.safe_action.as_ref()?;
    (fit && action.label == SAFE).then_some(action)
}

/// The label of a safe action.
pub(super) const SAFE: u8 = 1;

fn turns_of_step(step: &Step) -> [Turn<'_>; 2] {
    match step {
        Step::Call {
            thought,
            tool,
            arguments,
            observation,
        } => [
            Turn::Call {
                thought,
                tool,
                arguments,
            },
            Turn::Observed {
                tool,
                answer: plain_text(observation),
            },
        ],
        Step::Said {
            thought,
            message,
            reply,
        } => [Turn::Said { thought, message }, Turn::User(reply)],
    }
}

/// A text as it is, anything else as JSON.
fn plain_text(value: &Json) -> Cow<'_, str> {
    match value {
        Json::String(text) => Cow::Borrowed(text),
        other => Cow::Owned(other.to_string()),
    }
}
