//! How an item's straight-line code is left before its end.

use crate::model::RecordingError;

use super::journal::JournalError;
use super::record::DropReason;

/// Why a step gave nothing: the trajectory is dropped or has failed, or the whole run stops.
#[derive(Debug, Clone)]
pub(super) enum Departure {
    Dropped { reason: DropReason, detail: String },
    Failed(Failure),
    Halted(Halt),
}

/// What went wrong in one trajectory.
#[derive(Debug, Clone)]
pub(super) struct Failure {
    pub kind: FailureKind,
    pub error: String,
}

/// What sort of thing went wrong; failures are counted by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FailureKind {
    /// A model's answers did not fit, however often it was asked.
    Misfit,
    /// A call gave no answer. The next life of the run tries again.
    NoAnswer,
    /// The plan's own words do not work for this item.
    Recipe,
    /// A mistake of this program.
    Internal,
}

/// Why the run goes no further; what an item has paid for stays in the journal.
#[derive(Debug, Clone)]
pub(super) enum Halt {
    /// The dispatcher asked for it.
    Asked,
    /// There is no money, or there are no tokens, for another call.
    Budget,
    /// A model refuses every call, in its server's words.
    ModelCannotWork(String),
    Journal(JournalError),
    /// The recording of the calls cannot be written.
    Recording(RecordingError),
}

impl FailureKind {
    /// In words, for people.
    pub fn words(self) -> &'static str {
        match self {
            Self::Misfit => "answer does not fit",
            Self::NoAnswer => "no answer",
            Self::Recipe => "prose or prompt does not render",
            Self::Internal => "internal error",
        }
    }

    /// Whether it may be gone when the run is started again.
    ///
    /// Only what came from a model is final, as the answers are in the journal.
    pub fn may_pass(self) -> bool {
        match self {
            Self::NoAnswer | Self::Internal => true,
            Self::Misfit | Self::Recipe => false,
        }
    }
}

impl Departure {
    /// A failure of this kind.
    pub fn failed(kind: FailureKind, error: impl Into<String>) -> Self {
        let error = error.into();
        Self::Failed(Failure { kind, error })
    }

    /// Whether the same code, run again, would leave at the same place.
    pub fn is_final(&self) -> bool {
        match self {
            Self::Dropped { .. } => true,
            Self::Failed(failure) => !failure.kind.may_pass(),
            Self::Halted(_) => false,
        }
    }
}

impl From<JournalError> for Departure {
    fn from(error: JournalError) -> Self {
        Self::Halted(Halt::Journal(error))
    }
}
