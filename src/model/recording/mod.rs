//! Calls in a file: every answer of a run kept, and a run answered from what was kept.
//!
//! A recording is JSON, one object a line. The first line names the format; each of the others is
//! one call, known by the hash of its request. Whoever looks a call up by what was asked needs no
//! address, no key and no network.

mod difference;
mod error;
mod line;
mod nearest;
mod recorder;
mod replay;

pub use error::RecordingError;
pub use line::RECORDING_FORMAT;
pub use recorder::{Kept, Recorder};
pub use replay::Replay;
