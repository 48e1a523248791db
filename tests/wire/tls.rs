//! Certificates of one's own, in real handshakes.

use std::net::SocketAddr;
use std::sync::Arc;

use autosafe::check::{ModelAccess, Provider, Setting};
use autosafe::model::{AnswerFormat, CallError, choose_tls};
use axum::{Json, Router};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;
use tokio_rustls::server::TlsStream;

use crate::access::{at, call, open, request};

/// Somebody who signs certificates.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    /// What whoever trusts it declares.
    pem: String,
}

impl Authority {
    fn new() -> Self {
        let key = KeyPair::generate().expect("a key");
        let mut parameters = CertificateParams::new(Vec::new()).expect("no names");
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let certificate = parameters.self_signed(&key).expect("it signs itself");
        Self {
            pem: certificate.pem(),
            issuer: Issuer::new(parameters, key),
        }
    }

    /// A server on this machine, with a certificate of this authority; gives its address.
    async fn serve(&self) -> String {
        choose_tls();
        let key = KeyPair::generate().expect("a key");
        let parameters = CertificateParams::new(vec!["localhost".to_owned()]).expect("a name");
        let certificate = parameters.signed_by(&key, &self.issuer).expect("it signs");
        let key = PrivatePkcs8KeyDer::from(key.serialize_der());
        let config = ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key.into())
            .expect("key and certificate fit");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let listener = Tls {
            listener,
            acceptor: TlsAcceptor::from(Arc::new(config)),
        };
        let answer = json!({
            "choices": [{ "message": { "content": "in confidence" }, "finish_reason": "stop" }],
            "usage": { "prompt_tokens": 5, "completion_tokens": 2 },
        });
        let app = Router::new().fallback(move || {
            let answer = answer.clone();
            async move { Json(answer) }
        });
        tokio::spawn(async move { axum::serve(listener, app).await });
        format!("https://localhost:{port}/v1")
    }
}

/// Connections after their handshake.
struct Tls {
    listener: TcpListener,
    acceptor: TlsAcceptor,
}

impl axum::serve::Listener for Tls {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            let (stream, address) = self.listener.accept().await.expect("it listens");
            // A client that does not trust us goes away.
            if let Ok(stream) = self.acceptor.accept(stream).await {
                return (stream, address);
            }
        }
    }

    fn local_addr(&self) -> std::io::Result<Self::Addr> {
        self.listener.local_addr()
    }
}

fn trusting(url: &str, authority: Option<&Authority>) -> ModelAccess {
    ModelAccess {
        ca: authority.map(|it| Setting::Text(it.pem.clone())),
        ..at(url)
    }
}

#[tokio::test]
async fn a_server_with_a_certificate_of_the_declared_authority_answers() {
    let authority = Authority::new();
    let url = authority.serve().await;
    let gateway = open(Provider::Openai, trusting(&url, Some(&authority)));
    let answer = call(&gateway.expect("it opens"), &request(AnswerFormat::Text)).await;
    assert_eq!(answer.content, "in confidence");
}

#[tokio::test]
async fn a_certificate_of_anybody_else_is_refused_at_once_and_the_setting_is_named() {
    let url = Authority::new().serve().await;
    for trusted in [None, Some(Authority::new())] {
        let gateway = open(Provider::Openai, trusting(&url, trusted.as_ref()));
        let gateway = gateway.expect("it opens");
        let key = autosafe::check::Key("M".to_owned());
        let failure = gateway.call(&key, &request(AnswerFormat::Text)).await;
        let failure = failure.expect_err("it is not trusted");
        assert!(
            matches!(failure.error, CallError::Untrusted { .. }),
            "{failure}"
        );
        assert!(failure.stops_the_run());
        assert_eq!(failure.tries, 1, "another try cannot help");
        let words = failure.to_string();
        let expected = format!("the certificate of {url}/chat/completions is not trusted: ");
        assert!(words.starts_with(&expected), "{words}");
        assert!(
            words.ends_with("with `ca` in the model's declaration"),
            "{words}"
        );
    }
}
