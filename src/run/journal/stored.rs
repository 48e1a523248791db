//! What the journal holds, in types of its own: the runtime's may change, a journal on disk may not.

use serde::{Deserialize, Serialize};

use crate::check::{Key, Role};
use crate::model::{Answer, Finish, ToolCallText, Usage};
use crate::run::record::{DropReason, Ending, Record};
use crate::run::spending::RoleSpending;
use crate::run::standouts::ItemSpending;

use super::counts::Counts;

/// The name of the format, with its version.
pub(super) const FORMAT: &str = "autosafe.journal/4";

/// One call that came back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(in crate::run) struct StoredCall {
    pub role: Role,
    /// The model's key in the plan.
    pub model: String,
    /// From when the call was admitted to its answer, waits for limits and retries included.
    pub milliseconds: u64,
    /// How often the call was tried on the wire.
    pub tries: u32,
    pub reply: StoredReply,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::run) enum StoredReply {
    Answer(StoredAnswer),
    /// The conversation was longer than the model can read, in the server's words.
    TooLong(String),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(in crate::run) struct StoredAnswer {
    content: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    tool_calls: Vec<StoredToolCall>,
    finish: StoredFinish,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refusal: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reasoning: Option<String>,
    input_tokens: u64,
    output_tokens: u64,
    cached_tokens: u64,
    reasoning_tokens: u64,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub simulated: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct StoredToolCall {
    id: String,
    name: String,
    arguments: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum StoredFinish {
    Stop,
    ToolCalls,
    Length,
    ContentFilter,
}

/// One item that came to its end.
#[derive(Debug, Clone, Default)]
pub(in crate::run) struct Finished {
    pub endings: Vec<Ending>,
    /// What the endings add to the run's counts.
    pub counts: Counts,
    /// Whether the next life of the run tries the item again.
    pub again: bool,
    /// What the item took, in all lives of the run; `None` where nobody asks.
    pub took: Option<ItemSpending>,
}

/// A record is a document with a version of its own, and is stored as it is.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum StoredEnding {
    Kept {
        record: Box<Record>,
    },
    Dropped {
        id: String,
        reason: StoredDropReason,
        detail: String,
    },
    Failed {
        id: String,
        error: String,
    },
}

/// A [`StoredEnding`] on its way into the journal: records are large, and are not copied for it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum EndingToStore<'e> {
    Kept {
        record: &'e Record,
    },
    Dropped {
        id: &'e str,
        reason: StoredDropReason,
        detail: &'e str,
    },
    Failed {
        id: &'e str,
        error: &'e str,
    },
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum StoredDropReason {
    NoSafeAction,
    EvaluatorsSplit,
    Refused,
    ContextTooLong,
}

impl From<Answer> for StoredAnswer {
    fn from(answer: Answer) -> Self {
        Self {
            content: answer.content,
            tool_calls: answer.tool_calls.into_iter().map(Into::into).collect(),
            finish: answer.finish.into(),
            refusal: answer.refusal,
            reasoning: answer.reasoning,
            input_tokens: answer.usage.input,
            output_tokens: answer.usage.output,
            cached_tokens: answer.usage.cached,
            reasoning_tokens: answer.usage.reasoning,
            simulated: answer.simulated,
        }
    }
}

impl From<StoredAnswer> for Answer {
    fn from(stored: StoredAnswer) -> Self {
        let usage = stored.usage();
        Self {
            simulated: stored.simulated,
            content: stored.content,
            tool_calls: stored.tool_calls.into_iter().map(Into::into).collect(),
            finish: stored.finish.into(),
            refusal: stored.refusal,
            reasoning: stored.reasoning,
            usage,
        }
    }
}

impl StoredCall {
    /// The tokens that the call took; none where it was refused as too long.
    pub fn usage(&self) -> Usage {
        match &self.reply {
            StoredReply::Answer(answer) => answer.usage(),
            StoredReply::TooLong(_) => Usage::default(),
        }
    }

    /// What the call took, at this price of its tokens.
    pub fn spending(&self, usd: f64) -> RoleSpending {
        RoleSpending {
            role: self.role,
            model: Key(self.model.clone()),
            calls: 1,
            usage: self.usage(),
            usd,
        }
    }
}

impl StoredAnswer {
    /// Why the answer ended, in the word of most APIs.
    pub fn finish_word(&self) -> &'static str {
        match self.finish {
            StoredFinish::Stop => "stop",
            StoredFinish::ToolCalls => "tool_calls",
            StoredFinish::Length => "length",
            StoredFinish::ContentFilter => "content_filter",
        }
    }

    /// The tokens that the answer took.
    pub fn usage(&self) -> Usage {
        Usage {
            input: self.input_tokens,
            output: self.output_tokens,
            cached: self.cached_tokens,
            reasoning: self.reasoning_tokens,
        }
    }
}

impl From<ToolCallText> for StoredToolCall {
    fn from(call: ToolCallText) -> Self {
        Self {
            id: call.id,
            name: call.name,
            arguments: call.arguments,
        }
    }
}

impl From<StoredToolCall> for ToolCallText {
    fn from(stored: StoredToolCall) -> Self {
        Self {
            id: stored.id,
            name: stored.name,
            arguments: stored.arguments,
        }
    }
}

impl From<Finish> for StoredFinish {
    fn from(finish: Finish) -> Self {
        match finish {
            Finish::Stop => Self::Stop,
            Finish::ToolCalls => Self::ToolCalls,
            Finish::Length => Self::Length,
            Finish::ContentFilter => Self::ContentFilter,
        }
    }
}

impl From<StoredFinish> for Finish {
    fn from(stored: StoredFinish) -> Self {
        match stored {
            StoredFinish::Stop => Self::Stop,
            StoredFinish::ToolCalls => Self::ToolCalls,
            StoredFinish::Length => Self::Length,
            StoredFinish::ContentFilter => Self::ContentFilter,
        }
    }
}

impl<'e> From<&'e Ending> for EndingToStore<'e> {
    fn from(ending: &'e Ending) -> Self {
        match ending {
            Ending::Kept { record } => Self::Kept { record },
            Ending::Dropped { id, reason, detail } => Self::Dropped {
                id,
                reason: (*reason).into(),
                detail,
            },
            Ending::Failed { id, error } => Self::Failed { id, error },
        }
    }
}

impl From<StoredEnding> for Ending {
    fn from(stored: StoredEnding) -> Self {
        match stored {
            StoredEnding::Kept { record } => Self::Kept { record },
            StoredEnding::Dropped { id, reason, detail } => Self::Dropped {
                id,
                reason: reason.into(),
                detail,
            },
            StoredEnding::Failed { id, error } => Self::Failed { id, error },
        }
    }
}

impl From<DropReason> for StoredDropReason {
    fn from(reason: DropReason) -> Self {
        match reason {
            DropReason::NoSafeAction => Self::NoSafeAction,
            DropReason::EvaluatorsSplit => Self::EvaluatorsSplit,
            DropReason::Refused => Self::Refused,
            DropReason::ContextTooLong => Self::ContextTooLong,
        }
    }
}

impl From<StoredDropReason> for DropReason {
    fn from(stored: StoredDropReason) -> Self {
        match stored {
            StoredDropReason::NoSafeAction => Self::NoSafeAction,
            StoredDropReason::EvaluatorsSplit => Self::EvaluatorsSplit,
            StoredDropReason::Refused => Self::Refused,
            StoredDropReason::ContextTooLong => Self::ContextTooLong,
        }
    }
}
