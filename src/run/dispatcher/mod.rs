//! Owns what the user sees: signals, counts, the report, and the decision to stop.
//!
//! Units do the work. They start when the dispatcher has noted them, tell it what they do, and
//! cannot outlive it. It takes one event at a time, and acts on it at once.

mod dispatching;
mod telling;
mod unit;

pub(super) use dispatching::{Orders, dispatch};
