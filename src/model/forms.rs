//! How a structured answer is asked for: found out once for each server, and for each schema that
//! a server does not take.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Mutex, PoisonError};

use super::conversation::{AnswerFormat, Request};
use super::json_schema::JsonSchema;

/// Ways of asking, from the strongest to the weakest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(super) enum Form {
    /// The server holds the model to the schema.
    Schema = 0,
    /// The server holds the model to JSON; the schema is told in words.
    Object = 1,
    /// The schema is told in words.
    Words = 2,
}

/// The strongest forms that a server is known to take.
#[derive(Debug, Default)]
pub(super) struct Forms {
    of_all: AtomicU8,
    /// By the hash of a schema that is too much for the server.
    of_schema: Mutex<HashMap<[u8; 32], Form>>,
}

impl Forms {
    /// How to ask for the answer of `request`.
    pub fn of(&self, request: &Request) -> Form {
        let general = Form::from_number(self.of_all.load(Ordering::Relaxed));
        let schemas = self
            .of_schema
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if schemas.is_empty() {
            return general;
        }
        let special = hash_of(request).and_then(|hash| schemas.get(&hash).copied());
        special.map_or(general, |special| special.max(general))
    }

    /// Takes note that nothing stronger than `form` is taken.
    pub fn weaken(&self, form: Form) {
        self.of_all.fetch_max(form as u8, Ordering::Relaxed);
    }

    /// The same for the schema of `request` alone.
    pub fn weaken_for_schema(&self, request: &Request, form: Form) {
        if let Some(hash) = hash_of(request) {
            let mut schemas = self
                .of_schema
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            schemas.insert(hash, form);
        }
    }
}

impl Form {
    fn from_number(number: u8) -> Self {
        match number {
            0 => Self::Schema,
            1 => Self::Object,
            _ => Self::Words,
        }
    }

    /// The next weaker one.
    pub fn weaker(self) -> Option<Self> {
        match self {
            Self::Schema => Some(Self::Object),
            Self::Object => Some(Self::Words),
            Self::Words => None,
        }
    }
}

/// What tells a model the schema where its server does not.
pub(super) fn in_words(schema: &JsonSchema) -> String {
    format!(
        "Answer with one JSON object and nothing else: no code fence, no words before or after it. It fits this JSON Schema:\n{}",
        schema.text()
    )
}

fn hash_of(request: &Request) -> Option<[u8; 32]> {
    match &request.answer {
        AnswerFormat::Text => None,
        AnswerFormat::Json { schema, .. } => {
            Some(*blake3::hash(schema.text().as_bytes()).as_bytes())
        }
    }
}
