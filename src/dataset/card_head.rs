//! The head of a dataset card: what hubs read of it.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use super::form::Form;
use super::tally::Tally;
use super::write::DatasetInput;
use crate::run::SplitPart;

/// The head of the card, as a value.
pub(super) fn head(input: DatasetInput<'_>, tally: &Tally, tables: &[(Form, SplitPart)]) -> Json {
    let mut tags = vec!["agent", "agent-safety", "tool-use", "synthetic", "autosafe"];
    if tally.simulated > 0 {
        tags.push("simulated");
    }
    let mut head = json!({
        "license": "other",
        "license_name": "set-by-the-publisher",
        "pretty_name": input.plan.work.campaign,
        "task_categories": ["text-generation", "text-classification"],
        "tags": tags,
        "size_categories": [size_category(tally.records)],
    });
    let configs = configs(tables);
    if !configs.is_empty() {
        head["configs"] = Json::Array(configs);
        head["dataset_info"] = typed_configs(tables);
    }
    head
}

fn size_category(records: u64) -> &'static str {
    match records {
        0..1_000 => "n<1K",
        1_000..10_000 => "1K<n<10K",
        10_000..100_000 => "10K<n<100K",
        100_000..1_000_000 => "100K<n<1M",
        1_000_000..10_000_000 => "1M<n<10M",
        _ => "10M<n<100M",
    }
}

/// One configuration for each export, the first one the default.
fn configs(tables: &[(Form, SplitPart)]) -> Vec<Json> {
    let forms: BTreeSet<Form> = primary_forms(tables);
    forms
        .into_iter()
        .enumerate()
        .map(|(index, form)| {
            let mut config = json!({
                "config_name": form.export().word(),
                "data_files": data_files(form, tables),
            });
            if index == 0 {
                config["default"] = Json::Bool(true);
            }
            config
        })
        .collect()
}

/// The exports that have rows.
pub(super) fn primary_forms(tables: &[(Form, SplitPart)]) -> BTreeSet<Form> {
    let forms = tables.iter().map(|(form, _)| *form);
    forms.filter(|form| form.is_primary()).collect()
}

fn data_files(wanted: Form, tables: &[(Form, SplitPart)]) -> Vec<Json> {
    tables
        .iter()
        .filter(|(form, _)| *form == wanted)
        .map(|&(form, split)| json!({ "split": split.word(), "path": form.path(split) }))
        .collect()
}

/// The types of each export's columns.
///
/// Readers that have to guess them do so from the first rows, and fail where a later one is the first
/// with a call.
fn typed_configs(tables: &[(Form, SplitPart)]) -> Json {
    primary_forms(tables)
        .into_iter()
        .map(|form| json!({ "config_name": form.export().word(), "features": features(form) }))
        .collect()
}

fn features(form: Form) -> Vec<Json> {
    match form {
        Form::Sft | Form::SftSharegpt => vec![chat("messages"), text("tools")],
        Form::Dpo | Form::DpoSharegpt => {
            let chats = ["prompt", "chosen", "rejected"].map(chat);
            chats.into_iter().chain([text("tools")]).collect()
        }
        Form::Alpaca => ["instruction", "input", "output"].map(text).to_vec(),
        Form::Judge => [
            ["instruction", "input", "output", "id", "kind", "cell"]
                .map(text)
                .to_vec(),
            vec![texts("outcomes")],
            ["request", "history", "thought", "action"]
                .map(text)
                .to_vec(),
            vec![column("label", "int64"), text("risk_type"), text("why")],
            vec![column("simulated", "bool")],
        ]
        .concat(),
        Form::Trajectories => [
            ["id", "label", "kind", "scenario", "cell"]
                .map(text)
                .to_vec(),
            vec![texts("outcomes")],
            ["severity", "risk_type", "why", "persona"]
                .map(text)
                .to_vec(),
            vec![texts("toolkits"), text("tools")],
            vec![list(
                "contents",
                &["role", "content", "thought", "action"].map(text),
            )],
            ["over_refusal", "simulated"]
                .map(|name| column(name, "bool"))
                .to_vec(),
        ]
        .concat(),
    }
}

fn chat(name: &str) -> Json {
    let parts = ["name", "arguments"].map(text);
    let function = json!({ "name": "function", "struct": parts });
    let calls = list("tool_calls", &[text("id"), text("type"), function]);
    let [role, call_id, tool, content] = ["role", "tool_call_id", "name", "content"].map(text);
    list(name, &[role, call_id, tool, content, calls])
}

fn list(name: &str, fields: &[Json]) -> Json {
    json!({ "name": name, "list": fields })
}

fn texts(name: &str) -> Json {
    json!({ "name": name, "list": "string" })
}

fn text(name: &str) -> Json {
    column(name, "string")
}

fn column(name: &str, kind: &str) -> Json {
    json!({ "name": name, "dtype": kind })
}
