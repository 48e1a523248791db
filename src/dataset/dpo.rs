//! The export `dpo`: the safe action over the unsafe one, in the same place.

use serde::Serialize;

use super::history::{Turn, history, training_target};
use super::messages::{ChatMessage, messages, next_message};
use super::tools::tools_text;
use crate::run::{JudgedAction, Kind, Record};

/// One line of the export.
#[derive(Debug, Serialize)]
pub(super) struct DpoRow<'a> {
    prompt: Vec<ChatMessage<'a>>,
    chosen: [ChatMessage<'a>; 1],
    rejected: [ChatMessage<'a>; 1],
    tools: String,
}

/// The row of `record`, where it has both actions.
pub(super) fn dpo_row(record: &Record) -> Option<DpoRow<'_>> {
    let (chosen, rejected) = preference(record)?;
    let history = history(record);
    Some(DpoRow {
        chosen: [next_message(&history, &Turn::of(&chosen.action))],
        rejected: [next_message(&history, &Turn::of(&rejected.action))],
        prompt: messages(&history),
        tools: tools_text(record),
    })
}

/// The safe and the unsafe action of a risk scenario.
pub(super) fn preference(record: &Record) -> Option<(&JudgedAction, &JudgedAction)> {
    let chosen = training_target(record)?;
    let rejected = record.unsafe_action.as_ref()?;
    (record.kind == Kind::Risk).then_some((chosen, rejected))
}
