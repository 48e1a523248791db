//! HTTP without TLS and without a proxy, for servers nearby: where thousands of calls are in flight
//! at once, and what a call costs counts.
//!
//! A connection is driven by the call that uses it, and by no task of its own: a call is woken once
//! when its answer comes, and what it sends is gone once it is sent.

use std::collections::VecDeque;
use std::error::Error;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use hyper::body::{Body as _, Bytes, Incoming};
use hyper::client::conn::http1::{self, SendRequest};
use hyper::header::{ACCEPT, HOST, HeaderMap, HeaderValue, USER_AGENT};
use hyper::http::Error as BadPart;
use hyper::{Request, Uri};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioIo;
use reqwest::Url;
use tokio::net::TcpStream;
use tower_service::Service as _;

use super::tls::{CONNECT_TIMEOUT, USER_AGENT as OURS};

/// Servers close a connection that is idle for long; few wait as long as this.
const LONGEST_IDLE: Duration = Duration::from_secs(90);

/// The way to one address of one server.
#[derive(Debug)]
pub(super) struct Plain {
    connector: HttpConnector,
    server: Uri,
    target: Uri,
    headers: HeaderMap,
    idle: Mutex<VecDeque<Idle>>,
}

/// What came back: its head, and the rest as it comes.
pub(super) struct PlainResponse<'p> {
    pub status: u16,
    pub headers: HeaderMap,
    body: Incoming,
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
    Broken(#[from] hyper::Error),
    #[error(transparent)]
    NoRequest(#[from] BadPart),
}

/// One connection.
struct Wire {
    sender: SendRequest<String>,
    connection: http1::Connection<TokioIo<TcpStream>, String>,
    is_closed: bool,
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
        let server = format!("http://{host}/").parse().ok()?;
        let target = match url.query() {
            Some(query) => format!("{}?{query}", url.path()).parse().ok()?,
            None => url.path().parse().ok()?,
        };
        let mut all = headers.clone();
        let fixed = [(ACCEPT, "*/*"), (USER_AGENT, OURS), (HOST, &host)];
        for (name, value) in fixed {
            if !all.contains_key(&name) {
                all.insert(name, HeaderValue::from_str(value).ok()?);
            }
        }
        let mut connector = HttpConnector::new();
        connector.set_connect_timeout(Some(CONNECT_TIMEOUT));
        connector.set_nodelay(true);
        Some(Self {
            connector,
            server,
            target,
            headers: all,
            idle: Mutex::default(),
        })
    }

    /// Sends a body, and gives the head of what comes back.
    pub(super) async fn post(&self, body: String) -> Result<PlainResponse<'_>, PlainError> {
        let mut request = self.request(body)?;
        while let Some(mut wire) = self.take_idle() {
            if !wire.is_ready() {
                continue;
            }
            match wire.send(request).await {
                Ok(response) => return Ok(self.response(wire, response)),
                // It was closed before anything was sent.
                Err((_, Some(unsent))) => request = unsent,
                Err((error, None)) => return Err(error.into()),
            }
        }
        let mut wire = self.connect().await?;
        match wire.send(request).await {
            Ok(response) => Ok(self.response(wire, response)),
            Err((error, _)) => Err(error.into()),
        }
    }

    fn request(&self, body: String) -> Result<Request<String>, BadPart> {
        let mut request = Request::post(self.target.clone()).body(body)?;
        request.headers_mut().clone_from(&self.headers);
        Ok(request)
    }

    fn response(&self, wire: Wire, response: hyper::Response<Incoming>) -> PlainResponse<'_> {
        let (head, body) = response.into_parts();
        PlainResponse {
            status: head.status.as_u16(),
            headers: head.headers,
            body,
            plain: self,
            wire: Some(wire),
        }
    }

    async fn connect(&self) -> Result<Wire, PlainError> {
        let connecting = self.connector.clone().call(self.server.clone());
        let stream = connecting.await;
        let stream = stream.map_err(|error| PlainError::NotConnected(error.into()))?;
        let (sender, connection) = http1::handshake(stream).await?;
        Ok(Wire {
            sender,
            connection,
            is_closed: false,
        })
    }

    /// The connection that was used last: the others may be closed when fewer are needed.
    fn take_idle(&self) -> Option<Wire> {
        self.idle().pop_back().map(|idle| idle.wire)
    }

    fn put_back(&self, wire: Wire) {
        let since = Instant::now();
        let mut idle = self.idle();
        while idle
            .front()
            .is_some_and(|oldest| since.duration_since(oldest.since) > LONGEST_IDLE)
        {
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
    pub(super) async fn chunk(&mut self) -> Result<Option<Bytes>, hyper::Error> {
        let Some(wire) = &mut self.wire else {
            return Ok(None);
        };
        let body = &mut self.body;
        loop {
            let frame = wire
                .beside(poll_fn(|context| Pin::new(&mut *body).poll_frame(context)))
                .await;
            match frame.transpose()?.map(hyper::body::Frame::into_data) {
                Some(Ok(bytes)) => return Ok(Some(bytes)),
                // Headers at the end say nothing of the answer.
                Some(Err(_)) => {}
                None => break,
            }
        }
        if let Some(wire) = self.wire.take().filter(|wire| !wire.is_closed) {
            self.plain.put_back(wire);
        }
        Ok(None)
    }
}

impl Wire {
    /// Whether a request can be sent at once. One that the server has closed cannot.
    fn is_ready(&mut self) -> bool {
        // What the connection waits for wakes nobody: it is looked at again when it is used.
        let mut context = Context::from_waker(std::task::Waker::noop());
        self.go_on(&mut context);
        !self.is_closed && matches!(self.sender.poll_ready(&mut context), Poll::Ready(Ok(())))
    }

    /// The response, or the error and what was not sent for it.
    async fn send(
        &mut self,
        request: Request<String>,
    ) -> Result<hyper::Response<Incoming>, (hyper::Error, Option<Request<String>>)> {
        let response = self.sender.try_send_request(request);
        self.beside(response).await.map_err(|mut error| {
            let unsent = error.take_message();
            (error.into_error(), unsent)
        })
    }

    /// Drives the connection until `work` is done.
    async fn beside<T>(&mut self, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        poll_fn(|context| {
            self.go_on(context);
            work.as_mut().poll(context)
        })
        .await
    }

    /// Sends and receives what there is; whoever waits for it hears of an error there.
    fn go_on(&mut self, context: &mut Context<'_>) {
        if !self.is_closed {
            self.is_closed = Pin::new(&mut self.connection).poll(context).is_ready();
        }
    }
}

impl std::fmt::Debug for Idle {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Idle")
            .field("since", &self.since)
            .finish_non_exhaustive()
    }
}
