//! The simulated model behind HTTP, in the dialects of OpenAI and Anthropic, that can have a bad day.

use std::future::Future;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, State};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use futures_util::stream::{self, StreamExt};
use serde_json::{Value as Json, json};
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::dialect::Dialect;
use super::faults::{Fault, FaultPlan};
use super::simulated::Sim;

/// Bodies beyond this are refused.
const LONGEST_BODY: usize = 64 << 20;

/// How the server behaves.
#[derive(Debug, Clone, Default)]
pub struct ServerOptions {
    /// Waited before each answer.
    pub latency: Duration,
    pub faults: FaultPlan,
    /// The key that calls must carry.
    pub require_key: Option<String>,
}

/// Serves until `shutdown` comes, then ends what is being answered.
pub async fn serve(
    listener: TcpListener,
    options: ServerOptions,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let (stop, stopping) = watch::channel(false);
    let server = Arc::new(Server {
        options,
        calls: AtomicU64::new(0),
        stopping,
    });
    let router = Router::new()
        .route("/v1/chat/completions", post(complete))
        .route("/v1/messages", post(message))
        .route("/v1/models", get(models))
        .fallback(unknown_path)
        .method_not_allowed_fallback(wrong_method)
        .layer(DefaultBodyLimit::max(LONGEST_BODY))
        .with_state(server);
    axum::serve(listener, router)
        .with_graceful_shutdown(async move {
            shutdown.await;
            stop.send_replace(true);
        })
        .await
}

struct Server {
    options: ServerOptions,
    calls: AtomicU64,
    stopping: watch::Receiver<bool>,
}

impl Server {
    fn admits(&self, headers: &HeaderMap) -> bool {
        let Some(key) = &self.options.require_key else {
            return true;
        };
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let bearer = text(AUTHORIZATION.as_str()).and_then(|value| value.strip_prefix("Bearer "));
        bearer.or_else(|| text("x-api-key")) == Some(key.as_str())
    }

    /// Waits as long as nobody stops the server, and at most `time`.
    async fn wait(&self, time: Duration) {
        let mut stopping = self.stopping.clone();
        let stopped = stopping.wait_for(|is_stopping| *is_stopping);
        // Both ends of the wait are good: the time is over, or the server stops.
        let _ = tokio::time::timeout(time, stopped).await;
    }
}

async fn complete(State(server): State<Arc<Server>>, headers: HeaderMap, body: Bytes) -> Response {
    answer(&server, Dialect::Openai, &headers, &body).await
}

async fn message(State(server): State<Arc<Server>>, headers: HeaderMap, body: Bytes) -> Response {
    answer(&server, Dialect::Anthropic, &headers, &body).await
}

async fn answer(server: &Server, dialect: Dialect, headers: &HeaderMap, body: &[u8]) -> Response {
    if !server.admits(headers) {
        return wrong_key(dialect);
    }
    let call = server.calls.fetch_add(1, Ordering::Relaxed);
    if !server.options.latency.is_zero() {
        server.wait(server.options.latency).await;
    }
    let fault = server.options.faults.draw(call);
    if let Some(Fault::Status(status)) = fault {
        return planned_failure(dialect, status);
    }
    if fault == Some(Fault::Timeout) {
        server.wait(Duration::from_secs(3600)).await;
        return planned_failure(dialect, 504);
    }
    let asked = match dialect.read_request(body) {
        Ok(asked) => asked,
        Err(problem) => return error(dialect, StatusCode::BAD_REQUEST, None, &problem),
    };
    let answer = dialect.write_answer(&asked, &Sim.reply(&asked.request));
    let good = match asked.streams {
        false => Good {
            kind: "application/json",
            body: answer.to_string(),
        },
        true => Good {
            kind: "text/event-stream",
            body: dialect.write_stream(&answer),
        },
    };
    match fault {
        Some(Fault::Truncate) => broken_off(good),
        Some(Fault::Malformed) => malformed(&good),
        _ => good.into_response(),
    }
}

/// A good answer, as it would go out on a good day.
struct Good {
    kind: &'static str,
    body: String,
}

impl IntoResponse for Good {
    fn into_response(self) -> Response {
        ([(CONTENT_TYPE, self.kind)], self.body).into_response()
    }
}

async fn models(State(server): State<Arc<Server>>, headers: HeaderMap) -> Response {
    if !server.admits(&headers) {
        return wrong_key(Dialect::Openai);
    }
    let list = json!({
        "object": "list",
        "data": [{"id": "sim", "object": "model", "created": 0, "owned_by": "autosafe"}],
    });
    json_response(StatusCode::OK, &list)
}

async fn unknown_path(path: axum::http::Uri) -> Response {
    let message = format!(
        "nothing is served at `{}`; there are `/v1/chat/completions`, `/v1/messages` and `/v1/models`",
        path.path()
    );
    error(Dialect::Openai, StatusCode::NOT_FOUND, None, &message)
}

async fn wrong_method(method: axum::http::Method) -> Response {
    let message = format!("`{method}` is not served here");
    error(
        Dialect::Openai,
        StatusCode::METHOD_NOT_ALLOWED,
        None,
        &message,
    )
}

fn wrong_key(dialect: Dialect) -> Response {
    error(
        dialect,
        StatusCode::UNAUTHORIZED,
        Some("invalid_api_key"),
        "the API key is missing or wrong",
    )
}

fn planned_failure(dialect: Dialect, status: u16) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = error(dialect, status, None, "a planned fault");
    if matches!(status.as_u16(), 429 | 503) {
        response
            .headers_mut()
            .insert(RETRY_AFTER, HeaderValue::from_static("1"));
    }
    response
}

fn error(dialect: Dialect, status: StatusCode, code: Option<&str>, message: &str) -> Response {
    let body = dialect.write_error(status.as_u16(), code, message);
    json_response(status, &body)
}

fn json_response(status: StatusCode, body: &Json) -> Response {
    (
        status,
        [(CONTENT_TYPE, "application/json")],
        body.to_string(),
    )
        .into_response()
}

/// Half of the body, and then the connection ends.
fn broken_off(good: Good) -> Response {
    let whole = Bytes::from(good.body);
    let half = whole.slice(..whole.len() / 2);
    let first = stream::iter([Ok(half)]);
    let end = stream::once(async {
        // The half has to be on its way before the connection ends.
        tokio::time::sleep(Duration::from_millis(20)).await;
        Err(io::Error::other("a planned fault"))
    });
    let body = Body::from_stream(first.chain(end));
    ([(CONTENT_TYPE, good.kind)], body).into_response()
}

/// A body that is whole and no JSON.
fn malformed(good: &Good) -> Response {
    let text = good.body.replacen(':', " =", 3);
    ([(CONTENT_TYPE, good.kind)], text).into_response()
}
