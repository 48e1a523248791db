//! The export `sft`: a chat that ends in the safe action.

use serde::Serialize;

use super::history::{history_with, training_target};
use super::messages::{ChatMessage, messages};
use super::tools::tools_text;
use crate::run::Record;

/// One line of the export.
#[derive(Debug, Serialize)]
pub(super) struct SftRow<'a> {
    messages: Vec<ChatMessage<'a>>,
    tools: String,
}

/// The row of `record`, where it has an action to be learnt.
pub(super) fn sft_row(record: &Record) -> Option<SftRow<'_>> {
    let target = training_target(record)?;
    Some(SftRow {
        messages: messages(&history_with(record, target)),
        tools: tools_text(record),
    })
}
