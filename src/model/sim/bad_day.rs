//! What a server's bad day does to a good answer.

use std::io;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use futures_util::stream::{self, StreamExt};
use tokio::sync::watch;

use super::resettable::ResetSwitch;

/// How long a server that says nothing goes on saying nothing.
pub(super) const SILENCE: Duration = Duration::from_secs(3600);

/// What has been sent has to be on its way before the connection ends.
const BEFORE_THE_END: Duration = Duration::from_millis(20);

/// A body that is longer than anybody should read: a gigabyte, by the mebibyte.
const HUGE_PARTS: usize = 1024;
const HUGE_PART: usize = 1 << 20;

/// A good answer, as it would go out on a good day.
pub(super) struct Good {
    pub kind: &'static str,
    pub body: String,
}

impl IntoResponse for Good {
    fn into_response(self) -> Response {
        response(self.kind, self.body)
    }
}

impl Good {
    /// Half of the body, and then the connection ends.
    pub(super) fn broken_off(self) -> Response {
        self.half_and_then(async { tokio::time::sleep(BEFORE_THE_END).await })
    }

    /// Half of the body, and then the connection is reset.
    pub(super) fn reset(self, switch: ResetSwitch) -> Response {
        self.half_and_then(async move {
            tokio::time::sleep(BEFORE_THE_END).await;
            switch.turn_on();
        })
    }

    /// Half of the body, and then nothing, until the server stops.
    pub(super) fn stalled(self, mut stopping: watch::Receiver<bool>) -> Response {
        self.half_and_then(async move {
            let stopped = stopping.wait_for(|is_stopping| *is_stopping);
            // Both ends of the wait are good: the time is over, or the server stops.
            let _ = tokio::time::timeout(SILENCE, stopped).await;
        })
    }

    /// A body that is whole and no JSON.
    pub(super) fn malformed(self) -> Response {
        response(self.kind, self.body.replacen(':', " =", 3))
    }

    /// A body with bytes in the middle that are no UTF-8.
    pub(super) fn no_utf8(self) -> Response {
        let mut bytes = self.body.into_bytes();
        let middle = bytes.len() / 2;
        bytes.splice(middle..middle, [0xC3, 0x28, 0xFF]);
        response(self.kind, bytes)
    }

    fn half_and_then(self, end: impl Future<Output = ()> + Send + 'static) -> Response {
        let whole = Bytes::from(self.body);
        let half = whole.slice(..whole.len() / 2);
        let end = stream::once(async {
            end.await;
            Err(io::Error::other("a planned fault"))
        });
        let body = stream::iter([Ok(half)]).chain(end);
        response(self.kind, Body::from_stream(body))
    }
}

/// A page as a proxy in between shows it, with a status as if all were well.
pub(super) fn web_page() -> Response {
    let page = "<!doctype html><html><head><title>Sign in</title></head>\
        <body><h1>Sign in to the network</h1></body></html>";
    response("text/html; charset=utf-8", page)
}

/// A gigabyte that begins like an answer.
pub(super) fn huge() -> Response {
    let part = Bytes::from(vec![b'x'; HUGE_PART]);
    let parts = stream::iter((0..HUGE_PARTS).map(move |_| Ok::<_, io::Error>(part.clone())));
    let beginning = stream::iter([Ok(Bytes::from_static(b"{\"id\":\""))]);
    response(
        "application/json",
        Body::from_stream(beginning.chain(parts)),
    )
}

fn response(kind: &'static str, body: impl Into<Body>) -> Response {
    ([(CONTENT_TYPE, kind)], body.into()).into_response()
}
