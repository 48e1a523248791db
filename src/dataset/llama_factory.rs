//! What LLaMA-Factory reads: its own form of `sft` and `dpo`, and `dataset_info.json`.
//!
//! It has a reader of OpenAI's form, but that one writes `arguments` out as JSON a second time when
//! they are a text already, so that a model would learn to quote them. Its ShareGPT form has no such
//! trap: roles are `human`, `gpt`, `function_call` and `observation`, the first and every other one
//! `human` or `observation`. A row out of order is skipped with no more than a warning.

use serde::Serialize;
use serde_json::{Map, Value as Json, json};

use super::dpo::preference;
use super::form::Form;
use super::history::{Turn, history, history_with, training_target};
use super::tools::tools_text;
use crate::run::{Record, SplitPart};

/// One line of `sft` in ShareGPT's form.
#[derive(Debug, Serialize)]
pub(super) struct SharegptRow {
    conversations: Vec<Line>,
    tools: String,
}

/// One line of `dpo` in ShareGPT's form.
#[derive(Debug, Serialize)]
pub(super) struct SharegptPreferenceRow {
    conversations: Vec<Line>,
    chosen: Line,
    rejected: Line,
    tools: String,
}

#[derive(Debug, Serialize)]
struct Line {
    from: &'static str,
    value: String,
}

/// The row of `record`, where it has an action to be learnt.
pub(super) fn sharegpt_row(record: &Record) -> Option<SharegptRow> {
    let target = training_target(record)?;
    Some(SharegptRow {
        conversations: lines(&history_with(record, target)),
        tools: tools_text(record),
    })
}

/// The row of `record`, where it has both actions.
pub(super) fn sharegpt_preference_row(record: &Record) -> Option<SharegptPreferenceRow> {
    let (chosen, rejected) = preference(record)?;
    Some(SharegptPreferenceRow {
        conversations: lines(&history(record)),
        chosen: line(&Turn::of(&chosen.action)),
        rejected: line(&Turn::of(&rejected.action)),
        tools: tools_text(record),
    })
}

/// `dataset_info.json`: a data set `<form>_<split>` for each file that LLaMA-Factory can read.
pub(super) fn dataset_info(files: &[(Form, SplitPart)]) -> Json {
    let sets: Map<String, Json> = files
        .iter()
        .filter_map(|&(form, split)| Some((set_name(form, split), set_info(form, split)?)))
        .collect();
    Json::Object(sets)
}

fn set_name(form: Form, split: SplitPart) -> String {
    format!("{}_{}", form.export().word(), split.word())
}

fn set_info(form: Form, split: SplitPart) -> Option<Json> {
    let file_name = form.path(split);
    match form {
        Form::SftSharegpt => Some(json!({
            "file_name": file_name,
            "formatting": "sharegpt",
            "columns": { "messages": "conversations", "tools": "tools" },
        })),
        Form::DpoSharegpt => Some(json!({
            "file_name": file_name,
            "formatting": "sharegpt",
            "ranking": true,
            "columns": {
                "messages": "conversations",
                "chosen": "chosen",
                "rejected": "rejected",
                "tools": "tools",
            },
        })),
        Form::Alpaca | Form::Judge => Some(json!({
            "file_name": file_name,
            "formatting": "alpaca",
            "columns": { "prompt": "instruction", "query": "input", "response": "output" },
        })),
        Form::Sft | Form::Dpo | Form::Trajectories => None,
    }
}

fn lines(turns: &[Turn<'_>]) -> Vec<Line> {
    turns.iter().map(line).collect()
}

fn line(turn: &Turn<'_>) -> Line {
    let (from, value) = match turn {
        Turn::User(text) => ("human", (*text).to_owned()),
        Turn::Said { message, .. } => ("gpt", (*message).to_owned()),
        Turn::Call {
            tool, arguments, ..
        } => {
            let call = json!({ "name": tool, "arguments": arguments });
            ("function_call", call.to_string())
        }
        Turn::Observed { answer, .. } => ("observation", answer.to_string()),
    };
    Line { from, value }
}
