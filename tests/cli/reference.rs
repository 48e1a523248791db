//! The language reference's whole file: it checks, compiles and runs.

use std::fs;

use serde_json::Value as Json;

use crate::support::{SimServer, autosafe, repository, succeed};

/// The file, and the two that it uses.
fn project() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path();
    let whole =
        fs::read_to_string(repository().join("tests/syntax/whole.ots")).expect("it is there");
    fs::write(root.join("nightly.ots"), whole).expect("writable");
    let people =
        "ots 1\n\npersona Auditor {\n  describe = \"Asks for everything in writing.\"\n}\n";
    fs::write(root.join("people.ots"), people).expect("writable");
    fs::create_dir(root.join("tools")).expect("writable");
    let tools = r#"{ "tools": [{
        "name": "send-mail",
        "description": "Send a mail to a customer.",
        "inputSchema": { "type": "object", "properties": { "to": { "type": "string" } }, "required": ["to"] }
    }] }"#;
    fs::write(root.join("tools/crm.mcp.json"), tools).expect("writable");
    folder
}

#[test]
fn the_whole_file_checks_compiles_and_runs_over_http() {
    let folder = project();
    let root = folder.path();
    let said = succeed(root, ["check", "nightly.ots", "--deny", "warnings"]);
    assert!(!said.err.contains("error"), "{}", said.err);
    succeed(root, ["compile", "nightly.ots", "-o", "plan.json"]);
    let plan = fs::read_to_string(root.join("plan.json")).expect("the plan is there");
    let plan: Json = serde_json::from_str(&plan).expect("a plan is JSON");
    assert_eq!(plan["work"]["campaign"], "Nightly");

    let server = SimServer::start(&[]);
    let output = autosafe(root, ["run", "nightly.ots", "--limit", "3", "--out", "run"])
        .env("WRITER_URL", &server.base_url)
        .env("WRITER_KEY", "not a real key")
        .output()
        .expect("the program starts");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(
        said.contains("Nightly: finished\n  items     3 of "),
        "{said}"
    );
    let records = fs::read_to_string(root.join("run/dataset/records.jsonl")).expect("records");
    assert!(records.lines().count() >= 3, "{said}");
}
