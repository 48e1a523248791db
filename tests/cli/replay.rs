//! Runs that are recorded, and answered from the recording.

use std::fs;
use std::path::Path;

use crate::servers::source;
use crate::support::{SimServer, assert_same_files, autosafe, files_under, run, succeed};

const SECRET: &str = "sk-record-51b7ce0d2f6a9384";

/// A source whose server is named by the environment, so that it may be gone.
fn project() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    source(folder.path(), "URL", r#"api_key = env("REMOTE_KEY")"#);
    let path = folder.path().join("remote.ots");
    let text = fs::read_to_string(&path).expect("readable");
    let text = text.replace("\"URL\"", "env(\"REMOTE_URL\", \"http://127.0.0.1:9/v1\")");
    fs::write(&path, text).expect("writable");
    folder
}

fn run_on(server: &SimServer, folder: &Path, arguments: &[&str]) {
    let output = autosafe(folder, ["run", "remote.ots"].iter().chain(arguments))
        .env("REMOTE_URL", &server.base_url)
        .env("REMOTE_KEY", SECRET)
        .output()
        .expect("the program starts");
    let said = crate::support::Said::from(output);
    assert_eq!(said.status, 0, "{}{}", said.out, said.err);
}

fn server() -> SimServer {
    SimServer::start_with_environment(&["--require-key", "SERVER_KEY"], &[("SERVER_KEY", SECRET)])
}

/// Replays without an address, a key or a server.
fn replay(folder: &Path, out: &str) {
    succeed(
        folder,
        ["run", "remote.ots", "--replay", "calls.jsonl", "--out", out],
    );
}

#[test]
fn a_recorded_run_is_replayed_to_the_same_bytes_without_network_or_key() {
    let folder = project();
    let server = server();
    run_on(
        &server,
        folder.path(),
        &["--out", "first", "--record", "calls.jsonl"],
    );
    drop(server);
    replay(folder.path(), "second");
    assert_same_files(
        &folder.path().join("first/dataset"),
        &folder.path().join("second/dataset"),
    );
    let recording = fs::read_to_string(folder.path().join("calls.jsonl")).expect("readable");
    assert_eq!(
        recording.lines().next(),
        Some(r#"{"format":"autosafe.calls/1"}"#)
    );
    for (name, bytes) in files_under(folder.path()) {
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains(SECRET), "{} holds the key", name.display());
    }
}

#[test]
fn a_recording_says_how_many_calls_were_dropped_before_it_began() {
    let folder = project();
    let source = crate::support::repository().join("scenarios/quickstart.ots");
    let source = source.display().to_string();
    let base = ["run", &source, "--out", "run"];
    let with = |more: &[&'static str]| {
        let arguments: Vec<&str> = base.iter().chain(more).copied().collect();
        succeed(folder.path(), arguments)
    };
    with(&["--limit", "5", "--keep-calls", "no"]);
    let said = with(&["--record", "calls.jsonl", "--limit", "9"]).out;
    let summary = fs::read_to_string(folder.path().join("run/summary.json")).expect("readable");
    let summary: serde_json::Value = serde_json::from_str(&summary).expect("it is JSON");
    let (calls, gone) = (summary["calls"].as_u64(), summary["unrecorded"].as_u64());
    let recording = fs::read_to_string(folder.path().join("calls.jsonl")).expect("readable");
    let recorded = recording.lines().count() as u64 - 1;
    assert_eq!(calls, gone.map(|gone| gone + recorded));
    let gone = gone.expect("a number");
    assert!(gone > 20, "{gone}");
    assert!(
        said.contains(&format!("recorded  without {gone} calls")),
        "{said}"
    );

    let adopting = [
        "run", &source, "--out", "again", "--adopt", "run", "--limit", "9",
    ];
    let said = succeed(folder.path(), adopting).out;
    // What the journal kept of the generator's can be adopted, also where nothing leads to it.
    let missing = said.split("adopted   not ").nth(1).expect("it is said");
    let missing = missing.split(' ').next().and_then(|it| it.parse().ok());
    assert!(
        missing.is_some_and(|it: u64| it > 20 && it <= gone),
        "{said}"
    );
    assert_same_files(
        &folder.path().join("run/dataset"),
        &folder.path().join("again/dataset"),
    );
}

