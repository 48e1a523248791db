//! One connection of HTTP/1.1: a request out, and the response to it, as RFC 9112 has it.
//!
//! Libraries keep three buffers of eight kilobytes for each connection, and a task or a channel:
//! with thousands of calls in flight that is most of what a call takes. Here nothing is held while
//! a response is waited for. `httparse` reads the heads.

use std::io::{self, IoSlice};

use httparse::Status;
use reqwest::header::{
    CONNECTION, CONTENT_LENGTH, HeaderMap, HeaderName, HeaderValue, TRANSFER_ENCODING,
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Bytes that are made room for before reading.
const ROOM: usize = 4096;

/// Headers of a response, and bytes of its head or of a line between chunks, at most.
const MOST_HEADERS: usize = 100;
const LONGEST_HEAD: usize = 64 << 10;

/// Why there is no response, or no more of it.
#[derive(Debug, thiserror::Error)]
pub(super) enum WireError {
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error("connection closed before message completed")]
    Closed,
    #[error("the response is no HTTP: {0}")]
    Malformed(&'static str),
}

/// A connection.
pub(super) struct Wire {
    stream: TcpStream,
    /// What came and was not used yet.
    received: Vec<u8>,
}

/// What stands before the body of a response.
pub(super) struct Head {
    pub status: u16,
    pub headers: HeaderMap,
    /// How the body ends.
    pub body: Body,
    /// Whether another request may follow.
    pub keeps_alive: bool,
}

/// What is left of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Body {
    /// So many bytes.
    Bytes(u64),
    /// Chunks; the size of the next one comes first.
    ChunkSize,
    /// So many bytes of a chunk, then more chunks.
    Chunk(u64),
    /// Lines after the last chunk, up to an empty one.
    Trailer,
    /// Whatever comes until the server closes.
    UntilClosed,
    Done,
}

impl Wire {
    pub(super) fn new(stream: TcpStream) -> Self {
        Self {
            stream,
            received: Vec::new(),
        }
    }

    /// Whether the server has neither closed it nor said anything unasked.
    pub(super) fn is_idle(&self) -> bool {
        let read = self.stream.try_read(&mut [0]);
        self.received.is_empty()
            && matches!(read, Err(error) if error.kind() == io::ErrorKind::WouldBlock)
    }

    /// Sends a request, and gives the head of its response.
    pub(super) async fn exchange(
        &mut self,
        head: Vec<u8>,
        body: Vec<u8>,
    ) -> Result<Head, WireError> {
        let sent = self.send(&head, &body).await;
        // An answer may take minutes, and a thousand bodies are ten megabytes.
        drop((head, body));
        // A server may refuse a request before it has read all of it.
        match (self.read_head().await, sent) {
            (Ok(head), Ok(())) => Ok(head),
            (Ok(head), Err(_)) => Ok(Head {
                keeps_alive: false,
                ..head
            }),
            (Err(_), Err(error)) => Err(error.into()),
            (Err(error), Ok(())) => Err(error),
        }
    }

    async fn send(&mut self, mut head: &[u8], mut body: &[u8]) -> io::Result<()> {
        while !head.is_empty() {
            let both = [IoSlice::new(head), IoSlice::new(body)];
            let sent = self.stream.write_vectored(&both).await?;
            if sent == 0 {
                return Err(io::ErrorKind::WriteZero.into());
            }
            let of_head = sent.min(head.len());
            head = &head[of_head..];
            body = &body[sent - of_head..];
        }
        self.stream.write_all(body).await
    }

    async fn read_head(&mut self) -> Result<Head, WireError> {
        loop {
            match parse_head(&self.received)? {
                // What is said in between, such as `100 Continue`.
                Some((head, length)) if head.status / 100 == 1 => {
                    self.received.drain(..length);
                }
                Some((head, length)) => {
                    self.received.drain(..length);
                    return Ok(head);
                }
                None if self.received.len() > LONGEST_HEAD => {
                    return Err(WireError::Malformed("its head does not end"));
                }
                None => self.read_more().await?,
            }
        }
    }

