//! One model of one server: sends a conversation, gives its answer or a typed failure.

use std::sync::Once;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use reqwest::Url;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};

use super::answer::read_answer;
use super::body::{Form, body};
use super::failure::{self, Received};
use crate::check::{Key, ModelAccess, Setting};
use crate::model::conversation::{Answer, AnswerFormat, Request};
use crate::model::error::CallError;
use crate::model::provider::Model;
use crate::model::secret::Secret;
use crate::model::setup::SetupError;

const DEFAULT_URL: &str = "https://api.openai.com/v1";
const DEFAULT_TIMEOUT: u64 = 120;
/// A server that is there accepts a connection well within this.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// No chat answer comes near this; a body without end must not fill the memory.
const LONGEST_BODY: usize = 16 << 20;

/// A model behind an OpenAI-compatible server.
#[derive(Debug)]
pub struct Openai {
    client: reqwest::Client,
    url: Url,
    /// The same without a password, for messages.
    shown_url: String,
    key: Option<Secret>,
    timeout: Duration,
    /// The strongest form of structured answers that the server takes, as a [`Form`].
    form: AtomicU8,
}

impl Openai {
    /// A client for the model `key`; nothing is sent yet.
    pub fn open(
        key: &Key,
        access: &ModelAccess,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, SetupError> {
        let set = |name: &str| environment(name).filter(|value| !value.trim().is_empty());
        let url = completions_url(key, &base_url(key, access, &set)?)?;
        let secret = secret(key, access, &set)?;
        let timeout = Duration::from_secs(access.timeout.unwrap_or(DEFAULT_TIMEOUT).max(1));
        let client = client(&url, timeout).map_err(|error| SetupError::NoClient {
            model: key.to_string(),
            why: failure::innermost(&error),
        })?;
        Ok(Self {
            client,
            shown_url: shown(&url),
            url,
            key: secret,
            timeout,
            form: AtomicU8::new(Form::Schema as u8),
        })
    }

    /// Tries the forms of structured answers from the one that the server is known to take
    /// downwards; what it rejects once is not tried again.
    async fn answer_in_some_form(&self, request: &Request) -> Result<Answer, CallError> {
        loop {
            let form = Form::from_number(self.form.load(Ordering::Relaxed));
            let received = self.send(body(request, form)).await?;
            let weaker = form.weaker().filter(|_| {
                matches!(request.answer, AnswerFormat::Json { .. })
                    && received.rejects_response_format()
            });
            match weaker {
                Some(weaker) => {
                    self.form.fetch_max(weaker as u8, Ordering::Relaxed);
                }
                None => return self.read(request, &received),
            }
        }
    }

    fn read(&self, request: &Request, received: &Received) -> Result<Answer, CallError> {
        if !(200..300).contains(&received.status) {
            return Err(received.failure());
        }
        read_answer(request, received)
    }

    async fn send(&self, body: Vec<u8>) -> Result<Received, CallError> {
        let sent = self
            .client
            .post(self.url.clone())
            .headers(self.headers())
            .body(body)
            .send()
            .await;
        let mut response = sent.map_err(|error| self.not_reached(error))?;
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let mut bytes = Vec::new();
        let broken = loop {
            match response.chunk().await {
                Ok(Some(_)) if bytes.len() > LONGEST_BODY => {
                    break Some("it is too long".to_owned());
                }
                Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
                Ok(None) => break None,
                Err(error) if error.is_timeout() => return Err(self.timed_out()),
                Err(_) => break Some("it broke off".to_owned()),
            }
        };
        Ok(Received {
            status,
            text: self.readable(status, &bytes),
            broken,
            retry_after: failure::retry_after(&headers),
            location: failure::location(&headers).map(|location| self.without_key(&location)),
        })
    }

    /// A body without the key, except that a short one does not cut holes into good answers.
    fn readable(&self, status: u16, bytes: &[u8]) -> String {
        let text = String::from_utf8_lossy(bytes);
        let is_mistakable = self.key.as_ref().is_some_and(|key| !key.is_unmistakable());
        if (200..300).contains(&status) && is_mistakable {
            return text.into_owned();
        }
        self.without_key(&text)
    }

    fn without_key(&self, text: &str) -> String {
        match &self.key {
            Some(key) => key.hide_in(text),
            None => text.to_owned(),
        }
    }

    fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Some(key) = &self.key {
            headers.insert(
                AUTHORIZATION,
                bearer(key).expect("it was checked at opening"),
            );
        }
        headers
    }

