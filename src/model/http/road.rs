//! How a server is reached: straight where that is possible, else with TLS and proxies.

use std::error::Error;
use std::time::Duration;

use reqwest::header::HeaderMap;
use reqwest::{Certificate, Proxy, Url};
use tokio::time::{Instant, timeout_at};

use super::plain::{Plain, PlainError, PlainResponse};
use super::received::innermost;
use super::tls;

/// The way to one address of one server.
#[derive(Debug)]
pub(super) struct Road {
    vehicle: Vehicle,
    patience: Patience,
}

/// How long is waited.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    /// For all of an answer.
    pub whole: Duration,
    /// For the next piece of it, where it comes in pieces.
    pub piece: Option<Duration>,
}

#[derive(Debug)]
enum Vehicle {
    Plain(Box<Plain>),
    Any {
        client: reqwest::Client,
        url: Url,
        headers: HeaderMap,
    },
}

/// What came back: its head, and the rest as it comes.
pub(super) struct Response<'r> {
    pub status: u16,
    pub headers: HeaderMap,
    rest: Rest<'r>,
    patience: Patience,
    /// When all has to be there.
    until: Instant,
}

enum Rest<'r> {
    Plain(PlainResponse<'r>),
    Any(reqwest::Response),
}

/// Why there is no response, or no more of it.
#[derive(Debug)]
pub(super) enum Trouble {
    TimedOut,
    /// In the words of the innermost cause.
    Failed(String),
}

impl Road {
    /// The way to `url`; `headers` go along with every call.
    pub(super) fn new(
        url: &Url,
        headers: HeaderMap,
        proxy: Option<Proxy>,
        certificates: Vec<Certificate>,
        patience: Patience,
    ) -> Result<Self, reqwest::Error> {
        let plain = tls::is_plain(url, proxy.as_ref()).then(|| Plain::new(url, &headers));
        let vehicle = match plain.flatten() {
            Some(plain) => Vehicle::Plain(Box::new(plain)),
            None => Vehicle::Any {
                client: client(url, proxy, certificates, patience)?,
                url: url.clone(),
                headers,
            },
        };
        Ok(Self { vehicle, patience })
    }

    /// Sends a body, and gives the head of what comes back.
    pub(super) async fn post(&self, body: Vec<u8>) -> Result<Response<'_>, Trouble> {
        let patience = self.patience;
        let until = Instant::now() + patience.whole;
        let (status, headers, rest) = match &self.vehicle {
            Vehicle::Plain(plain) => {
                let posted = timeout_at(patience.next(until), plain.post(body)).await;
                let mut response = posted.map_err(|_| Trouble::TimedOut)??;
                let headers = std::mem::take(&mut response.head.headers);
                (response.head.status, headers, Rest::Plain(response))
            }
            Vehicle::Any {
                client,
                url,
                headers,
            } => {
                let request = client.post(url.clone()).headers(headers.clone());
                let mut response = request.body(body).send().await?;
                let headers = std::mem::take(response.headers_mut());
                (response.status().as_u16(), headers, Rest::Any(response))
            }
        };
        Ok(Response {
            status,
            headers,
            rest,
            patience,
            until,
        })
    }
}

impl Response<'_> {
    /// The next piece of the body; nothing once it is whole.
    pub(super) async fn chunk(&mut self) -> Result<Option<Vec<u8>>, Trouble> {
        match &mut self.rest {
            Rest::Any(response) => Ok(response.chunk().await?.map(Vec::from)),
            Rest::Plain(response) => {
                let chunk = timeout_at(self.patience.next(self.until), response.chunk()).await;
                let chunk = chunk.map_err(|_| Trouble::TimedOut)?;
                chunk.map_err(|error| Trouble::Failed(innermost(&error)))
            }
        }
    }
}

impl Patience {
    /// Until when the next piece is waited for, of an answer that is waited for `until` then.
    fn next(self, until: Instant) -> Instant {
        match self.piece {
            Some(piece) => until.min(Instant::now() + piece),
            None => until,
        }
    }
}

impl From<PlainError> for Trouble {
    fn from(error: PlainError) -> Self {
        Self::Failed(innermost(&error))
    }
}

impl From<reqwest::Error> for Trouble {
    fn from(error: reqwest::Error) -> Self {
        match error.is_timeout() && !error.is_connect() {
            true => Self::TimedOut,
            false => Self::Failed(innermost(&error.without_url() as &dyn Error)),
        }
    }
}

fn client(
    url: &Url,
    proxy: Option<Proxy>,
    certificates: Vec<Certificate>,
    patience: Patience,
) -> Result<reqwest::Client, reqwest::Error> {
    let builder = tls::client(url, proxy, certificates).timeout(patience.whole);
    match patience.piece {
        Some(piece) => builder.read_timeout(piece).build(),
        None => builder.build(),
    }
}
