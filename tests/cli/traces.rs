//! What a collector of OpenTelemetry is sent, by the conventions for generative AI.

#![cfg(all(unix, feature = "otel"))]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};

use serde_json::{Value as Json, json};

use crate::interruption::remote_source;
use crate::support::{Said, SimServer, autosafe};

/// A collector that keeps what it is sent, as JSON.
struct Collector {
    address: String,
    spans: Arc<Mutex<Vec<Json>>>,
}

impl Collector {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = format!("http://{}", listener.local_addr().expect("it listens"));
        let spans = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&spans);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let kept = Arc::clone(&kept);
                std::thread::spawn(move || take_in(stream, &kept));
            }
        });
        Self { address, spans }
    }

    fn spans(&self) -> Vec<Json> {
        self.spans.lock().expect("no panic").clone()
    }
}

/// Reads requests from one connection until it is closed.
fn take_in(stream: TcpStream, kept: &Mutex<Vec<Json>>) {
    let mut reader = BufReader::new(stream);
    while let Some(body) = next_body(&mut reader) {
        let sent: Json = serde_json::from_slice(&body).expect("traces are JSON");
        for of_resource in sent["resourceSpans"].as_array().into_iter().flatten() {
            for of_scope in of_resource["scopeSpans"].as_array().into_iter().flatten() {
                let spans = of_scope["spans"].as_array().into_iter().flatten().cloned();
                kept.lock().expect("no panic").extend(spans);
            }
        }
        let answer =
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}";
        if reader.get_mut().write_all(answer.as_bytes()).is_err() {
            return;
        }
    }
}

fn next_body(reader: &mut BufReader<TcpStream>) -> Option<Vec<u8>> {
    let mut length = 0;
    let mut line = String::new();
    loop {
        line.clear();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let head = line.trim().to_ascii_lowercase();
        if let Some(value) = head.strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
        if head.is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(body)
}

fn traced(folder: &Path, source: &str, collector: &Collector, more: &[(&str, &str)]) -> Said {
    let output = autosafe(folder, ["run", source, "--out", "run", "--limit", "3"])
        .env("OTEL_EXPORTER_OTLP_ENDPOINT", &collector.address)
        .env("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json")
        .envs(more.iter().copied())
        .output()
        .expect("the program starts");
    Said::from(output)
}

fn attribute(span: &Json, name: &str) -> Json {
    let attributes = span["attributes"].as_array().into_iter().flatten();
    let mut found = attributes.filter(|attribute| attribute["key"] == name);
    found.next().map_or(Json::Null, |it| it["value"].clone())
}

fn named<'s>(spans: &'s [Json], name: &str) -> Vec<&'s Json> {
    spans.iter().filter(|span| span["name"] == name).collect()
}

