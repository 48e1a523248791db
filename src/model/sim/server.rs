//! The simulated model behind HTTP, as an OpenAI-compatible server that can have a bad day.

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

use super::faults::{Fault, FaultPlan};
use super::simulated::Sim;
use super::wire::{read_request, write_answer};

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
        let given = headers
            .get(AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.strip_prefix("Bearer "));
        given == Some(key.as_str())
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
    if !server.admits(&headers) {
        return wrong_key();
    }
    let call = server.calls.fetch_add(1, Ordering::Relaxed);
    if !server.options.latency.is_zero() {
        server.wait(server.options.latency).await;
    }
    let fault = server.options.faults.draw(call);
    if let Some(Fault::Status(status)) = fault {
        return planned_failure(status);
    }
    if fault == Some(Fault::Timeout) {
        server.wait(Duration::from_secs(3600)).await;
        return planned_failure(504);
    }
    let request = match read_request(&body) {
        Ok(request) => request,
        Err(problem) => {
            return error(
                StatusCode::BAD_REQUEST,
                "invalid_request_error",
                None,
                &problem,
            );
        }
    };
    let answer = write_answer(&request.model, &Sim.reply(&request));
    match fault {
        Some(Fault::Truncate) => broken_off(&answer),
        Some(Fault::Malformed) => malformed(&answer),
        _ => json_response(StatusCode::OK, &answer),
    }
}

async fn models(State(server): State<Arc<Server>>, headers: HeaderMap) -> Response {
    if !server.admits(&headers) {
        return wrong_key();
    }
    let list = json!({
        "object": "list",
        "data": [{"id": "sim", "object": "model", "created": 0, "owned_by": "autosafe"}],
    });
    json_response(StatusCode::OK, &list)
}

async fn unknown_path(path: axum::http::Uri) -> Response {
    let message = format!(
        "nothing is served at `{}`; there are `/v1/chat/completions` and `/v1/models`",
        path.path()
    );
    error(
        StatusCode::NOT_FOUND,
        "invalid_request_error",
        None,
        &message,
    )
}

async fn wrong_method(method: axum::http::Method) -> Response {
    let message = format!("`{method}` is not served here");
    error(
        StatusCode::METHOD_NOT_ALLOWED,
        "invalid_request_error",
        None,
        &message,
    )
}

fn wrong_key() -> Response {
    error(
        StatusCode::UNAUTHORIZED,
        "invalid_request_error",
        Some("invalid_api_key"),
        "the API key is missing or wrong",
    )
}

fn planned_failure(status: u16) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let kind = match status.as_u16() {
        429 => "rate_limit_error",
        500.. => "server_error",
        _ => "invalid_request_error",
    };
    let mut response = error(status, kind, None, "a planned fault");
    if matches!(status.as_u16(), 429 | 503) {
        response
            .headers_mut()
            .insert(RETRY_AFTER, HeaderValue::from_static("1"));
    }
    response
}

fn error(status: StatusCode, kind: &str, code: Option<&str>, message: &str) -> Response {
    let body = json!({
        "error": {"message": message, "type": kind, "param": null, "code": code},
    });
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
fn broken_off(answer: &Json) -> Response {
    let whole = Bytes::from(answer.to_string());
    let half = whole.slice(..whole.len() / 2);
    let first = stream::iter([Ok(half)]);
    let end = stream::once(async {
        // The half has to be on its way before the connection ends.
        tokio::time::sleep(Duration::from_millis(20)).await;
        Err(io::Error::other("a planned fault"))
    });
    let body = Body::from_stream(first.chain(end));
    ([(CONTENT_TYPE, "application/json")], body).into_response()
}

/// A body that is whole and no JSON.
fn malformed(answer: &Json) -> Response {
    let text = answer.to_string().replacen(':', " =", 3);
    ([(CONTENT_TYPE, "application/json")], text).into_response()
}
