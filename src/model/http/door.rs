//! What has to be known before a server can be called, looked up once when a run opens.

use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Certificate, Proxy, Url};

use crate::check::{Key, ModelAccess, Setting};
use crate::model::secret::{Secret, Secrets};
use crate::model::setup::SetupError;

/// Gives the environment's variables.
pub(in crate::model) type Environment<'e> = &'e dyn Fn(&str) -> Option<String>;

/// A declared model's access, with the environment that completes it.
pub(in crate::model) struct Door<'d> {
    pub key: &'d Key,
    pub access: &'d ModelAccess,
    pub environment: Environment<'d>,
}

/// What is sent along with every call.
#[derive(Debug)]
pub(super) struct Luggage {
    pub headers: HeaderMap,
    pub secrets: Secrets,
}

impl Door<'_> {
    /// The server's address: as declared, or `default`.
    pub(super) fn base_url(&self, default: &str) -> Result<Url, SetupError> {
        let base = match &self.access.base_url {
            None => default.to_owned(),
            Some(setting) => self.value("address", setting)?,
        };
        let base = base.trim().trim_end_matches('/');
        let bad = |url: String, why: String| SetupError::BadUrl {
            model: self.key.to_string(),
            url,
            why,
        };
        let url = Url::parse(base).map_err(|error| bad(without_user(base), error.to_string()))?;
        if matches!(url.scheme(), "http" | "https") {
            return Ok(url);
        }
        let why = format!(
            "it begins with `{}:`, and not with `http:` or `https:`",
            url.scheme()
        );
        Err(bad(shown(&url), why))
    }

    /// The declared headers with those of the dialect, and every secret among them.
    pub(super) fn luggage(
        &self,
        fixed: &[(&'static str, &'static str)],
        key_header: fn(&str) -> (&'static str, String),
    ) -> Result<Luggage, SetupError> {
        let mut luggage = Luggage {
            headers: HeaderMap::new(),
            secrets: Secrets::default(),
        };
        let headers = &mut luggage.headers;
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        for (name, value) in fixed {
            let name = HeaderName::from_static(name);
            headers.insert(name, HeaderValue::from_static(value));
        }
        if let Some(variable) = &self.access.api_key {
            self.add_key(variable, key_header, &mut luggage)?;
        }
        for (name, setting) in &self.access.headers {
            self.add_header(name, setting, &mut luggage)?;
        }
        Ok(luggage)
    }

    fn add_key(
        &self,
        variable: &str,
        key_header: fn(&str) -> (&'static str, String),
        luggage: &mut Luggage,
    ) -> Result<(), SetupError> {
        let Some(value) = self.set(variable) else {
            return Err(SetupError::MissingKey {
                model: self.key.to_string(),
                variable: variable.to_owned(),
            });
        };
        let secret = Secret::new(&value);
        let (name, value) = key_header(secret.reveal());
        let mut value = HeaderValue::from_str(&value).map_err(|_| SetupError::BadKey {
            model: self.key.to_string(),
            variable: variable.to_owned(),
        })?;
        value.set_sensitive(true);
        luggage.headers.insert(HeaderName::from_static(name), value);
        luggage.secrets.add(secret);
        Ok(())
    }

    /// A header of the declaration takes the place of the dialect's own. What came from the
    /// environment counts as a secret.
    fn add_header(
        &self,
        name: &str,
        setting: &Setting,
        luggage: &mut Luggage,
    ) -> Result<(), SetupError> {
        let bad = || SetupError::BadHeader {
            model: self.key.to_string(),
            header: name.to_owned(),
        };
        let secret = Secret::new(&self.value(&format!("header `{name}`"), setting)?);
        let header = HeaderName::from_bytes(name.as_bytes()).map_err(|_| bad())?;
        let mut value = HeaderValue::from_str(secret.reveal()).map_err(|_| bad())?;
        if let Setting::Env { .. } = setting {
            value.set_sensitive(true);
            luggage.secrets.add(secret);
        }
        luggage.headers.insert(header, value);
        Ok(())
    }

    /// The proxy that was declared.
    pub(super) fn proxy(&self) -> Result<Option<Proxy>, SetupError> {
        let Some(setting) = &self.access.proxy else {
            return Ok(None);
        };
        let address = self.value("proxy", setting)?;
        let proxy = Proxy::all(address.trim()).map_err(|_| SetupError::BadProxy {
            model: self.key.to_string(),
            address: without_user(address.trim()),
        })?;
        Ok(Some(proxy))
    }

    /// The certificates that were declared; a variable holds them, or the path of their file.
    pub(super) fn certificates(&self) -> Result<Vec<Certificate>, SetupError> {
        let Some(setting) = &self.access.ca else {
            return Ok(Vec::new());
        };
        let text = self.value("certificates", setting)?;
        let bad = |why: String| SetupError::BadCertificates {
            model: self.key.to_string(),
            why,
        };
        let pem = match setting {
            // The path is not shown: the variable may hold something else than was thought.
            Setting::Env { name, .. } if !is_pem(&text) => std::fs::read_to_string(text.trim())
                .map_err(|error| bad(format!("the file that `{name}` names: {error}")))?,
            _ => text,
        };
        let found = Certificate::from_pem_bundle(pem.as_bytes())
            .map_err(|error| bad(super::received::innermost(&error)))?;
        match found.is_empty() {
            true => Err(bad("there is no `BEGIN CERTIFICATE` in them".to_owned())),
            false => Ok(found),
        }
    }

    /// What a setting stands for on this machine.
    fn value(&self, what: &str, setting: &Setting) -> Result<String, SetupError> {
        match setting {
            Setting::Text(text) => Ok(text.clone()),
            Setting::Env { name, default } => {
                let value = self.set(name).or_else(|| default.clone());
                value.ok_or_else(|| SetupError::MissingSetting {
                    model: self.key.to_string(),
                    what: what.to_owned(),
                    variable: name.clone(),
                })
            }
        }
    }

    fn set(&self, name: &str) -> Option<String> {
        (self.environment)(name).filter(|value| !value.trim().is_empty())
    }
}

fn is_pem(text: &str) -> bool {
    text.trim_start().starts_with("-----BEGIN")
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

/// An address without name, password and query.
pub(super) fn shown(url: &Url) -> String {
    let mut url = url.clone();
    // Both fail only for addresses that cannot hold a name.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.set_query(None);
    url.to_string()
}
