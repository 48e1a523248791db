//! Writes a recording, line by line, each whole before the run goes on.

use std::collections::HashSet;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::error::RecordingError;
use super::line::{CallKey, CallLine, Head, Outcome, RECORDING_FORMAT};
use super::replay::index;
use crate::model::conversation::{Answer, Request};

/// A recording that is being written; it is locked against other processes.
#[derive(Debug)]
pub struct Recorder {
    path: PathBuf,
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    file: File,
    /// Calls that have an answer in the file.
    known: HashSet<CallKey>,
}

/// What a call came to.
#[derive(Debug, Clone, Copy)]
pub enum Kept<'k> {
    Answer(&'k Answer),
    /// The conversation was longer than the model can read, in the server's words.
    TooLong(&'k str),
    /// There was no answer, and why.
    Failed(&'k str),
}

impl Recorder {
    /// Opens the recording at `path`, new or to go on with; half a line at its end goes.
    pub fn open(path: &Path) -> Result<Self, RecordingError> {
        let unusable = |error: std::io::Error| RecordingError::unusable(path, error);
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
            .map_err(unusable)?;
        file.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => RecordingError::Locked {
                path: path.to_owned(),
            },
            TryLockError::Error(error) => unusable(error),
        })?;
        let known = match file.metadata().map_err(unusable)?.len() {
            0 => HashSet::new(),
            length => go_on(path, &mut file, length)?,
        };
        let recorder = Self {
            path: path.to_owned(),
            inner: Mutex::new(Inner { file, known }),
        };
        recorder.begin()?;
        Ok(recorder)
    }

    /// Keeps one call, unless it is there already.
    pub fn keep(
        &self,
        at: &str,
        request: &Request,
        outcome: Kept<'_>,
    ) -> Result<(), RecordingError> {
        let key = CallKey::of(request);
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        if inner.known.contains(&key) {
            return Ok(());
        }
        let line = CallLine {
            key: key.hex(),
            at,
            request,
            outcome: match outcome {
                Kept::Answer(answer) => Outcome::Answer(answer),
                Kept::TooLong(words) => Outcome::TooLong(words),
                Kept::Failed(words) => Outcome::Failed(words),
            },
        };
        self.write(&mut inner.file, &line)?;
        if !matches!(outcome, Kept::Failed(_)) {
            inner.known.insert(key);
        }
        Ok(())
    }

    /// How many calls have an answer in the file.
    pub fn answered(&self) -> u64 {
        let inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        inner.known.len() as u64
    }

    fn begin(&self) -> Result<(), RecordingError> {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let place = inner.file.stream_position();
        if place.map_err(|error| RecordingError::unusable(&self.path, error))? > 0 {
            return Ok(());
        }
        let head = Head {
            format: RECORDING_FORMAT.to_owned(),
        };
        self.write(&mut inner.file, &head)
    }

    fn write(&self, file: &mut File, line: &impl serde::Serialize) -> Result<(), RecordingError> {
        let mut text = serde_json::to_vec(line).expect("calls are plain JSON");
        text.push(b'\n');
        file.write_all(&text)
            .map_err(|error| RecordingError::unusable(&self.path, error))
    }
}

/// What a file holds already; it is left so that the next line goes to its end.
fn go_on(path: &Path, file: &mut File, length: u64) -> Result<HashSet<CallKey>, RecordingError> {
    let index = index(path, file)?;
    let unusable = |error: std::io::Error| RecordingError::unusable(path, error);
    if index.end < length {
        file.set_len(index.end).map_err(unusable)?;
    }
    file.seek(SeekFrom::Start(index.end)).map_err(unusable)?;
    // A last line that is whole, but for its end.
    if index.end > 0 && !ends_its_line(file, index.end).map_err(unusable)? {
        file.write_all(b"\n").map_err(unusable)?;
    }
    let answered = index.places.iter().filter(|(_, place)| !place.is_failure);
    Ok(answered.map(|(key, _)| *key).collect())
}

fn ends_its_line(file: &mut File, end: u64) -> std::io::Result<bool> {
    file.seek(SeekFrom::Start(end - 1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}
