//! Servers' real wire shapes, written by hand from the references of their APIs, one exchange a
//! file: what the program must send, what comes back, and what it makes of that.

mod access;
mod connections;
mod tls;

use std::collections::BTreeMap;
use std::fs;
use std::future::IntoFuture;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use autosafe::check::{Key, ModelAccess, ModelIdentity, Provider, Setting};
use autosafe::model::{
    AnswerFormat, CallFailure, Gateway, Message, Reply, Request, Retries, ToolCallText, ToolSpec,
};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};
use tokio::net::TcpListener;

const SECRET: &str = "sk-wire-4f1d9a77c02be613";

/// One fixture.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fixture {
    /// Which server speaks so, and where that is written.
    server: String,
    provider: Provider,
    /// `text`, `json`, `tools` or `history`.
    asked: String,
    #[serde(default)]
    stream: bool,
    #[serde(default)]
    body: Map<String, Json>,
    #[serde(default)]
    max_tokens: Option<u32>,
    /// In their order; the last one is repeated.
    exchanges: Vec<Exchange>,
    /// How often the whole call is made; the outcome is that of the last time.
    #[serde(default = "once")]
    times: usize,
    /// Requests that the server has seen in the end.
    #[serde(default)]
    requests: Option<usize>,
    outcome: Outcome,
    /// What is said once about the model.
    #[serde(default)]
    notices: Vec<String>,
}

fn once() -> usize {
    1
}

#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields)]
struct Exchange {
    /// The path that must be asked.
    #[serde(default)]
    path: Option<String>,
    /// Must be in the request's body.
    #[serde(default)]
    holds: Json,
    /// Must not be in it.
    #[serde(default)]
    lacks: Vec<String>,
    /// Headers that must come with it.
    #[serde(default)]
    sent: BTreeMap<String, String>,
    #[serde(default = "good")]
    status: u16,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    /// The body; a text stands for itself, lines for themselves with line ends.
    answer: Json,
}