#[test]
fn calls_are_spans_below_their_steps_and_items_with_what_they_took() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = SimServer::start(&[]);
    let source = remote_source(folder.path(), &server);
    let collector = Collector::start();
    let said = traced(folder.path(), &source, &collector, &[]);
    assert_eq!(said.status, 0, "{}", said.err);
    let spans = collector.spans();
    assert_eq!(named(&spans, "item").len(), 3);
    let calls = named(&spans, "chat sim");
    let summary = std::fs::read_to_string(folder.path().join("run/summary.json"));
    let summary: Json = serde_json::from_str(&summary.expect("it is there")).expect("it is JSON");
    assert_eq!(summary["calls"].as_u64(), Some(calls.len() as u64));
    let port: u64 = server
        .base_url
        .rsplit(':')
        .next()
        .and_then(|rest| rest.split('/').next()?.parse().ok())
        .expect("an address has a port");
    for call in &calls {
        for (name, value) in [
            ("gen_ai.operation.name", json!({ "stringValue": "chat" })),
            ("gen_ai.provider.name", json!({ "stringValue": "openai" })),
            ("gen_ai.request.model", json!({ "stringValue": "sim" })),
            ("gen_ai.response.model", json!({ "stringValue": "sim" })),
            ("server.address", json!({ "stringValue": "127.0.0.1" })),
        ] {
            assert_eq!(attribute(call, name), value, "{name} of {call}");
        }
        let number = |name: &str| -> u64 {
            let value = attribute(call, name)["intValue"].clone();
            let text = value.as_str().map(str::to_owned);
            let text = text.unwrap_or_else(|| value.to_string());
            text.parse().expect("a number")
        };
        assert!(number("gen_ai.usage.input_tokens") > 0);
        assert!(number("gen_ai.usage.output_tokens") > 0);
        assert_eq!(number("server.port"), port);
        let reasons = attribute(call, "gen_ai.response.finish_reasons");
        assert!(
            reasons["arrayValue"]["values"][0]["stringValue"].is_string(),
            "{reasons}"
        );
        assert_eq!(
            attribute(call, "gen_ai.input.messages"),
            Json::Null,
            "not asked for"
        );
        assert_eq!(call["kind"], 3, "a client's span");
    }
    // A call of a rollout leads up to its item.
    let parent = |span: &Json| spans.iter().find(|it| it["spanId"] == span["parentSpanId"]);
    let mut way = Vec::new();
    let mut at = parent(named(&spans, "rollout")[0]);
    while let Some(span) = at {
        way.push(span["name"].as_str().unwrap_or_default());
        at = parent(span);
    }
    assert!(
        way == ["trajectory", "item"] || way == ["trajectory", "twin", "item"],
        "{way:?}"
    );
    let rollouts: Vec<&Json> = named(&spans, "rollout")
        .iter()
        .map(|it| &it["spanId"])
        .collect();
    assert!(
        calls
            .iter()
            .any(|call| rollouts.contains(&&call["parentSpanId"]))
    );
}

#[test]
fn failures_are_marked_and_words_come_only_when_they_are_asked_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = SimServer::start(&[]);
    let source = remote_source(folder.path(), &server);
    let collector = Collector::start();
    let wanted = [("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT", "true")];
    let said = traced(folder.path(), &source, &collector, &wanted);
    assert_eq!(said.status, 0, "{}", said.err);
    let spans = collector.spans();
    for call in named(&spans, "chat sim") {
        let asked = attribute(call, "gen_ai.input.messages");
        let asked = asked["stringValue"].as_str().expect("a text");
        let asked: Json = serde_json::from_str(asked).expect("it is JSON");
        assert!(asked[0]["parts"][0]["content"].is_string(), "{asked}");
        assert!(attribute(call, "gen_ai.output.messages")["stringValue"].is_string());
    }
    // A server that is gone.
    drop(server);
    let said = traced(folder.path(), &source, &collector, &[]);
    assert_eq!(said.status, 0, "all is in the journal: {}", said.err);
    let text = std::fs::read_to_string(folder.path().join(&source)).expect("readable");
    let other = text.replace("seed      = 7", "seed      = 8");
    std::fs::write(folder.path().join("other.ots"), other).expect("writable");
    let output = autosafe(folder.path(), ["run", "other.ots", "--out", "other"])
        .env("OTEL_EXPORTER_OTLP_ENDPOINT", &collector.address)
        .env("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json")
        .output()
        .expect("the program starts");
    assert_eq!(Said::from(output).status, 5);
    let spans = collector.spans();
    let failed = spans
        .iter()
        .find(|span| !attribute(span, "error.type").is_null());
    let failed = failed.expect("a call failed");
    assert_eq!(
        attribute(failed, "error.type"),
        json!({ "stringValue": "unreachable" })
    );
    assert_eq!(failed["status"]["code"], 2, "{failed}");
}

#[test]
fn a_collector_that_is_gone_is_told_once_and_hurts_no_run() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = SimServer::start(&[]);
    let source = remote_source(folder.path(), &server);
    let gone = Collector {
        address: "http://127.0.0.1:9".to_owned(),
        spans: Arc::default(),
    };
    let said = traced(folder.path(), &source, &gone, &[]);
    assert_eq!(said.status, 0, "{}", said.err);
    let told = said.err.matches("not all traces could be sent (").count();
    assert_eq!(told, 1, "{}", said.err);
}