    /// The next piece of a body; nothing once it is whole.
    pub(super) async fn next_piece(
        &mut self,
        body: &mut Body,
    ) -> Result<Option<Vec<u8>>, WireError> {
        loop {
            match *body {
                Body::Done | Body::Bytes(0) => {
                    *body = Body::Done;
                    return Ok(None);
                }
                Body::Bytes(left) => {
                    let piece = self.take(left).await?;
                    *body = Body::Bytes(left - piece.len() as u64);
                    return Ok(Some(piece));
                }
                Body::Chunk(0) => {
                    let line = self.read_line().await?;
                    if !line.is_empty() {
                        return Err(WireError::Malformed("a chunk is longer than it says"));
                    }
                    *body = Body::ChunkSize;
                }
                Body::Chunk(left) => {
                    let piece = self.take(left).await?;
                    *body = Body::Chunk(left - piece.len() as u64);
                    return Ok(Some(piece));
                }
                Body::ChunkSize => {
                    let size = chunk_size(&self.read_line().await?)?;
                    *body = if size == 0 {
                        Body::Trailer
                    } else {
                        Body::Chunk(size)
                    };
                }
                Body::Trailer => {
                    if self.read_line().await?.is_empty() {
                        *body = Body::Done;
                    }
                }
                Body::UntilClosed => match self.take(u64::MAX).await {
                    Ok(piece) => return Ok(Some(piece)),
                    Err(WireError::Closed) => *body = Body::Done,
                    Err(error) => return Err(error),
                },
            }
        }
    }

    /// Something that came, `most` bytes at most.
    async fn take(&mut self, most: u64) -> Result<Vec<u8>, WireError> {
        if self.received.is_empty() {
            self.read_more().await?;
        }
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        if self.received.len() <= most {
            return Ok(std::mem::take(&mut self.received));
        }
        Ok(self.received.drain(..most).collect())
    }

    /// A line, without its end.
    async fn read_line(&mut self) -> Result<Vec<u8>, WireError> {
        loop {
            let end = self.received.windows(2).position(|two| two == b"\r\n");
            if let Some(end) = end {
                let mut line: Vec<u8> = self.received.drain(..end + 2).collect();
                line.truncate(end);
                return Ok(line);
            }
            if self.received.len() > LONGEST_HEAD {
                return Err(WireError::Malformed("a line does not end"));
            }
            self.read_more().await?;
        }
    }

    /// Waits for more to come. Room is made when it has.
    async fn read_more(&mut self) -> Result<(), WireError> {
        self.stream.readable().await?;
        self.received.reserve(ROOM);
        match self.stream.read_buf(&mut self.received).await? {
            0 => Err(WireError::Closed),
            _ => Ok(()),
        }
    }
}

/// A head and its length; nothing where it is not whole.
fn parse_head(bytes: &[u8]) -> Result<Option<(Head, usize)>, WireError> {
    if bytes.is_empty() {
        return Ok(None);
    }
    let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let mut response = httparse::Response::new(&mut headers);
    let malformed = |_| WireError::Malformed("its head cannot be read");
    let Status::Complete(length) = response.parse(bytes).map_err(malformed)? else {
        return Ok(None);
    };
    let mut headers = HeaderMap::with_capacity(response.headers.len());
    for header in response.headers.iter() {
        let name = HeaderName::from_bytes(header.name.as_bytes());
        let value = HeaderValue::from_bytes(header.value);
        if let (Ok(name), Ok(value)) = (name, value) {
            headers.append(name, value);
        }
    }
    let status = response.code.unwrap_or_default();
    let body = body_after(status, &headers)?;
    let head = Head {
        status,
        keeps_alive: keeps_alive(response.version, &headers) && body != Body::UntilClosed,
        body,
        headers,
    };
    Ok(Some((head, length)))
}

/// How the body after a head ends.
fn body_after(status: u16, headers: &HeaderMap) -> Result<Body, WireError> {
    if matches!(status, 100..=199 | 204 | 304) {
        return Ok(Body::Done);
    }
    if headers.contains_key(TRANSFER_ENCODING) {
        let is_chunked = words_of(headers, &TRANSFER_ENCODING).any(|word| word == "chunked");
        return Ok(if is_chunked {
            Body::ChunkSize
        } else {
            Body::UntilClosed
        });
    }
    let mut lengths = words_of(headers, &CONTENT_LENGTH);
    let Some(first) = lengths.next() else {
        return Ok(Body::UntilClosed);
    };
    match first.parse() {
        Ok(length) if lengths.all(|other| other == first) => Ok(Body::Bytes(length)),
        _ => Err(WireError::Malformed("its length is no number")),
    }
}

fn keeps_alive(version: Option<u8>, headers: &HeaderMap) -> bool {
    let says = |word: &str| words_of(headers, &CONNECTION).any(|said| said == word);
    match version {
        Some(1) => !says("close"),
        _ => says("keep-alive"),
    }
}

