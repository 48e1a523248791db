//! How servers are reached: headers, proxies, certificates, streams, addresses.

use std::collections::BTreeMap;
use std::future::IntoFuture;
use std::sync::{Arc, Mutex};

use autosafe::check::{Key, ModelAccess, ModelIdentity, Provider, Setting};
use autosafe::model::sim::{ServerOptions, serve};
use autosafe::model::{Answer, AnswerFormat, Gateway, Message, Request, SetupError, Sim};
use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, Uri};
use serde_json::{Value as Json, json};
use tokio::net::TcpListener;

const SECRET: &str = "sk-access-90b3d1c4e7f25a68";

pub fn open(provider: Provider, access: ModelAccess) -> Result<Gateway, SetupError> {
    let identity = ModelIdentity {
        provider,
        name: "sim".to_owned(),
        temperature: None,
        top_p: None,
        max_tokens: None,
        body: BTreeMap::new(),
    };
    let models = BTreeMap::from([(Key("M".to_owned()), (identity, access))]);
    let environment = |name: &str| match name {
        "SECRET" => Some(SECRET.to_owned()),
        "CA" => Some(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/wire/ca.pem").to_owned()),
        "NO_CA" => Some(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml").to_owned()),
        "LOST_CA" => Some("/nowhere/ca.pem".to_owned()),
        _ => None,
    };
    Gateway::open(&models, &environment, None)
}

pub fn at(base_url: &str) -> ModelAccess {
    ModelAccess {
        base_url: Some(Setting::Text(base_url.to_owned())),
        ..ModelAccess::default()
    }
}

fn env(name: &str) -> Setting {
    Setting::Env {
        name: name.to_owned(),
        default: None,
    }
}

pub fn request(answer: AnswerFormat) -> Request {
    Request {
        model: "sim".to_owned(),
        messages: vec![Message::User {
            content: "Tell me about the harbour.".to_owned(),
        }],
        tools: Arc::new([]),
        answer,
        temperature: 0.5,
        top_p: None,
        max_tokens: Some(4000),
        seed: 0,
        body: serde_json::Map::new(),
    }
}

pub async fn call(gateway: &Gateway, request: &Request) -> Answer {
    let reply = gateway.call(&Key("M".to_owned()), request).await;
    reply.expect("it is answered").answer
}

/// What was asked of a server that answers every call with what was sent to it.
#[derive(Clone, Default)]
struct Seen(Arc<Mutex<Vec<(Uri, HeaderMap)>>>);

impl Seen {
    /// The address of such a server.
    async fn serve(&self) -> String {
        let seen = self.clone();
        let handler = move |uri: Uri, headers: HeaderMap, _: Bytes| {
            let said = headers.get("x-key").and_then(|value| value.to_str().ok());
            let content = format!("you sent {}", said.unwrap_or("nothing"));
            seen.0.lock().expect("no panic").push((uri, headers));
            // An answer of both dialects at once, with both ways to count tokens.
            let chat = json!({
                "choices": [{"message": {"content": content}}],
                "content": [],
                "usage": {
                    "prompt_tokens": 7, "completion_tokens": 3,
                    "input_tokens": 7, "output_tokens": 3,
                },
            });
            async move { axum::Json::<Json>(chat) }
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(axum::serve(listener, Router::new().fallback(handler)).into_future());
        format!("http://{address}")
    }

    fn last(&self) -> (Uri, HeaderMap) {
        let seen = self.0.lock().expect("no panic");
        seen.last().expect("a call came").clone()
    }
}

#[tokio::test]
async fn headers_go_along_and_secret_ones_never_come_back() {
    let seen = Seen::default();
    let access = ModelAccess {
        headers: BTreeMap::from([
            ("x-team".to_owned(), Setting::Text("safety".to_owned())),
            ("x-key".to_owned(), env("SECRET")),
        ]),
        ..at(&seen.serve().await)
    };
    let gateway = open(Provider::Openai, access).expect("it opens");
    let answer = call(&gateway, &request(AnswerFormat::Text)).await;
    assert_eq!(answer.content, "you sent [key]");
    let (_, headers) = seen.last();
    assert_eq!(
        (&headers["x-team"], &headers["x-key"]),
        (
            &"safety".parse().expect("a value"),
            &SECRET.parse().expect("a value")
        )
    );
}

#[tokio::test]
async fn a_declared_proxy_is_asked_for_everything() {
    let seen = Seen::default();
    let access = ModelAccess {
        proxy: Some(Setting::Text(seen.serve().await)),
        ..at("http://models.example/v1")
    };
    let gateway = open(Provider::Openai, access).expect("it opens");
    call(&gateway, &request(AnswerFormat::Text)).await;
    let (uri, _) = seen.last();
    assert_eq!(uri, "http://models.example/v1/chat/completions");
}

#[tokio::test]
async fn an_address_of_anthropics_dialect_has_its_version_once() {
    let seen = Seen::default();
    let base = seen.serve().await;
    for (tail, path) in [
        ("", "/v1/messages"),
        ("/v1", "/v1/messages"),
        ("/v1/", "/v1/messages"),
        ("/proxy?team=3", "/proxy/v1/messages?team=3"),
    ] {
        let gateway = open(Provider::Anthropic, at(&format!("{base}{tail}")));
        let gateway = gateway.expect("it opens");
        call(&gateway, &request(AnswerFormat::Text)).await;
        let (uri, _) = seen.last();
        assert_eq!(uri.path_and_query().map(|it| it.as_str()), Some(path));
    }
}

#[tokio::test]
async fn what_cannot_be_used_is_named_before_any_call() {
    let problem = |access: ModelAccess| {
        let opened = open(Provider::Openai, access).err();
        opened.expect("it should not open").to_string()
    };
    let with_ca = |name: &str| ModelAccess {
        ca: Some(env(name)),
        ..at("https://models.example/v1")
    };
    assert!(open(Provider::Openai, with_ca("CA")).is_ok());
    assert_eq!(
        problem(with_ca("NO_CA")),
        "the certificates of model `M` cannot be used: there is no `BEGIN CERTIFICATE` in them"
    );
    let lost = problem(with_ca("LOST_CA"));
    assert!(lost.contains("the file that `LOST_CA` names: "), "{lost}");
    assert!(!lost.contains("/nowhere"), "{lost}");
    let proxy = problem(ModelAccess {
        proxy: Some(Setting::Text("not an address".to_owned())),
        ..at("http://models.example/v1")
    });
    assert!(
        proxy.starts_with("the proxy `not an address` of model `M`"),
        "{proxy}"
    );
    let header = problem(ModelAccess {
        headers: BTreeMap::from([("x-key".to_owned(), env("UNSET"))]),
        ..at("http://models.example/v1")
    });
    assert_eq!(
        header,
        "model `M` takes its header `x-key` from the environment variable `UNSET`, which is not set"
    );
}

async fn sim() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let options = ServerOptions::default();
    tokio::spawn(serve(listener, options, std::future::pending()));
    format!("http://{address}/v1")
}

/// In either dialect, in one piece or streamed, the simulated model says what it says in process.
#[tokio::test]
async fn the_simulated_model_says_the_same_in_every_dialect() {
    let url = sim().await;
    let schema = json!({
        "type": "object",
        "properties": {"reflection": {"type": "string", "minLength": 1}},
        "required": ["reflection"],
        "additionalProperties": false,
    });
    let form = AnswerFormat::Json {
        name: "reflector".to_owned(),
        schema: schema.into(),
    };
    for answer in [AnswerFormat::Text, form] {
        let request = request(answer);
        let expected = Sim.reply(&request);
        for provider in [Provider::Openai, Provider::Anthropic] {
            for stream in [false, true] {
                let access = ModelAccess { stream, ..at(&url) };
                let gateway = open(provider, access).expect("it opens");
                let said = call(&gateway, &request).await;
                let about = format!("{provider:?}, stream = {stream}");
                assert_eq!(
                    as_json(&said.content),
                    as_json(&expected.content),
                    "{about}"
                );
                assert_eq!(said.usage, expected.usage, "{about}");
                assert!(said.simulated, "{about}");
            }
        }
    }
}

/// White space in JSON does not travel through a tool's input.
fn as_json(content: &str) -> Json {
    serde_json::from_str(content).unwrap_or_else(|_| json!(content))
}
