//! One model of one server: a body out, and what comes back.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use reqwest::Url;
use reqwest::header::{CONTENT_TYPE, HeaderMap};

use super::door::{Door, Luggage, shown};
use super::received::{self, Received};
use super::response_model::note_model;
use super::road::{Patience, Response, Road, Trouble};
use crate::model::allowance::Allowance;
use crate::model::error::CallError;
use crate::model::secret::Secrets;
use crate::model::setup::SetupError;

const DEFAULT_TIMEOUT: u64 = 120;
/// No chat answer comes near this; a body without end must not fill the memory.
const LONGEST_BODY: usize = 16 << 20;
/// A stream may take so many time-outs in all, as long as it is never silent for one.
const TIMEOUTS_OF_A_STREAM: u32 = 10;

/// The way to one model.
#[derive(Debug)]
pub(in crate::model) struct Connection {
    road: Road,
    url: Url,
    /// The same without a password, for messages.
    shown_url: String,
    secrets: Secrets,
    timeout: Duration,
    streams: bool,
    /// What the server said last of its limits.
    allowance: Mutex<Option<Allowance>>,
}

/// How a dialect differs on the way to its server.
pub(in crate::model) struct Dialect {
    pub default_url: &'static str,
    /// What is appended to an address, by the last step of its path.
    pub path: fn(Option<&str>) -> &'static [&'static str],
    /// Headers of every call.
    pub headers: &'static [(&'static str, &'static str)],
    /// The header that carries a key.
    pub key_header: fn(&str) -> (&'static str, String),
}

impl Connection {
    /// Makes everything ready; nothing is sent yet.
    pub(in crate::model) fn open(door: &Door<'_>, dialect: &Dialect) -> Result<Self, SetupError> {
        let url = complete(door.base_url(dialect.default_url)?, dialect);
        let luggage = door.luggage(dialect.headers, dialect.key_header)?;
        let timeout = Duration::from_secs(door.access.timeout.unwrap_or(DEFAULT_TIMEOUT).max(1));
        let streams = door.access.stream;
        let patience = match streams {
            false => Patience {
                whole: timeout,
                piece: None,
            },
            true => Patience {
                whole: timeout.saturating_mul(TIMEOUTS_OF_A_STREAM),
                piece: Some(timeout),
            },
        };
        let Luggage { headers, secrets } = luggage;
        let road = Road::new(&url, headers, door.proxy()?, door.certificates()?, patience);
        let road = road.map_err(|error| SetupError::NoClient {
            model: door.key.to_string(),
            why: received::innermost(&error),
        })?;
        Ok(Self {
            road,
            shown_url: shown(&url),
            url,
            secrets,
            timeout,
            streams,
            allowance: Mutex::new(None),
        })
    }

    /// Whether answers are to come as streams.
    pub(in crate::model) fn streams(&self) -> bool {
        self.streams
    }

    /// The server's name.
    pub(in crate::model) fn host(&self) -> Option<&str> {
        self.url.host_str()
    }

    /// The server's name and port.
    pub(in crate::model) fn server(&self) -> Option<(String, u16)> {
        let host = self.url.host_str()?.to_owned();
        Some((host, self.url.port_or_known_default()?))
    }

    /// What the server said last of its limits.
    pub(in crate::model) fn allowance(&self) -> Option<Allowance> {
        *self
            .allowance
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends a body, and takes in what comes back, good or bad.
    pub(in crate::model) async fn send(&self, body: Vec<u8>) -> Result<Received, CallError> {
        let sent = self.road.post(body).await;
        let mut response = sent.map_err(|trouble| self.not_reached(trouble))?;
        self.note_allowance(&response.headers);
        let (bytes, broken) = self.take_in(&mut response).await?;
        let Response {
            status, headers, ..
        } = response;
        let is_text = std::str::from_utf8(&bytes).is_ok();
        let broken = broken.or_else(|| (!is_text).then(|| "it is no UTF-8".to_owned()));
        let location = received::location(&headers);
        let received = Received {
            status,
            text: self.readable(status, bytes),
            broken,
            is_stream: is_event_stream(&headers),
            retry_after: received::retry_after(&headers),
            location: location.map(|location| self.secrets.hide_in(&location)),
        };
        note_model(&received);
        Ok(received)
    }

    /// The body, and why it is not whole.
    async fn take_in(
        &self,
        response: &mut Response<'_>,
    ) -> Result<(Vec<u8>, Option<String>), CallError> {
        let mut bytes = Vec::new();
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) if bytes.len() + chunk.len() > LONGEST_BODY => {
                    return Ok((bytes, Some("it is too long".to_owned())));
                }
                Ok(Some(chunk)) if bytes.is_empty() => bytes = chunk,
                Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
                Ok(None) => return Ok((bytes, None)),
                Err(Trouble::TimedOut) => return Err(self.timed_out()),
                Err(Trouble::Failed(_)) => return Ok((bytes, Some("it broke off".to_owned()))),
            }
        }
    }

    /// A body without secrets, except that a short one does not cut holes into good answers.
    fn readable(&self, status: u16, bytes: Vec<u8>) -> String {
        // Checking first costs a tenth of looking for what to replace.
        let text = String::from_utf8(bytes)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
        let secrets = &self.secrets;
        match (200..300).contains(&status) {
            true => secrets.hide_unmistakable_in(text),
            false => secrets.hide_in(&text),
        }
    }

    fn note_allowance(&self, headers: &HeaderMap) {
        // Most servers say nothing of limits; looking for every name in turn would cost more than
        // reading the answer.
        if !headers
            .keys()
            .any(|name| name.as_str().contains("ratelimit"))
        {
            return;
        }
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        if let Some(allowance) = Allowance::read(&header) {
            let mut known = self
                .allowance
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            *known = Some(allowance);
        }
    }

    fn not_reached(&self, trouble: Trouble) -> CallError {
        match trouble {
            Trouble::TimedOut => self.timed_out(),
            Trouble::Failed(why) => {
                CallError::no_connection(self.shown_url.clone(), self.secrets.hide_in(&why))
            }
        }
    }

    fn timed_out(&self) -> CallError {
        CallError::TimedOut {
            after: self.timeout,
        }
    }
}

/// What follows a `?` stays at the end: some servers want a version or a key there.
fn complete(mut url: Url, dialect: &Dialect) -> Url {
    let last = url.path_segments().and_then(|mut steps| steps.next_back());
    let more = (dialect.path)(last);
    url.path_segments_mut()
        .expect("addresses of these schemes have a path")
        .pop_if_empty()
        .extend(more);
    url
}

fn is_event_stream(headers: &HeaderMap) -> bool {
    let kind = headers
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.trim_start().starts_with("text/event-stream"))
}
