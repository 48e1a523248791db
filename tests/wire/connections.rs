//! Connections: kept while the server keeps them, given up when it does not.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use autosafe::check::{Key, Provider};
use autosafe::model::{AnswerFormat, CallError, Gateway};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::access::{at, open, request};

const ANSWER: &str = r#"{"choices":[{"message":{"content":"It is quiet."}}],"usage":{"prompt_tokens":7,"completion_tokens":3}}"#;

/// What a server does on each connection.
#[derive(Clone, Copy)]
enum Manner {
    /// Answers every request, in two pieces and with words after them.
    Patient,
    /// Answers one request, says nothing, and closes.
    Curt,
    /// Reads, and never answers.
    Silent,
}

/// A server that counts its connections.
struct Server {
    url: String,
    connections: Arc<AtomicUsize>,
}

impl Server {
    async fn start(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let connections = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&connections);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(serve(stream, manner));
            }
        });
        Self { url, connections }
    }

    fn gateway(&self) -> Gateway {
        let mut access = at(&self.url);
        access.timeout = Some(1);
        open(Provider::Openai, access).expect("it can be opened")
    }

    fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

async fn serve(mut stream: TcpStream, manner: Manner) {
    while read_request(&mut stream).await.is_some() {
        let answer = match manner {
            Manner::Patient => in_pieces(),
            Manner::Curt => format!(
                "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{ANSWER}",
                ANSWER.len()
            ),
            Manner::Silent => continue,
        };
        if stream.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
        if let Manner::Curt = manner {
            return;
        }
    }
}

fn in_pieces() -> String {
    let (first, second) = ANSWER.split_at(40);
    let piece = |text: &str| format!("{:x}\r\n{text}\r\n", text.len());
    format!(
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{}{}0\r\nx-said: all\r\n\r\n",
        piece(first),
        piece(second)
    )
}

/// Reads one request whole; nothing once the client has gone.
async fn read_request(stream: &mut TcpStream) -> Option<()> {
    let mut received = String::new();
    loop {
        if let Some((head, body)) = received.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                let is_length = name.eq_ignore_ascii_case("content-length");
                is_length.then(|| value.trim().parse::<usize>().ok())?
            });
            if body.len() >= length? {
                return Some(());
            }
        }
        let mut bytes = [0; 4096];
        let read = stream
            .read(&mut bytes)
            .await
            .ok()
            .filter(|read| *read > 0)?;
        received.push_str(&String::from_utf8_lossy(&bytes[..read]));
    }
}

#[tokio::test]
async fn a_connection_is_kept_from_call_to_call() {
    let server = Server::start(Manner::Patient).await;
    let gateway = server.gateway();
    let request = request(AnswerFormat::Text);
    for _ in 0..5 {
        let reply = gateway.call(&Key("M".to_owned()), &request).await;
        assert_eq!(reply.expect("an answer").answer.content, "It is quiet.");
    }
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn a_connection_that_the_server_has_closed_is_not_used_again() {
    let server = Server::start(Manner::Curt).await;
    let gateway = server.gateway();
    let request = request(AnswerFormat::Text);
    for calls in 1..=5 {
        let reply = gateway.call(&Key("M".to_owned()), &request).await;
        assert_eq!(reply.expect("an answer").tries, 1);
        assert_eq!(server.connections(), calls);
        // Until the end of the connection has come through.
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_server_that_says_nothing_is_given_up_in_time() {
    let server = Server::start(Manner::Silent).await;
    let gateway = server.gateway();
    let request = request(AnswerFormat::Text);
    let failure = gateway.call(&Key("M".to_owned()), &request).await;
    let failure = failure.expect_err("there is no answer");
    assert!(
        matches!(failure.error, CallError::TimedOut { .. }),
        "{failure}"
    );
    assert_eq!(server.connections(), failure.tries as usize);
}
