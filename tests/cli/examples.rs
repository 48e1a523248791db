//! The examples in the book's chapter on the dataset are lines of a real run.
//!
//! `UPDATE_BOOK=1 cargo test --test cli examples` writes them anew.

use std::fs;

use serde_json::{Value as Json, json};

use crate::support::{json_lines, repository, succeed};

/// Characters that an example shows of a text, and items of a list.
const SHOWN_TEXT: usize = 100;
const SHOWN_ITEMS: usize = 4;

#[test]
fn the_examples_of_exports_are_the_first_lines_of_the_quickstart() {
    let folder = tempfile::tempdir().expect("a folder");
    let source = repository().join("scenarios/quickstart.ots");
    let run = ["run", source.to_str().expect("UTF-8"), "--out", "run"];
    succeed(folder.path(), run);
    let page = repository().join("book/src/dataset.md");
    let text = fs::read_to_string(&page).expect("the chapter is there");
    let words = words_of(&text);
    assert_eq!(words.len(), 11, "{words:?}");
    succeed(
        folder.path(),
        ["export", "run", "--format", &words.join(",")],
    );
    let mut renewed = text.clone();
    for word in &words {
        let file = folder
            .path()
            .join(format!("run/dataset/{word}/train.jsonl"));
        let first = json_lines(&file).into_iter().next().expect("it has rows");
        renewed = with_example(&renewed, word, &format!("{:#}", shortened(&first)));
    }
    if std::env::var_os("UPDATE_BOOK").is_some() {
        fs::write(&page, renewed).expect("writable");
        return;
    }
    assert!(
        renewed == text,
        "an example is out of date; `UPDATE_BOOK=1 cargo test --test cli examples` writes them anew"
    );
}

/// The exports that the chapter has examples of.
fn words_of(page: &str) -> Vec<String> {
    let marks = page.split("<!-- example: ").skip(1);
    marks
        .filter_map(|rest| Some(rest.split_once(" -->")?.0.to_owned()))
        .collect()
}

/// The page with the block behind an example's mark replaced.
fn with_example(page: &str, word: &str, example: &str) -> String {
    let mark = format!("<!-- example: {word} -->\n```json\n");
    let (before, rest) = page.split_once(&mark).expect("the mark is there");
    let end = rest.find("```").expect("the block is closed");
    format!("{before}{mark}{example}\n{}", &rest[end..])
}

/// A value with long texts and lists cut.
fn shortened(value: &Json) -> Json {
    match value {
        Json::String(text) if text.chars().count() > SHOWN_TEXT => {
            let start: String = text.chars().take(SHOWN_TEXT).collect();
            json!(start + "…")
        }
        Json::Array(items) => {
            let mut shown: Vec<Json> = items.iter().take(SHOWN_ITEMS).map(shortened).collect();
            if items.len() > SHOWN_ITEMS {
                shown.push(json!(format!("… {} more", items.len() - SHOWN_ITEMS)));
            }
            Json::Array(shown)
        }
        Json::Object(fields) => {
            let shown = fields
                .iter()
                .map(|(name, value)| (name.clone(), shortened(value)));
            Json::Object(shown.collect())
        }
        other => other.clone(),
    }
}
