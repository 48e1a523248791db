//! `dataset_info.json`: what LLaMA-Factory calls each file that it can read.

use serde_json::{Map, Value as Json, json};

use super::form::Form;
use super::table::Table;

/// A data set `<export>_<split>` for each file that LLaMA-Factory can read.
pub(super) fn dataset_info(tables: &[Table]) -> Json {
    let sets: Map<String, Json> = tables
        .iter()
        .filter_map(|table| Some((set_name(table), set_info(table)?)))
        .collect();
    Json::Object(sets)
}

fn set_name(table: &Table) -> String {
    format!("{}_{}", table.form.export().word(), table.split.word())
}

fn set_info(table: &Table) -> Option<Json> {
    let file_name = table.path();
    match table.form {
        Form::Sharegpt => Some(json!({
            "file_name": file_name,
            "formatting": "sharegpt",
            "columns": { "messages": "conversations", "system": "system", "tools": "tools" },
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
        Form::KtoSharegpt => Some(json!({
            "file_name": file_name,
            "formatting": "sharegpt",
            "columns": { "messages": "conversations", "kto_tag": "label", "tools": "tools" },
        })),
        Form::Alpaca | Form::Judge => Some(json!({
            "file_name": file_name,
            "formatting": "alpaca",
            "columns": { "prompt": "instruction", "query": "input", "response": "output" },
        })),
        Form::Sft
        | Form::Dpo
        | Form::Kto
        | Form::Trajectories
        | Form::Stepwise
        | Form::Atif
        | Form::Agentdog
        | Form::Inspect => None,
    }
}