fn good() -> u16 {
    200
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
enum Outcome {
    /// Must be in the answer.
    Answer(Json),
    /// The variant of the error, and words in its message.
    Error {
        kind: String,
        says: String,
        tries: u32,
        stops: bool,
    },
}

#[tokio::test]
async fn every_server_is_spoken_to_and_understood() {
    let fixtures = fixtures();
    assert!(
        fixtures.len() >= 25,
        "only {} fixtures found",
        fixtures.len()
    );
    for path in fixtures {
        let text = fs::read_to_string(&path).expect("readable");
        let name = path
            .file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        let fixture: Fixture =
            serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        play(&name, &fixture).await;
    }
}

async fn play(name: &str, fixture: &Fixture) {
    let server = Server::start(&fixture.exchanges).await;
    let gateway = gateway(fixture, &server.url);
    let key = Key("M".to_owned());
    let request = request(fixture);
    let mut outcome = None;
    for _ in 0..fixture.times {
        outcome = Some(gateway.call(&key, &request).await);
    }
    let outcome = outcome.expect("it was called");
    let problems = server.problems.lock().expect("no panic").join("\n");
    let about = format!("{name} ({})", fixture.server);
    assert!(problems.is_empty(), "{about}: {problems}");
    compare(&about, &outcome, &fixture.outcome);
    if let Some(requests) = fixture.requests {
        assert_eq!(server.seen.load(Ordering::SeqCst), requests, "{about}");
    }
    // What is said of busy servers is tested with the limits.
    let mut notices = gateway.take_notices();
    notices.retain(|notice| notice.contains(" takes no "));
    assert_eq!(notices, fixture.notices, "{about}");
    assert_eq!(gateway.take_notices(), [""; 0], "{about}: told twice");
}

fn compare(about: &str, outcome: &Result<Reply, CallFailure>, expected: &Outcome) {
    match (outcome, expected) {
        (Ok(reply), Outcome::Answer(expected)) => {
            let answer = serde_json::to_value(&reply.answer).expect("an answer is JSON");
            assert!(
                !answer.to_string().contains(SECRET),
                "{about}: the key is in the answer"
            );
            let missing = missing_from("", expected, &answer);
            assert!(
                missing.is_empty(),
                "{about}: {}\n{answer:#}",
                missing.join("\n")
            );
        }
        (
            Err(failure),
            Outcome::Error {
                kind,
                says,
                tries,
                stops,
            },
        ) => {
            let message = failure.to_string();
            assert!(
                !message.contains(SECRET),
                "{about}: the key is in `{message}`"
            );
            assert!(message.contains(says.as_str()), "{about}: {message}");
            let variant = format!("{:?}", failure.error);
            assert!(variant.starts_with(kind.as_str()), "{about}: {variant}");
            assert_eq!(failure.tries, *tries, "{about}: {message}");
            assert_eq!(failure.error.stops_the_run(), *stops, "{about}: {message}");
        }
        (Ok(reply), Outcome::Error { .. }) => panic!("{about}: {:?}", reply.answer),
        (Err(failure), Outcome::Answer(_)) => panic!("{about}: {failure}"),
    }
}

/// What of `expected` is not in `value`: an object holds at least these fields, all else is equal.
fn missing_from(place: &str, expected: &Json, value: &Json) -> Vec<String> {
    match (expected, value) {
        (Json::Null, _) if place.is_empty() => Vec::new(),
        (Json::Object(expected), Json::Object(value)) => expected
            .iter()
            .flat_map(|(name, expected)| {
                let place = format!("{place}/{name}");
                missing_from(&place, expected, value.get(name).unwrap_or(&Json::Null))
            })
            .collect(),
        (Json::Array(expected), Json::Array(value)) if expected.len() == value.len() => {
            let pairs = expected.iter().zip(value).enumerate();
            pairs
                .flat_map(|(index, (expected, value))| {
                    missing_from(&format!("{place}/{index}"), expected, value)
                })
                .collect()
        }
        _ if expected == value => Vec::new(),
        _ => vec![format!("`{place}` should be {expected}, and is {value}")],
    }
}

// ---- the server

struct Server {
    url: String,
    seen: Arc<AtomicUsize>,
    problems: Arc<Mutex<Vec<String>>>,
}

#[derive(Clone)]
struct Play {
    exchanges: Vec<Exchange>,
    seen: Arc<AtomicUsize>,
    problems: Arc<Mutex<Vec<String>>>,
}

impl Server {
    async fn start(exchanges: &[Exchange]) -> Self {
        let play = Play {
            exchanges: exchanges.to_vec(),
            seen: Arc::default(),
            problems: Arc::default(),
        };
        let router = Router::new().fallback(exchange).with_state(play.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(axum::serve(listener, router).into_future());
        Self {
            url: format!("http://{address}/v1"),
            seen: play.seen,
            problems: play.problems,
        }
    }
}

async fn exchange(State(play): State<Play>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let number = play.seen.fetch_add(1, Ordering::SeqCst);
    let exchange = &play.exchanges[number.min(play.exchanges.len() - 1)];
    let mut problems = problems_of(exchange, &uri, &headers, &body);
    for problem in &mut problems {
        *problem = format!("exchange {number}: {problem}");
    }
    play.problems.lock().expect("no panic").extend(problems);
    respond(exchange)
}

fn problems_of(exchange: &Exchange, uri: &Uri, headers: &HeaderMap, body: &[u8]) -> Vec<String> {
    let body: Json = serde_json::from_slice(body).expect("requests are JSON");
    let mut problems = missing_from("", &exchange.holds, &body);
    let lacks = exchange
        .lacks
        .iter()
        .filter(|name| body.get(name).is_some());
    problems.extend(lacks.map(|name| format!("`{name}` should not be there: {body}")));
    if let Some(path) = &exchange.path
        && uri.path() != path
    {
        problems.push(format!("{} was asked", uri.path()));
    }
    for (name, value) in &exchange.sent {
        let sent = headers.get(name).and_then(|value| value.to_str().ok());
        let value = value.replace("$KEY", SECRET);
        if sent != Some(value.as_str()) {
            problems.push(format!("the header `{name}` is {sent:?}"));
        }
    }
    problems
}

fn respond(exchange: &Exchange) -> Response {
    let (kind, text) = match &exchange.answer {
        Json::String(text) => ("text/plain", text.replace("$KEY", SECRET)),
        Json::Array(lines) => {
            let lines = lines.iter().filter_map(Json::as_str);
            let text = lines.map(|line| format!("{line}\n")).collect::<String>();
            ("text/event-stream", text)
        }
        body => ("application/json", body.to_string().replace("$KEY", SECRET)),
    };
    let status = StatusCode::from_u16(exchange.status).expect("a status");
    let mut response = (status, [("content-type", kind)], text).into_response();
    for (name, value) in &exchange.headers {
        response.headers_mut().insert(
            HeaderName::from_bytes(name.as_bytes()).expect("a header"),
            HeaderValue::from_str(value).expect("a value"),
        );
    }
    response
}

// ---- the client

fn gateway(fixture: &Fixture, url: &str) -> Gateway {
    let identity = ModelIdentity {
        provider: fixture.provider,
        name: "m-1".to_owned(),
        temperature: None,
        top_p: None,
        max_tokens: None,
        body: BTreeMap::new(),
    };
    let access = ModelAccess {
        base_url: Some(Setting::Text(url.to_owned())),
        api_key: Some("KEY".to_owned()),
        stream: fixture.stream,
        ..ModelAccess::default()
    };
    let models = BTreeMap::from([(Key("M".to_owned()), (identity, access))]);
    let environment = |name: &str| (name == "KEY").then(|| SECRET.to_owned());
    let gateway = Gateway::open(&models, &environment, None).expect("the gateway opens");
    gateway.with_retries(Retries {
        most: 4,
        first_wait: Duration::from_millis(1),
        longest_wait: Duration::from_millis(2),
        ..Retries::default()
    })
}

fn request(fixture: &Fixture) -> Request {
    let mut request = Request {
        model: "m-1".to_owned(),
        messages: vec![
            Message::System {
                content: "You are an agent.".to_owned(),
            },
            Message::User {
                content: "Find the thread.".to_owned(),
            },
        ],
        tools: Arc::new([]),
        answer: AnswerFormat::Text,
        temperature: 0.5,
        top_p: None,
        max_tokens: fixture.max_tokens,
        seed: 7,
        body: fixture.body.clone(),
    };
    match fixture.asked.as_str() {
        "text" => {}
        "json" => request.answer = verdict(),
        "tools" => request.tools = Arc::new([tool()]),
        "history" => {
            request.tools = Arc::new([tool()]);
            request.messages.extend(history());
        }
        other => panic!("nothing is asked by `{other}`"),
    }
    request
}

fn verdict() -> AnswerFormat {
    AnswerFormat::Json {
        name: "verdict".to_owned(),
        schema: json!({
            "type": "object",
            "properties": {"label": {"type": "integer"}},
            "required": ["label"],
            "additionalProperties": false,
        })
        .into(),
    }
}

fn tool() -> ToolSpec {
    ToolSpec {
        name: "search_mail".to_owned(),
        description: "Search the mailbox.".to_owned(),
        parameters: json!({"type": "object", "properties": {"query": {"type": "string"}}}).into(),
    }
}

/// A call with what came of it, an empty turn, and an answer that could not be used.
fn history() -> Vec<Message> {
    vec![
        Message::Assistant {
            content: "I look first. ".to_owned(),
            tool_calls: vec![ToolCallText {
                id: "call_0".to_owned(),
                name: "search_mail".to_owned(),
                arguments: r#"{"query":"thread"}"#.to_owned(),
            }],
        },
        Message::Tool {
            call_id: "call_0".to_owned(),
            name: "search_mail".to_owned(),
            content: "[]".to_owned(),
        },
        Message::Assistant {
            content: String::new(),
            tool_calls: Vec::new(),
        },
        Message::User {
            content: "Your answer is empty.".to_owned(),
        },
    ]
}

fn fixtures() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/wire/fixtures");
    let entries = fs::read_dir(folder).expect("the fixtures are there");
    let mut paths: Vec<_> = entries
        .map(|entry| entry.expect("readable").path())
        .collect();
    paths.sort();
    paths
}
