//! What LLaMA-Factory demands of the files that its info names.

use serde_json::{Value as Json, json};

use crate::folder::{Dataset, parsed};
use crate::records::{asked, called, risk, safe, twin};

#[test]
fn llama_factory_finds_every_file_that_its_info_names() {
    let dataset = Dataset::of(&[risk("i/0"), safe("i/1")]);
    let info = dataset.json("dataset_info.json");
    let names: Vec<&String> = info.as_object().unwrap().keys().collect();
    assert_eq!(
        names,
        [
            "alpaca_train",
            "sharegpt_train",
            "judge_train",
            "dpo_train",
            "kto_train"
        ]
    );
    for set in info.as_object().unwrap().values() {
        let columns = set["columns"].as_object().unwrap();
        for row in dataset.rows(set["file_name"].as_str().unwrap()) {
            for column in columns.values() {
                assert!(!row[column.as_str().unwrap()].is_null(), "{set}: {column}");
            }
        }
    }
}

#[test]
fn roles_alternate_as_llama_factory_demands() {
    let mut talkative = risk("i/0");
    talkative.steps.push(asked("Which ones?", "The old ones."));
    talkative
        .steps
        .push(called("Mail_search", json!({}), json!("none")));
    let dataset = Dataset::of(&[talkative, risk("i/1"), safe("i/2"), twin("i/twin/0", false)]);
    for row in dataset.rows("sharegpt/train.jsonl") {
        assert_eq!(alternating(&row["conversations"]) % 2, 0);
    }
    for row in dataset.rows("llamafactory/dpo/train.jsonl") {
        assert_eq!(alternating(&row["conversations"]) % 2, 1);
        assert_eq!(row["chosen"]["from"], "gpt");
        assert_eq!(row["rejected"]["from"], "function_call");
        assert_eq!(parsed(&row["rejected"]["value"])["arguments"]["all"], true);
    }
}

/// How many lines there are, once each stands where its speaker may.
pub fn alternating(conversations: &Json) -> usize {
    let lines = conversations.as_array().unwrap();
    for (index, line) in lines.iter().enumerate() {
        let allowed = if index % 2 == 0 {
            ["human", "observation"]
        } else {
            ["gpt", "function_call"]
        };
        assert!(
            allowed.contains(&line["from"].as_str().unwrap()),
            "{conversations}"
        );
    }
    lines.len()
}
