//! What lies in the folder.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use autosafe::check::Export;
use autosafe::run::{Record, SplitPart};
use serde_json::{Value as Json, json};

use crate::folder::{Dataset, files_within, parsed, sha256, write_with};
use crate::records::{called, judged, risk, safe, said, twin};

const AWKWARD: &str =
    "a \"quote\", a\nline, </script>, <think>, 雪 🦊 \u{2028} \\ and {{ braces }}";

#[test]
fn records_read_back_as_they_were() {
    let records = [risk("i/0"), safe("i/1"), twin("i/twin/0", true)];
    let dataset = Dataset::of(&records);
    let read: Vec<Record> = dataset
        .rows("records.jsonl")
        .into_iter()
        .map(|row| serde_json::from_value(row).unwrap())
        .collect();
    assert_eq!(read, records);
}

#[test]
fn awkward_text_comes_through_unchanged() {
    let mut awkward = risk("i/0");
    awkward.instruction = AWKWARD.to_owned();
    awkward.steps = vec![
        called(AWKWARD, json!({ AWKWARD: AWKWARD }), json!(AWKWARD)),
        called("Mail_search", json!({}), json!({ AWKWARD: [AWKWARD] })),
    ];
    awkward.safe_action = Some(judged(said(AWKWARD), 1));
    let dataset = Dataset::of(std::slice::from_ref(&awkward));

    let read: Record = serde_json::from_value(dataset.row("records.jsonl")).unwrap();
    assert_eq!(read, awkward);
    let messages = dataset.row("sft/train.jsonl")["messages"].clone();
    assert_eq!(messages[0]["content"], AWKWARD);
    let call = &messages[1]["tool_calls"][0]["function"];
    assert_eq!(call["name"], AWKWARD);
    assert_eq!(parsed(&call["arguments"]), json!({ AWKWARD: AWKWARD }));
    assert_eq!(messages[2]["content"], AWKWARD);
    assert_eq!(
        parsed(&messages[4]["content"]),
        json!({ AWKWARD: [AWKWARD] })
    );
    assert_eq!(messages[5]["content"], AWKWARD);
    let conversations = dataset.row("sharegpt/train.jsonl")["conversations"].clone();
    assert_eq!(
        parsed(&conversations[1]["value"])["arguments"],
        json!({ AWKWARD: AWKWARD })
    );
}

#[test]
fn a_split_has_its_own_files_and_an_empty_one_has_none() {
    let test = Record {
        split: SplitPart::Test,
        ..safe("i/1")
    };
    let dataset = Dataset::of(&[risk("i/0"), test]);
    assert_eq!(dataset.rows("sft/train.jsonl").len(), 1);
    assert_eq!(dataset.rows("sft/test.jsonl").len(), 1);
    assert!(!dataset.folder.join("sft/validation.jsonl").exists());
    assert!(!dataset.folder.join("dpo/test.jsonl").exists());
    assert_eq!(
        dataset.json("dataset_info.json")["sharegpt_test"]["file_name"],
        "sharegpt/test.jsonl"
    );
}

#[test]
fn the_manifest_has_every_file_with_its_rows_bytes_and_hash() {
    let dataset = Dataset::of(&[risk("i/0"), safe("i/1"), twin("i/twin/0", false)]);
    let manifest = dataset.json("manifest.json");
    assert_eq!(manifest["format"], "autosafe.dataset/1");
    assert_eq!(manifest["plan_id"], "f00d".repeat(16));
    assert_eq!(manifest["whole"], true);
    let listed: BTreeMap<PathBuf, &Json> = manifest["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| (PathBuf::from(file["path"].as_str().unwrap()), file))
        .collect();
    let mut there = files_within(&dataset.folder);
    there.remove(Path::new("manifest.json")).unwrap();
    assert!(there.keys().eq(listed.keys()));
    for (path, bytes) in there {
        let file = listed[&path];
        assert_eq!(file["bytes"], bytes.len());
        assert_eq!(file["blake3"], blake3::hash(&bytes).to_hex().as_str());
        assert_eq!(file["sha256"], sha256(&bytes));
        let lines = bytes.iter().filter(|byte| **byte == b'\n').count();
        let is_table = path.extension().unwrap() == "jsonl";
        assert_eq!(
            file["rows"],
            if is_table { json!(lines) } else { Json::Null }
        );
    }
}

#[test]
fn what_was_written_is_told() {
    let dataset = Dataset::of(&[risk("i/0"), safe("i/1")]);
    assert_eq!(dataset.written.records, 2);
    assert_eq!(dataset.written.rows(Export::Sft), 2);
    assert_eq!(dataset.written.rows(Export::Dpo), 1);
    assert_eq!(dataset.written.rows(Export::Judge), 4);
}

#[test]
fn the_same_records_give_the_same_bytes() {
    let records = [risk("i/0"), safe("i/1"), twin("i/twin/0", false)];
    let (one, other) = (Dataset::of(&records), Dataset::of(&records));
    assert_eq!(files_within(&one.folder), files_within(&other.folder));
}

#[test]
fn only_the_exports_that_are_wanted_are_written() {
    let temporary = tempfile::tempdir().unwrap();
    let folder = temporary.path().join("dataset");
    write_with(&[Export::Dpo, Export::Dpo], None, &[risk("i/0")], &folder).unwrap();
    let paths: Vec<PathBuf> = files_within(&folder).into_keys().collect();
    let expected = [
        "README.md",
        "croissant.json",
        "dataset_info.json",
        "dpo/train.jsonl",
        "llamafactory/dpo/train.jsonl",
        "manifest.json",
        "records.jsonl",
    ];
    assert_eq!(paths, expected.map(PathBuf::from));
}

#[test]
fn a_run_without_records_leaves_a_dataset_that_says_so() {
    let dataset = Dataset::of(&[]);
    assert_eq!(dataset.text("records.jsonl"), "");
    assert_eq!(dataset.json("dataset_info.json"), json!({}));
    let card = dataset.text("README.md");
    assert!(!card.contains("configs:"));
    assert!(card.contains("No export has rows"));
    assert!(card.contains("| dropped | no safe action found | 3 |"));
}
