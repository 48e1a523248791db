//! Runs on bad days: whatever goes wrong on the wire or to the process, the dataset has the same
//! bytes in the end.

#![cfg(unix)]

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::interruption::{remote_source, start};
use crate::support::{SimServer, assert_same_files, autosafe, json_lines, run, succeed};

/// Every kind of fault that there is, a fifth of all answers together.
const A_FIFTH: [&str; 2] = ["--fault", "all=20%"];

#[test]
fn a_fifth_of_all_answers_faulty_in_every_way_changes_no_byte() {
    ends_like_a_good_day(&A_FIFTH, 0);
}

#[test]
fn twenty_kills_change_no_byte() {
    ends_like_a_good_day(&[], 20);
}

#[test]
fn faults_and_kills_together_change_no_byte() {
    ends_like_a_good_day(&A_FIFTH, 20);
}

fn ends_like_a_good_day(faults: &[&str], kills: usize) {
    let folder = tempfile::tempdir().expect("a folder");
    let good = SimServer::start(&["--latency", "5ms"]);
    let source = remote_source(folder.path(), &good);
    succeed(folder.path(), ["run", &source, "--out", "good"]);
    let arguments: Vec<&str> = ["--latency", "50ms"]
        .iter()
        .chain(faults)
        .copied()
        .collect();
    let bad = SimServer::start(&arguments);
    let source = remote_source(folder.path(), &bad);
    for kill in 0..kills {
        kill_a_life(folder.path(), &source, kill);
    }
    let last = succeed(folder.path(), ["run", &source, "--out", "bad"]);
    assert!(!last.out.contains("failed"), "{}", last.out);
    assert_same_files(
        &folder.path().join("good/dataset"),
        &folder.path().join("bad/dataset"),
    );
    if !faults.is_empty() {
        let events = json_lines(&folder.path().join("bad/events.jsonl"));
        let retried = events.iter().filter(|it| it["event"] == "call_retried");
        assert!(retried.count() >= 20, "the day was bad");
    }
}

/// Lets one process work for a moment, and kills it.
fn kill_a_life(folder: &Path, source: &str, lives: usize) {
    let mut child = start(folder, source, "bad");
    let began = Instant::now();
    let journal = folder.join("bad/journal.sqlite");
    let started = || fs::read_to_string(folder.join("bad/lock")).unwrap_or_default();
    while !(journal.exists() && started().contains(&child.id().to_string())) {
        assert!(
            began.elapsed() < Duration::from_secs(60),
            "it never started"
        );
        std::thread::sleep(Duration::from_millis(2));
    }
    // Now here, now there.
    std::thread::sleep(Duration::from_millis(40 + 17 * lives as u64 % 100));
    let ended = child.try_wait().expect("the process can be asked");
    assert!(ended.is_none(), "life {lives} ended by itself: {ended:?}");
    child.kill().expect("SIGKILL is sent");
    child.wait().expect("the process ends");
}

#[test]
fn a_wrong_key_is_found_out_at_the_price_of_a_handful_of_calls() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = SimServer::start_with_environment(
        &["--require-key", "SERVER_KEY"],
        &[("SERVER_KEY", "sk-right-1c2d3e4f")],
    );
    let source = remote_source(folder.path(), &server);
    let path = folder.path().join(&source);
    let text = fs::read_to_string(&path).expect("readable");
    let with_key = "name     = \"sim\"\n  api_key  = env(\"WRONG_KEY\")";
    fs::write(&path, text.replace("name     = \"sim\"", with_key)).expect("writable");
    let output = autosafe(folder.path(), ["run", &source, "--out", "run"])
        .env("WRONG_KEY", "sk-wrong-77aa88bb")
        .output()
        .expect("the program starts");
    assert_eq!(output.status.code(), Some(5));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        said.contains("the server refuses the key (401): the API key is missing or wrong"),
        "{said}"
    );
    let shown = String::from_utf8_lossy(&output.stdout);
    assert!(shown.contains("(0 tokens, $0.00)"), "{shown}");
    assert!(
        !shown.contains("records.jsonl"),
        "nothing to look at: {shown}"
    );
    let said = server.stop();
    let refused = said
        .split(" refused")
        .next()
        .and_then(|said| said.split(", ").nth(1));
    let refused: u32 = refused
        .and_then(|count| count.parse().ok())
        .expect("a count");
    assert!((1..=5).contains(&refused), "{said}");
}

#[test]
fn half_of_a_budget_is_spent_to_the_last_fiftieth_and_the_whole_finishes() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = SimServer::start(&["--latency", "5ms"]);
    let source = remote_source(folder.path(), &server);
    succeed(folder.path(), ["run", &source, "--out", "alone"]);
    let whole = tokens(folder.path(), "alone");
    let half = whole / 2;
    let budget = format!("tokens={half}");
    let halved = ["run", &source, "--out", "run", "--budget", &budget];
    let stopped = run(folder.path(), halved);
    assert_eq!(stopped.status, 4, "{}{}", stopped.out, stopped.err);
    let spent = tokens(folder.path(), "run");
    assert!(
        (half * 98 / 100..=half * 102 / 100).contains(&spent),
        "{spent} of {half}"
    );
    assert_eq!(run(folder.path(), halved).status, 4, "it is spent");
    let more = format!("tokens={}", whole * 2);
    succeed(
        folder.path(),
        ["run", &source, "--out", "run", "--budget", &more],
    );
    assert_eq!(
        tokens(folder.path(), "run"),
        whole,
        "nothing was paid for twice"
    );
    assert_same_files(
        &folder.path().join("alone/dataset"),
        &folder.path().join("run/dataset"),
    );
}

fn tokens(folder: &Path, out: &str) -> u64 {
    let status = succeed(folder, ["status", out, "--format", "json"]);
    let status: serde_json::Value = serde_json::from_str(&status.out).expect("it is JSON");
    status["tokens"].as_u64().expect("a number of tokens")
}

#[test]
fn a_second_interrupt_stops_at_once_and_loses_no_answered_call() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = SimServer::start(&["--latency", "40ms", "--fault", "timeout=30%"]);
    let source = remote_source(folder.path(), &server);
    let path = folder.path().join(&source);
    let patient = fs::read_to_string(&path)
        .expect("readable")
        .replace("2s", "600s");
    fs::write(&path, patient).expect("writable");
    let child = start(folder.path(), &source, "run");
    std::thread::sleep(Duration::from_millis(1500));
    let answered = signal(&child, "-INT");
    assert!(answered, "it still waits for calls that nobody answers");
    std::thread::sleep(Duration::from_millis(300));
    let began = Instant::now();
    assert!(signal(&child, "-INT"));
    let output = child.wait_with_output().expect("the process ends");
    assert_eq!(output.status.code(), Some(130));
    assert!(began.elapsed() < Duration::from_secs(20));
    drop(server);
    let server = SimServer::start(&["--latency", "5ms"]);
    let source = remote_source(folder.path(), &server);
    let before = tokens(folder.path(), "run");
    assert!(before > 0, "some calls were answered");
    succeed(folder.path(), ["run", &source, "--out", "run"]);
    succeed(folder.path(), ["run", &source, "--out", "alone"]);
    assert_eq!(tokens(folder.path(), "run"), tokens(folder.path(), "alone"));
}

/// Sends a signal, if the process is still there.
fn signal(child: &std::process::Child, signal: &str) -> bool {
    let status = std::process::Command::new("kill")
        .args([signal, &child.id().to_string()])
        .status()
        .expect("kill is there");
    status.success()
}
