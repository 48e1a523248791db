//! Connections over HTTP and HTTPS: which certificates are trusted, and which proxy is used.

use std::sync::Once;
use std::time::Duration;

use hyper_util::client::proxy::matcher::Matcher;
use reqwest::{Certificate, ClientBuilder, Proxy, Url};

/// A server that is there accepts a connection well within this.
pub(super) const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// What servers are told of who calls.
pub(super) const USER_AGENT: &str = concat!("autosafe/", env!("CARGO_PKG_VERSION"));

/// Whether calls of `url` need neither TLS nor a `proxy`, declared or the system's, nor a name.
pub(super) fn is_plain(url: &Url, proxy: Option<&Proxy>) -> bool {
    let has_user = !url.username().is_empty() || url.password().is_some();
    if url.scheme() != "http" || proxy.is_some() || has_user {
        return false;
    }
    let is_intercepted = |url: &Url| {
        let url = url.as_str().parse();
        url.is_ok_and(|url| Matcher::from_system().intercept(&url).is_some())
    };
    is_this_machine(url) || !is_intercepted(url)
}

/// A client for `url`, without a bound on time yet.
///
/// Without a `proxy` the system's is used, except for this machine. The certificates in `own` are
/// trusted beside the system's.
pub(super) fn client(url: &Url, proxy: Option<Proxy>, own: Vec<Certificate>) -> ClientBuilder {
    choose_tls();
    let mut builder = reqwest::Client::builder()
        .user_agent(USER_AGENT)
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(CONNECT_TIMEOUT);
    let is_tls_needed = url.scheme() == "https" || proxy.is_some();
    if !own.is_empty() {
        builder = builder.tls_certs_merge(own);
    } else if !is_tls_needed {
        // Loading the system's certificates takes longer than a whole call without TLS.
        builder = builder.tls_certs_only([]);
    }
    match proxy {
        Some(proxy) => builder.proxy(proxy),
        None if is_this_machine(url) => builder.no_proxy(),
        None => builder,
    }
}

/// Chooses the library for TLS, for the whole process.
pub fn choose_tls() {
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