/// What a header lists, in small letters.
fn words_of<'h>(headers: &'h HeaderMap, name: &HeaderName) -> impl Iterator<Item = String> + 'h {
    let values = headers.get_all(name).into_iter();
    let texts = values.filter_map(|value| value.to_str().ok());
    texts
        .flat_map(|text| text.split(','))
        .map(|word| word.trim().to_ascii_lowercase())
}

/// The size at the beginning of a chunk; what follows a `;` is no concern of ours.
fn chunk_size(line: &[u8]) -> Result<u64, WireError> {
    let malformed = WireError::Malformed("a chunk has no size");
    let text = std::str::from_utf8(line).unwrap_or_default();
    let digits = text.split(';').next().unwrap_or_default().trim();
    let is_hexadecimal = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    match u64::from_str_radix(digits, 16) {
        Ok(size) if is_hexadecimal => Ok(size),
        _ => Err(malformed),
    }
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    /// What is made of a response: its status, its body, and whether the connection goes on.
    async fn read(response: &'static str) -> Result<(u16, String, bool), String> {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let server = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.expect("a client");
            // Byte by byte, so that nothing rests on what comes together.
            for byte in response.as_bytes() {
                stream.write_all(&[*byte]).await.expect("it listens");
                tokio::task::yield_now().await;
            }
        });
        let stream = TcpStream::connect(address).await.expect("it listens");
        let mut wire = Wire::new(stream);
        let outcome = receive(&mut wire).await.map_err(|error| error.to_string());
        server.await.expect("no panic");
        outcome
    }

    async fn receive(wire: &mut Wire) -> Result<(u16, String, bool), WireError> {
        let mut head = wire.read_head().await?;
        let mut text = Vec::new();
        while let Some(piece) = wire.next_piece(&mut head.body).await? {
            text.extend(piece);
        }
        let text = String::from_utf8_lossy(&text).into_owned();
        Ok((head.status, text, head.keeps_alive))
    }

    fn is(status: u16, text: &str, keeps_alive: bool) -> Result<(u16, String, bool), String> {
        Ok((status, text.to_owned(), keeps_alive))
    }

    #[tokio::test]
    async fn a_body_ends_in_each_of_the_ways_that_it_may() {
        let response = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nquiet";
        assert_eq!(read(response).await, is(200, "quiet", true));
        let response = "HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\n\r\n3;a=b\r\nqui\r\n2\r\net\r\n0\r\nx: y\r\n\r\n";
        assert_eq!(read(response).await, is(200, "quiet", true));
        let response = "HTTP/1.1 200 OK\r\n\r\nquiet";
        assert_eq!(read(response).await, is(200, "quiet", false));
        assert_eq!(read("HTTP/1.1 204 \r\n\r\n").await, is(204, "", true));
    }

    #[tokio::test]
    async fn what_comes_before_the_response_is_passed_over() {
        let response =
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 429 Slow\r\ncontent-length: 0\r\n\r\n";
        assert_eq!(read(response).await, is(429, "", true));
    }

    #[tokio::test]
    async fn servers_say_whether_a_connection_goes_on() {
        let response = "HTTP/1.1 200 OK\r\nConnection: Close\r\ncontent-length: 0\r\n\r\n";
        assert_eq!(read(response).await, is(200, "", false));
        let response = "HTTP/1.0 200 OK\r\ncontent-length: 0\r\n\r\n";
        assert_eq!(read(response).await, is(200, "", false));
        let response = "HTTP/1.0 200 OK\r\nconnection: keep-alive\r\ncontent-length: 0\r\n\r\n";
        assert_eq!(read(response).await, is(200, "", true));
    }

    #[tokio::test]
    async fn a_response_that_is_broken_is_an_error() {
        for (response, words) in [
            ("", "connection closed"),
            (
                "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nquiet",
                "connection closed",
            ),
            (
                "HTTP/1.1 200 OK\r\ncontent-length: five\r\n\r\n",
                "no number",
            ),
            (
                "HTTP/1.1 200 OK\r\ncontent-length: 5, 6\r\n\r\nquiet",
                "no number",
            ),
            (
                "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n-5\r\n",
                "no size",
            ),
            (
                "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nquiet\r\n",
                "longer than it says",
            ),
            (
                "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nqu\r\n",
                "connection closed",
            ),
            ("SSH-2.0-OpenSSH\r\n", "cannot be read"),
        ] {
            let error = read(response).await.expect_err("it is broken");
            assert!(error.contains(words), "{response:?}: {error}");
        }
    }
}
