//! Log lines that `RUST_LOG` asks for, and traces.

#![cfg(unix)]

use std::fs;

use crate::interruption::remote_source;
use crate::support::{Said, SimServer, autosafe, repository};

const SECRET: &str = "sk-log-6a91fe0c55d2";

#[test]
fn log_lines_go_to_standard_error_and_hold_no_key() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = SimServer::start_with_environment(
        &["--require-key", "SERVER_KEY", "--fault", "500=20%"],
        &[("SERVER_KEY", SECRET)],
    );
    let source = remote_source(folder.path(), &server);
    let path = folder.path().join(&source);
    let text = fs::read_to_string(&path).expect("readable");
    let with_key = "name     = \"sim\"\n  api_key  = env(\"REMOTE_KEY\")";
    fs::write(&path, text.replace("name     = \"sim\"", with_key)).expect("writable");
    let output = autosafe(
        folder.path(),
        ["run", &source, "--out", "run", "--limit", "3"],
    )
    .env("REMOTE_KEY", SECRET)
    .env("RUST_LOG", "trace")
    .output()
    .expect("the program starts");
    let said = Said::from(output);
    assert_eq!(said.status, 0, "{}", said.err);
    assert!(said.err.contains("trying again"), "{}", said.err);
    assert!(said.err.contains("answered"), "{}", said.err);
    assert!(
        said.err.contains("gen_ai.request.model=\"sim\""),
        "{}",
        said.err
    );
    assert!(!said.err.contains(SECRET) && !said.out.contains(SECRET));
    assert!(said.out.starts_with("Killed: finished"), "{}", said.out);
}

#[test]
fn a_filter_that_cannot_be_read_is_told() {
    let output = autosafe(repository(), ["explain", "syntax"])
        .env("RUST_LOG", "autosafe=loud")
        .output()
        .expect("the program starts");
    let said = Said::from(output);
    assert_eq!(said.status, 2);
    assert!(said.err.contains("RUST_LOG=autosafe=loud"), "{}", said.err);
}
