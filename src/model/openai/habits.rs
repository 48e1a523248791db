//! Fields of a request that a server does not take: found out once, and then left out.

use std::sync::atomic::{AtomicU8, Ordering};

use crate::model::http::Received;

/// A field that some servers or models reject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Field {
    Temperature = 1,
    TopP = 2,
    Seed = 4,
    /// `max_tokens`, which reasoning models of OpenAI want as `max_completion_tokens`.
    MaxTokens = 8,
    /// `max_completion_tokens`, which older servers know as `max_tokens`.
    MaxCompletionTokens = 16,
    StreamOptions = 32,
}

/// What one server was found to reject.
#[derive(Debug, Default)]
pub(super) struct Habits(AtomicU8);

/// The same at one moment.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rejected(u8);

impl Field {
    const ALL: [Field; 6] = [
        Field::Temperature,
        Field::TopP,
        Field::Seed,
        Field::MaxTokens,
        Field::MaxCompletionTokens,
        Field::StreamOptions,
    ];

    /// The name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Temperature => "temperature",
            Self::TopP => "top_p",
            Self::Seed => "seed",
            Self::MaxTokens => "max_tokens",
            Self::MaxCompletionTokens => "max_completion_tokens",
            Self::StreamOptions => "stream_options",
        }
    }

    /// What its absence means for a dataset, where it means something.
    pub fn loss(self) -> Option<&'static str> {
        match self {
            Self::Temperature => {
                Some("takes no `temperature`, so it samples with its own and not the plan's")
            }
            Self::TopP => Some("takes no `top_p`, so it samples with its own and not the plan's"),
            Self::Seed => Some("takes no `seed`, so it would not answer the same way twice"),
            Self::MaxTokens | Self::MaxCompletionTokens | Self::StreamOptions => None,
        }
    }
}

impl Habits {
    /// What is known now.
    pub fn rejected(&self) -> Rejected {
        Rejected(self.0.load(Ordering::Relaxed))
    }

    /// The field that `received` complains of, if it was sent; it is not sent again. The second
    /// part says whether that is news.
    pub fn learn(
        &self,
        sent: &dyn Fn(Field) -> bool,
        received: &Received,
    ) -> Option<(Field, bool)> {
        let field = Field::ALL
            .into_iter()
            .find(|field| sent(*field) && received.rejects_field(field.name()))?;
        let before = self.0.fetch_or(field as u8, Ordering::Relaxed);
        Some((field, before & field as u8 == 0))
    }
}

impl Rejected {
    /// Whether the field is known to be rejected.
    pub fn has(self, field: Field) -> bool {
        self.0 & field as u8 != 0
    }
}
