//! HTTP without TLS and without a proxy, for servers nearby: where thousands of calls are in flight
//! at once, and what a call costs counts.

use std::collections::VecDeque;
use std::error::Error;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use hyper_util::client::legacy::connect::HttpConnector;
use reqwest::Url;
use reqwest::header::{ACCEPT, HOST, HeaderMap, HeaderValue, USER_AGENT};
use tower_service::Service as _;

use super::tls::{CONNECT_TIMEOUT, USER_AGENT as OURS};
use super::wire::{Head, Wire, WireError};

/// Servers close a connection that is idle for long; few wait as long as this.
const LONGEST_IDLE: Duration = Duration::from_secs(90);

/// The way to one address of one server.
pub(super) struct Plain {
    connector: HttpConnector,
    /// The server's address, for the connector.
    server: String,
    /// All of a request's head but the length of its body.
    head: Vec<u8>,
    idle: Mutex<VecDeque<Idle>>,
}

/// What came back: its head, and the rest as it comes.
pub(super) struct PlainResponse<'p> {
    pub head: Head,
    plain: &'p Plain,
    /// Given back when the body is whole.
    wire: Option<Wire>,
}

/// Why there is no response, or no more of it.
#[derive(Debug, thiserror::Error)]
pub(super) enum PlainError {
    #[error("{0}")]
    NotConnected(#[source] Box<dyn Error + Send + Sync>),
    #[error(transparent)]
    Broken(#[from] WireError),
}

struct Idle {
    wire: Wire,
    since: Instant,
}

impl Plain {
    /// The way to `url`, which is not under TLS; `headers` go along with every call.
    pub(super) fn new(url: &Url, headers: &HeaderMap) -> Option<Self> {
        let host = match url.port() {
            Some(port) => format!("{}:{port}", url.host_str()?),
            None => url.host_str()?.to_owned(),
        };
        let mut all = headers.clone();
        for (name, value) in [(ACCEPT, "*/*"), (USER_AGENT, OURS), (HOST, &host)] {
            if !all.contains_key(&name) {
                all.insert(name, HeaderValue::from_str(value).ok()?);
            }
        }
        let mut connector = HttpConnector::new();
        connector.set_connect_timeout(Some(CONNECT_TIMEOUT));
        connector.set_nodelay(true);
        Some(Self {
            connector,
            server: format!("http://{host}/"),
            head: head(url, &all),
            idle: Mutex::default(),
        })
    }

    /// Sends a body, and gives the head of what comes back.
    pub(super) async fn post(&self, body: Vec<u8>) -> Result<PlainResponse<'_>, PlainError> {
        let mut head = self.head.clone();
        head.extend_from_slice(format!("{}\r\n\r\n", body.len()).as_bytes());
        let mut wire = match self.take_idle() {
            Some(wire) => wire,
            None => self.connect().await?,
        };
        let head = wire.exchange(head, body).await?;
        Ok(PlainResponse {
            head,
            plain: self,
            wire: Some(wire),
        })
    }

    async fn connect(&self) -> Result<Wire, PlainError> {
        let not_connected = |error: Box<dyn Error + Send + Sync>| PlainError::NotConnected(error);
        let server = self.server.parse();
        let server = server.map_err(|error| not_connected(Box::new(error)))?;
        let connected = self.connector.clone().call(server).await;
        let stream = connected.map_err(|error| not_connected(Box::new(error)))?;
        Ok(Wire::new(stream.into_inner()))
    }

    /// The connection that was used last of those that the server keeps: the others may be closed
    /// when fewer are needed.
    fn take_idle(&self) -> Option<Wire> {
        let mut idle = self.idle();
        std::iter::from_fn(|| idle.pop_back())
            .map(|idle| idle.wire)
            .find(Wire::is_idle)
    }

    fn put_back(&self, wire: Wire) {
        let since = Instant::now();
        let mut idle = self.idle();
        let is_old = |idle: &Idle| since.duration_since(idle.since) > LONGEST_IDLE;
        while idle.front().is_some_and(is_old) {
            idle.pop_front();
        }
        idle.push_back(Idle { wire, since });
    }

    fn idle(&self) -> MutexGuard<'_, VecDeque<Idle>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl PlainResponse<'_> {
    /// The next piece of the body; nothing once it is whole.
    pub(super) async fn chunk(&mut self) -> Result<Option<Vec<u8>>, WireError> {
        let Some(wire) = &mut self.wire else {
            return Ok(None);
        };
        let piece = wire.next_piece(&mut self.head.body).await?;
        if piece.is_none()
            && let Some(wire) = self.wire.take().filter(|_| self.head.keeps_alive)
        {
            self.plain.put_back(wire);
        }
        Ok(piece)
    }
}

/// All of a request's head up to the length of its body.
fn head(url: &Url, headers: &HeaderMap) -> Vec<u8> {
    let query = url.query().map(|query| format!("?{query}"));
    let target = format!("{}{}", url.path(), query.unwrap_or_default());
    let mut head = format!("POST {target} HTTP/1.1\r\n").into_bytes();
    for (name, value) in headers {
        head.extend_from_slice(name.as_str().as_bytes());
        head.extend_from_slice(b": ");
        head.extend_from_slice(value.as_bytes());
        head.extend_from_slice(b"\r\n");
    }
    head.extend_from_slice(b"content-length: ");
    head
}

impl fmt::Debug for Plain {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The head may hold a key.
        let mut fields = formatter.debug_struct("Plain");
        fields.field("server", &self.server).finish_non_exhaustive()
    }
}