#[test]
fn a_recording_that_begins_late_holds_what_the_journal_holds() {
    let folder = project();
    let server = server();
    run_on(&server, folder.path(), &["--out", "run", "--limit", "2"]);
    run_on(
        &server,
        folder.path(),
        &["--out", "run", "--record", "calls.jsonl"],
    );
    drop(server);
    replay(folder.path(), "again");
    assert_same_files(
        &folder.path().join("run/dataset"),
        &folder.path().join("again/dataset"),
    );
}

#[test]
fn half_a_line_at_the_end_is_passed_over_and_recorded_anew() {
    let folder = project();
    let server = server();
    let record = |out: &str| {
        let arguments = ["--out", out, "--record", "calls.jsonl"];
        run_on(&server, folder.path(), &arguments);
    };
    record("first");
    let path = folder.path().join("calls.jsonl");
    let whole = fs::read_to_string(&path).expect("readable");
    fs::write(&path, &whole[..whole.len() - 40]).expect("writable");
    let said = run(
        folder.path(),
        [
            "run",
            "remote.ots",
            "--replay",
            "calls.jsonl",
            "--out",
            "cut",
        ],
    );
    assert_eq!(said.status, 5, "{}{}", said.out, said.err);
    record("second");
    let mended = fs::read_to_string(&path).expect("readable");
    assert_eq!(mended.lines().count(), whole.lines().count());
    drop(server);
    replay(folder.path(), "third");
    assert_same_files(
        &folder.path().join("first/dataset"),
        &folder.path().join("third/dataset"),
    );
}

#[test]
fn a_call_that_was_not_recorded_is_shown_beside_the_nearest_one() {
    let folder = project();
    let server = server();
    run_on(
        &server,
        folder.path(),
        &["--out", "first", "--record", "calls.jsonl"],
    );
    drop(server);
    let path = folder.path().join("remote.ots");
    let text = fs::read_to_string(&path).expect("readable");
    fs::write(&path, text.replace("to be tidied up", "to be emptied")).expect("writable");
    let said = run(
        folder.path(),
        [
            "run",
            "remote.ots",
            "--replay",
            "calls.jsonl",
            "--out",
            "second",
        ],
    );
    assert_eq!(said.status, 5, "{}{}", said.out, said.err);
    for words in [
        "calls.jsonl has no answer to a call of the model `sim`",
        "the nearest one is line ",
        "/generate/try/0",
        "`seed` is ",
        "to be emptied",
        "to be tidied up",
        "replay the plan that was recorded",
    ] {
        assert!(said.err.contains(words), "`{words}` is not in {}", said.err);
    }
}

#[test]
fn a_file_that_is_no_recording_is_neither_read_nor_written() {
    let folder = project();
    let path = folder.path().join("notes.jsonl");
    fs::write(&path, "{\"note\": 1}\n").expect("writable");
    for option in ["--record", "--replay"] {
        let output = autosafe(folder.path(), ["run", "remote.ots", option, "notes.jsonl"])
            .env("REMOTE_KEY", SECRET)
            .output()
            .expect("the program starts");
        let said = crate::support::Said::from(output);
        assert_eq!(said.status, 2, "{}", said.err);
        assert!(said.err.contains("autosafe.calls/1"), "{}", said.err);
    }
    let missing = run(
        folder.path(),
        ["run", "remote.ots", "--replay", "none.jsonl"],
    );
    assert_eq!(missing.status, 2, "{}", missing.err);
    assert!(missing.err.contains("none.jsonl"), "{}", missing.err);
    assert_eq!(
        fs::read_to_string(&path).expect("readable"),
        "{\"note\": 1}\n"
    );
}
