//! Where in the compiler a problem was made.

use std::panic::Location;

/// The line of the compiler that made a problem, for those who work on it: tests hold by it that every
/// message has been read by somebody. Two problems are the same wherever they were made.
#[derive(Debug, Clone, Copy)]
pub struct Origin(&'static Location<'static>);

impl Origin {
    #[track_caller]
    pub(super) fn here() -> Self {
        Self(Location::caller())
    }

    /// The file, line and column.
    pub fn place(self) -> &'static Location<'static> {
        self.0
    }
}

impl PartialEq for Origin {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Origin {}
