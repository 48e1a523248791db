//! The page that a run leaves beside its dataset.

use std::fs;
use std::path::Path;

use serde_json::Value as Json;

use crate::support::{repository, succeed};

/// The data that a page draws.
pub fn data_of(page: &Path) -> Json {
    let text = fs::read_to_string(page).expect("the page is there");
    let (_, rest) = text
        .split_once("id=\"report\">")
        .expect("the page has data");
    let (data, _) = rest.split_once("</script>").expect("the data ends");
    serde_json::from_str(data).expect("the data is JSON")
}

fn sum(table: &Json, field: &str) -> u64 {
    let rows = table.as_array().expect("a table").iter();
    rows.map(|row| row[field].as_u64().expect("a count")).sum()
}

#[test]
fn a_runs_page_tells_what_was_planned_and_what_was_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    let source = repository().join("scenarios/quickstart.ots");
    let source = source.to_str().expect("UTF-8");
    let said = succeed(
        folder.path(),
        ["run", source, "--limit", "12", "--out", "run"],
    );
    assert!(
        said.out.contains("report    run/report.html\n"),
        "{}",
        said.out
    );

    let page = folder.path().join("run/report.html");
    let report = data_of(&page);
    let records = fs::read_to_string(folder.path().join("run/dataset/records.jsonl"));
    let records = records.expect("the records are there").lines().count() as u64;
    let kinds = &report["kinds"];
    let kept = |kind: &str| kinds[kind].as_u64().expect("a count");
    assert_eq!(kept("risk") + kept("safe") + kept("twin"), records);

    // Two trajectories of every item are planned, and those of 12 items carried out.
    let plan = fs::read_to_string(folder.path().join("run/plan.json")).expect("the plan is there");
    let plan: Json = serde_json::from_str(&plan).expect("a plan is JSON");
    let items = plan["settings"]["estimate"]["items"]
        .as_u64()
        .expect("a count");
    let scenarios = &report["by_scenario"];
    assert_eq!(sum(scenarios, "planned"), 2 * items);
    assert_eq!(sum(scenarios, "attempted"), 24);
    assert_eq!(sum(scenarios, "risks"), kept("risk"));
    assert_eq!(sum(scenarios, "safes"), kept("safe"));
    let rounds = report["reflection"].as_array().expect("a table");
    assert_eq!(
        rounds.last().expect("a round")["of"].as_u64(),
        Some(kept("risk"))
    );
}

#[test]
fn a_runs_page_accounts_for_every_call_and_keeps_what_the_examples_showed() {
    let folder = tempfile::tempdir().expect("a folder");
    let source = repository().join("scenarios/quickstart.ots");
    let source = source.to_str().expect("UTF-8");
    let said = succeed(
        folder.path(),
        ["run", source, "--limit", "4", "--out", "run"],
    );
    assert!(
        said.out
            .contains("examples  the evaluator agrees with 4 of 4"),
        "{}",
        said.out
    );
    let page = folder.path().join("run/report.html");
    fs::remove_file(&page).expect("it is there");
    // What only the run itself found out is there for an export too.
    succeed(folder.path(), ["export", "run"]);
    let report = data_of(&page);
    assert_eq!(report["evaluators"]["examples"]["agreed"], 4);
    let calls = sum(&report["status"]["spending"], "calls");
    assert_eq!(report["status"]["calls"], calls);
    let card = fs::read_to_string(folder.path().join("run/dataset/README.md")).expect("a card");
    assert!(card.contains("the evaluators agree with 4 of 4"), "{card}");
}

#[test]
fn exporting_writes_the_page_again_and_only_for_the_runs_own_dataset() {
    let folder = tempfile::tempdir().expect("a folder");
    let source = repository().join("scenarios/quickstart.ots");
    let source = source.to_str().expect("UTF-8");
    succeed(
        folder.path(),
        ["run", source, "--limit", "2", "--out", "run"],
    );
    let page = folder.path().join("run/report.html");
    let before = fs::read(&page).expect("the page is there");
    fs::remove_file(&page).expect("it can be removed");
    succeed(folder.path(), ["export", "run", "--out", "elsewhere"]);
    assert!(!page.exists());
    succeed(folder.path(), ["export", "run"]);
    assert_eq!(fs::read(&page).expect("the page is there again"), before);
}
