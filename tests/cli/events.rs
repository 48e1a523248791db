//! What a run tells while it goes on and at its end, for programs and people.

#![cfg(unix)]

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value as Json;

use crate::interruption::remote_source;
use crate::support::{SimServer, json_lines, repository, run, succeed};

/// The schema that the book shows.
fn schema() -> jsonschema::Validator {
    let path = repository().join("book/src/events.schema.json");
    let text = std::fs::read_to_string(path).expect("the book has it");
    let schema: Json = serde_json::from_str(&text).expect("it is JSON");
    jsonschema::draft202012::meta::validate(&schema).expect("it is a schema");
    jsonschema::validator_for(&schema).expect("it is a schema")
}

/// The kinds of events in a run's folder, each of which must fit the schema.
fn valid_events(run: &Path) -> BTreeSet<String> {
    let schema = schema();
    let events = json_lines(&run.join("events.jsonl"));
    for event in &events {
        assert!(schema.is_valid(event), "{event}");
    }
    let kinds = events.iter().filter_map(|event| event["event"].as_str());
    kinds.map(str::to_owned).collect()
}

#[test]
fn every_event_of_a_bad_day_fits_the_schema() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = SimServer::start(&["--latency", "5ms", "--fault", "all=20%"]);
    let source = remote_source(folder.path(), &server);
    let stopped = run(
        folder.path(),
        ["run", &source, "--out", "run", "--budget", "tokens=60k"],
    );
    assert_eq!(stopped.status, 4, "{}{}", stopped.out, stopped.err);
    succeed(
        folder.path(),
        ["run", &source, "--out", "run", "--budget", "tokens=10M"],
    );
    let kinds = valid_events(&folder.path().join("run"));
    for kind in [
        "run_started",
        "call_retried",
        "notice",
        "draining",
        "run_stopped",
    ] {
        assert!(kinds.contains(kind), "no {kind} in {kinds:?}");
    }
}

#[test]
fn a_budget_s_end_is_told_as_a_whole_in_summary_and_status() {
    let folder = tempfile::tempdir().expect("a folder");
    let source = repository().join("scenarios/quickstart.ots");
    let source = source.display().to_string();
    let stopped = run(
        folder.path(),
        ["run", &source, "--out", "run", "--budget", "tokens=900k"],
    );
    assert_eq!(stopped.status, 4, "{}{}", stopped.out, stopped.err);
    assert!(
        stopped.out.lines().all(|line| line.chars().count() <= 80),
        "{}",
        stopped.out
    );
    let summary = std::fs::read_to_string(folder.path().join("run/summary.json"));
    let summary: Json = serde_json::from_str(&summary.expect("it is there")).expect("it is JSON");
    assert_eq!(summary["stop"], "budget");
    let status = succeed(folder.path(), ["status", "run", "--format", "json"]).out;
    let status: Json = serde_json::from_str(&status).expect("it is JSON");
    for (name, value) in status.as_object().expect("an object") {
        assert_eq!(&summary[name], value, "{name}");
    }
    let spending = status["spending"].as_array().expect("a list");
    let calls: u64 = spending.iter().filter_map(|it| it["calls"].as_u64()).sum();
    assert_eq!(Some(calls), status["calls"].as_u64());
    let shown = succeed(folder.path(), ["status", "run"]).out;
    for table in [
        "records by outcome",
        "cost by role",
        "dearest items",
        "slowest items",
    ] {
        assert!(
            shown.contains(table) && stopped.out.contains(table),
            "{shown}"
        );
    }
}

#[test]
fn a_quiet_run_says_nothing_and_a_quiet_failure_says_why() {
    let folder = tempfile::tempdir().expect("a folder");
    let source = repository().join("scenarios/quickstart.ots");
    let source = source.display().to_string();
    let quiet = succeed(
        folder.path(),
        ["run", &source, "--out", "run", "-q", "--limit", "4"],
    );
    assert_eq!((quiet.out.as_str(), quiet.err.as_str()), ("", ""));
    let halted = run(
        folder.path(),
        [
            "run", &source, "--out", "run", "--quiet", "--budget", "tokens=1",
        ],
    );
    assert_eq!((halted.status, halted.out.as_str()), (4, ""));
    assert!(halted.err.contains("the budget is spent"), "{}", halted.err);
}