    fn not_reached(&self, error: reqwest::Error) -> CallError {
        if error.is_timeout() && !error.is_connect() {
            return self.timed_out();
        }
        CallError::Unreachable {
            url: self.shown_url.clone(),
            why: failure::innermost(&error.without_url()),
        }
    }

    fn timed_out(&self) -> CallError {
        CallError::TimedOut {
            after: self.timeout,
        }
    }
}

impl Model for Openai {
    fn answer<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<Answer, CallError>> {
        self.answer_in_some_form(request).boxed()
    }
}

type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

fn base_url(key: &Key, access: &ModelAccess, set: Environment) -> Result<String, SetupError> {
    match &access.base_url {
        None => Ok(DEFAULT_URL.to_owned()),
        Some(Setting::Text(url)) => Ok(url.clone()),
        Some(Setting::Env { name, default }) => {
            set(name)
                .or_else(|| default.clone())
                .ok_or_else(|| SetupError::MissingUrl {
                    model: key.to_string(),
                    variable: name.clone(),
                })
        }
    }
}

fn completions_url(key: &Key, base: &str) -> Result<Url, SetupError> {
    let base = base.trim().trim_end_matches('/');
    let bad = |url: String, why: String| SetupError::BadUrl {
        model: key.to_string(),
        url,
        why,
    };
    let mut url = Url::parse(base).map_err(|error| bad(without_user(base), error.to_string()))?;
    if !matches!(url.scheme(), "http" | "https") {
        let why = format!(
            "it begins with `{}:`, and not with `http:` or `https:`",
            url.scheme()
        );
        return Err(bad(shown(&url), why));
    }
    // What follows a `?` stays at the end: some servers want a version or a key there.
    url.path_segments_mut()
        .expect("addresses of these schemes have a path")
        .pop_if_empty()
        .extend(["chat", "completions"]);
    Ok(url)
}

fn secret(key: &Key, access: &ModelAccess, set: Environment) -> Result<Option<Secret>, SetupError> {
    let Some(variable) = &access.api_key else {
        return Ok(None);
    };
    let Some(value) = set(variable) else {
        return Err(SetupError::MissingKey {
            model: key.to_string(),
            variable: variable.clone(),
        });
    };
    let secret = Secret::new(&value);
    match bearer(&secret) {
        Some(_) => Ok(Some(secret)),
        None => Err(SetupError::BadKey {
            model: key.to_string(),
            variable: variable.clone(),
        }),
    }
}

fn bearer(key: &Secret) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(&format!("Bearer {}", key.reveal())).ok()?;
    value.set_sensitive(true);
    Some(value)
}

fn client(url: &Url, timeout: Duration) -> reqwest::Result<reqwest::Client> {
    choose_tls();
    let mut builder = reqwest::Client::builder()
        .user_agent(concat!("autosafe/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(timeout);
    if url.scheme() == "http" {
        // Loading the system's certificates takes longer than a whole call without TLS.
        builder = builder.tls_certs_only([]);
    }
    if is_this_machine(url) {
        builder = builder.no_proxy();
    }
    builder.build()
}

fn choose_tls() {
    static CHOSEN: Once = Once::new();
    CHOSEN.call_once(|| {
        // An error says that the program has chosen already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
}

fn is_this_machine(url: &Url) -> bool {
    match url.host_str() {
        Some("localhost" | "[::1]") => true,
        Some(host) => host.starts_with("127."),
        None => false,
    }
}

/// An address that cannot be read, without what may be a password.
fn without_user(text: &str) -> String {
    let text = text.split('?').next().unwrap_or_default();
    match (text.split_once("//"), text.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, rest))) => format!("{scheme}//{rest}"),
        (None, Some((_, rest))) => rest.to_owned(),
        (_, None) => text.to_owned(),
    }
}

fn shown(url: &Url) -> String {
    let mut url = url.clone();
    // Both fail only for addresses that cannot hold a name.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.set_query(None);
    url.to_string()
}
