//! The simulated model behind HTTP, in the dialects of OpenAI and Anthropic, that can have a bad day.

use std::future::Future;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{ConnectInfo, DefaultBodyLimit, State};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::{Value as Json, json};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::time::Instant;

use super::admission::Admission;
use super::bad_day::{Good, SILENCE, huge, web_page};
use super::dialect::Dialect;
use super::faults::{Fault, FaultPlan};
use super::resettable::{ResetSwitch, ResettableListener};
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
    /// Calls a second that are taken; the others are refused.
    pub admit: Option<f64>,
    /// How long whoever is refused or not served for now is asked to wait.
    pub retry_after: Option<Duration>,
}

/// What a server did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ServerTally {
    /// Calls that got their answer.
    pub answered: u64,
    /// Calls with a wrong key, or more of them than are taken.
    pub refused: u64,
    /// Calls that met a planned fault.
    pub faulty: u64,
}

/// Serves until `shutdown` comes, then ends what is being answered, and tells what was done.
pub async fn serve(
    listener: TcpListener,
    options: ServerOptions,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<ServerTally> {
    let (stop, stopping) = watch::channel(false);
    let server = Arc::new(Server {
        admission: options.admit.map(Admission::per_second),
        options,
        calls: AtomicU64::new(0),
        refused: AtomicU64::new(0),
        faulty: AtomicU64::new(0),
        stopping,
    });
    let counts = Arc::clone(&server);
    let router = Router::new()
        .route("/v1/chat/completions", post(complete))
        .route("/v1/messages", post(message))
        .route("/v1/models", get(models))
        .fallback(unknown_path)
        .method_not_allowed_fallback(wrong_method)
        .layer(DefaultBodyLimit::max(LONGEST_BODY))
        .with_state(server)
        .into_make_service_with_connect_info::<ResetSwitch>();
    axum::serve(ResettableListener(listener), router)
        .with_graceful_shutdown(async move {
            shutdown.await;
            stop.send_replace(true);
        })
        .await?;
    Ok(counts.tally())
}

struct Server {
    options: ServerOptions,
    admission: Option<Admission>,
    /// Calls that were taken.
    calls: AtomicU64,
    refused: AtomicU64,
    faulty: AtomicU64,
    stopping: watch::Receiver<bool>,
}

impl Server {
    fn tally(&self) -> ServerTally {
        let count = |count: &AtomicU64| count.load(Ordering::Relaxed);
        let faulty = count(&self.faulty);
        ServerTally {
            answered: count(&self.calls) - faulty,
            refused: count(&self.refused),
            faulty,
        }
    }

    fn takes_another(&self) -> bool {
        let admission = self.admission.as_ref();
        admission.is_none_or(|admission| admission.takes(Instant::now()))
    }

    fn knows_key(&self, headers: &HeaderMap) -> bool {
        let Some(key) = &self.options.require_key else {
            return true;
        };
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let bearer = text(AUTHORIZATION.as_str()).and_then(|value| value.strip_prefix("Bearer "));
        bearer.or_else(|| text("x-api-key")) == Some(key.as_str())
    }

    /// No answer; a busy server says when to come again, if it was told to.
    fn refusal(&self, dialect: Dialect, status: u16, why: &str) -> Response {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = error(dialect, status, None, why);
        if matches!(status.as_u16(), 429 | 503 | 529)
            && let Some(wait) = self.options.retry_after
        {
            let seconds = HeaderValue::from(wait.as_secs_f64().ceil() as u64);
            response.headers_mut().insert(RETRY_AFTER, seconds);
        }
        response
    }

    /// Waits as long as nobody stops the server, and at most `time`.
    async fn wait(&self, time: Duration) {
        let mut stopping = self.stopping.clone();
        let stopped = stopping.wait_for(|is_stopping| *is_stopping);
        // Both ends of the wait are good: the time is over, or the server stops.
        let _ = tokio::time::timeout(time, stopped).await;
    }
}

async fn complete(
    State(server): State<Arc<Server>>,
    ConnectInfo(reset): ConnectInfo<ResetSwitch>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    answer(&server, Dialect::Openai, &headers, &body, reset).await
}

async fn message(
    State(server): State<Arc<Server>>,
    ConnectInfo(reset): ConnectInfo<ResetSwitch>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    answer(&server, Dialect::Anthropic, &headers, &body, reset).await
}

async fn answer(
    server: &Server,
    dialect: Dialect,
    headers: &HeaderMap,
    body: &[u8],
    reset: ResetSwitch,
) -> Response {
    if !server.knows_key(headers) {
        server.refused.fetch_add(1, Ordering::Relaxed);
        return wrong_key(dialect);
    }
    if !server.takes_another() {
        server.refused.fetch_add(1, Ordering::Relaxed);
        return server.refusal(dialect, 429, "too many requests a second");
    }
    let call = server.calls.fetch_add(1, Ordering::Relaxed);
    if !server.options.latency.is_zero() {
        server.wait(server.options.latency).await;
    }
    let fault = server.options.faults.draw(call);
    if fault.is_some() {
        server.faulty.fetch_add(1, Ordering::Relaxed);
    }
    if let Some(Fault::Status(status)) = fault {
        return server.refusal(dialect, status, "a planned fault");
    }
    if fault == Some(Fault::Timeout) {
        server.wait(SILENCE).await;
        return server.refusal(dialect, 504, "a planned fault");
    }
    let asked = match dialect.read_request(body) {
        Ok(asked) => asked,
        Err(problem) => return error(dialect, StatusCode::BAD_REQUEST, None, &problem),
    };
    let mut answer = dialect.write_answer(&asked, &Sim.reply(&asked.request));
    if let (Some(Fault::NoUsage), Some(fields)) = (fault, answer.as_object_mut()) {
        fields.shift_remove("usage");
    }
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
    spoil(good, fault, server, reset)
}

/// A good answer, as a fault leaves it.
fn spoil(good: Good, fault: Option<Fault>, server: &Server, reset: ResetSwitch) -> Response {
    match fault {
        Some(Fault::Truncate) => good.broken_off(),
        Some(Fault::Reset) => good.reset(reset),
        Some(Fault::Stall) => good.stalled(server.stopping.clone()),
        Some(Fault::Malformed) => good.malformed(),
        Some(Fault::Utf8) => good.no_utf8(),
        Some(Fault::Html) => web_page(),
        Some(Fault::Huge) => huge(),
        Some(Fault::Status(_) | Fault::Timeout | Fault::NoUsage) | None => good.into_response(),
    }
}

async fn models(State(server): State<Arc<Server>>, headers: HeaderMap) -> Response {
    if !server.knows_key(&headers) {
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
