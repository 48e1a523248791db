//! A key that cannot be shown by accident.

use std::fmt;

/// What stands where a secret would have stood.
const HIDDEN: &str = "[key]";

/// Bytes from which on a secret is no word that a text holds by chance.
const UNMISTAKABLE: usize = 16;

/// A key for a model's server. Neither `Debug` nor `Display` shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// A secret without the blanks around it, which pasting tends to bring.
    pub fn new(text: &str) -> Self {
        Self(text.trim().to_owned())
    }

    /// The secret itself, for the one header that carries it.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Whether it can only be a secret: `EMPTY` or `k` may stand in any text.
    pub fn is_unmistakable(&self) -> bool {
        self.0.len() >= UNMISTAKABLE
    }

    /// `text` without the secret, should a server have repeated it.
    pub fn hide_in(&self, text: &str) -> String {
        if self.0.is_empty() {
            return text.to_owned();
        }
        text.replace(&self.0, HIDDEN)
    }
}

/// All secrets that go to one server.
#[derive(Debug, Default)]
pub struct Secrets(Vec<Secret>);

impl Secrets {
    /// One more; an empty one hides nothing.
    pub fn add(&mut self, secret: Secret) {
        self.0.push(secret);
    }

    /// `text` without any of them.
    pub fn hide_in(&self, text: &str) -> String {
        let secrets = self.0.iter();
        secrets.fold(text.to_owned(), |text, secret| secret.hide_in(&text))
    }

    /// `text` without those that can only be secrets.
    pub fn hide_unmistakable_in(&self, text: String) -> String {
        let secrets = self.0.iter().filter(|secret| secret.is_unmistakable());
        secrets.fold(text, |text, secret| match text.contains(secret.reveal()) {
            true => secret.hide_in(&text),
            false => text,
        })
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(HIDDEN)
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(HIDDEN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_never_shown() {
        let secret = Secret::new(" sk-123 \n");
        assert_eq!(format!("{secret} {secret:?}"), "[key] [key]");
        assert_eq!(secret.hide_in("bad key sk-123"), "bad key [key]");
        assert_eq!(secret.reveal(), "sk-123");
        assert!(!secret.is_unmistakable());
    }
}
