//! How a command ends.

use std::process::ExitCode;

/// The exit statuses; scripts rely on them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done.
    Done,
    /// The source has errors.
    SourceErrors,
    /// The command line is wrong, or names something that cannot be used.
    Usage,
    /// Finished, but items failed.
    ItemsFailed,
    /// Stopped by a budget; can go on.
    Budget,
    /// Stopped by a model that cannot work.
    ModelCannotWork,
    /// A figure is below what was asked for.
    ThresholdMissed,
    /// Interrupted; can go on.
    Interrupted,
}

impl Exit {
    /// The number that the process leaves with.
    pub fn status(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::SourceErrors => 1,
            Self::Usage => 2,
            Self::ItemsFailed => 3,
            Self::Budget => 4,
            Self::ModelCannotWork => 5,
            Self::ThresholdMissed => 6,
            Self::Interrupted => 130,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit.status())
    }
}

/// What stops a command before it is done: one clear message, and how the process ends.
#[derive(Debug)]
pub struct Failure {
    pub message: String,
    pub exit: Exit,
}

impl Failure {
    /// The command line names something that cannot be used.
    pub fn usage(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            exit: Exit::Usage,
        }
    }
}

/// What every command gives.
pub type Outcome = Result<Exit, Failure>;
