//! The lines of a recording, and the key by which a call is known.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::model::conversation::{Answer, Request};

/// The name of the format, with its version.
pub const RECORDING_FORMAT: &str = "autosafe.calls/1";

/// The first line.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Head {
    pub format: String,
}

/// Any other line.
#[derive(Debug, Serialize)]
pub(super) struct CallLine<'c> {
    pub key: String,
    /// Where the call stood in its run; for people.
    pub at: &'c str,
    pub request: &'c Request,
    #[serde(flatten)]
    pub outcome: Outcome<'c>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Outcome<'c> {
    Answer(&'c Answer),
    /// The conversation was longer than the model can read, in the server's words.
    TooLong(&'c str),
    /// There was no answer, and why.
    Failed(&'c str),
}

/// What is read first of a line.
#[derive(Debug, Deserialize)]
pub(super) struct Known {
    pub key: CallKey,
    #[serde(default)]
    pub failed: Option<serde::de::IgnoredAny>,
}

/// What a call is answered from.
#[derive(Debug, Deserialize)]
pub(super) struct ReadLine {
    #[serde(default)]
    pub at: String,
    pub request: Json,
    #[serde(default)]
    pub answer: Option<Answer>,
    #[serde(default)]
    pub too_long: Option<String>,
    #[serde(default)]
    pub failed: Option<String>,
}

/// The hash of a request with its seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct CallKey([u8; 16]);

impl CallKey {
    pub fn of(request: &Request) -> Self {
        let mut hasher = blake3::Hasher::new();
        hasher.update(b"autosafe.call/1\0");
        let json = serde_json::to_vec(request).expect("requests hold nothing that JSON cannot");
        hasher.update(&json);
        let mut key = [0; 16];
        key.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
        Self(key)
    }

    pub fn hex(self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl TryFrom<String> for CallKey {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        const BAD: &str = "`key` should have 32 hexadecimal digits";
        let mut key = [0; 16];
        if text.len() != 32 || !text.is_ascii() {
            return Err(BAD);
        }
        for (index, byte) in key.iter_mut().enumerate() {
            let digits = &text[2 * index..2 * index + 2];
            *byte = u8::from_str_radix(digits, 16).map_err(|_| BAD)?;
        }
        Ok(Self(key))
    }
}
