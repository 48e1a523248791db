//! Answers calls from a recording, and from nothing else.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};

use futures_util::FutureExt as _;
use futures_util::future::{self, BoxFuture};

use super::error::RecordingError;
use super::line::{CallKey, Head, Known, RECORDING_FORMAT, ReadLine};
use super::nearest::nearest;
use crate::model::conversation::{Answer, Request};
use crate::model::error::CallError;
use crate::model::provider::Model;

/// A model that says again what was said when a run was recorded.
#[derive(Debug)]
pub struct Replay {
    path: PathBuf,
    file: Mutex<File>,
    places: HashMap<CallKey, Place>,
    /// The first call that was not there, described; one says enough.
    missing: OnceLock<String>,
}

/// Where a call stands in its file, in bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    start: u64,
    length: u64,
    pub is_failure: bool,
}

/// Where all calls stand.
#[derive(Debug)]
pub(super) struct Index {
    pub places: HashMap<CallKey, Place>,
    /// Where the last whole line ends.
    pub end: u64,
}

impl Replay {
    /// Opens the recording at `path`; half a line at its end is passed over.
    pub fn open(path: &Path) -> Result<Self, RecordingError> {
        let opened = File::open(path).and_then(|file| match file.metadata()?.is_file() {
            true => Ok(file),
            false => Err(std::io::Error::other("it is no file")),
        });
        let mut file = opened.map_err(|error| RecordingError::unusable(path, error))?;
        let index = index(path, &mut file)?;
        Ok(Self {
            path: path.to_owned(),
            file: Mutex::new(file),
            places: index.places,
            missing: OnceLock::new(),
        })
    }

    fn reply(&self, request: &Request) -> Result<Answer, CallError> {
        let Some(place) = self.places.get(&CallKey::of(request)) else {
            let message = self.missing.get_or_init(|| self.describe(request)).clone();
            return Err(CallError::NotRecorded { message });
        };
        let broken = |why: String| CallError::NotRecorded {
            message: format!(
                "the recording {} cannot be read: {why}",
                self.path.display()
            ),
        };
        let text = self
            .read(*place)
            .map_err(|error| broken(error.to_string()))?;
        let line: ReadLine =
            serde_json::from_slice(&text).map_err(|error| broken(error.to_string()))?;
        match line {
            ReadLine {
                answer: Some(answer),
                ..
            } => Ok(answer),
            ReadLine {
                too_long: Some(message),
                ..
            } => Err(CallError::ContextTooLong { message }),
            ReadLine {
                failed: Some(message),
                ..
            } => Err(CallError::RecordedFailure { message }),
            _ => Err(broken("a call in it has no answer".to_owned())),
        }
    }

    fn read(&self, place: Place) -> std::io::Result<Vec<u8>> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(place.start))?;
        let mut text = Vec::new();
        file.by_ref().take(place.length).read_to_end(&mut text)?;
        Ok(text)
    }

    /// What is not there, and what comes nearest to it.
    fn describe(&self, request: &Request) -> String {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let path = self.path.display();
        let near = file
            .seek(SeekFrom::Start(0))
            .ok()
            .and_then(|_| nearest(request, BufReader::new(&mut *file)));
        let words = near.unwrap_or_else(|| "it holds no call of this kind".to_owned());
        format!(
            "the recording {path} has no answer to a call of the model `{}` with the seed {}; {words}",
            request.model, request.seed
        )
    }
}

impl Model for Replay {
    fn answer<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<Answer, CallError>> {
        future::ready(self.reply(request)).boxed()
    }
}

/// Looks through a recording once. Of a call that is there twice the last counts.
pub(super) fn index(path: &Path, file: &mut File) -> Result<Index, RecordingError> {
    let mut reader = BufReader::with_capacity(1 << 20, file);
    let mut index = Index {
        places: HashMap::new(),
        end: 0,
    };
    let mut text = Vec::new();
    for number in 1.. {
        text.clear();
        let read = reader.read_until(b'\n', &mut text);
        let length = read.map_err(|error| RecordingError::unusable(path, error))? as u64;
        if length == 0 {
            break;
        }
        if number == 1 {
            check_head(path, &text)?;
        } else if !text.trim_ascii().is_empty() {
            match serde_json::from_slice::<Known>(&text) {
                Ok(known) => {
                    let place = Place {
                        start: index.end,
                        length,
                        is_failure: known.failed.is_some(),
                    };
                    index.places.insert(known.key, place);
                }
                // Whoever wrote it was killed; the next one goes on before it.
                Err(_) if !text.ends_with(b"\n") => break,
                Err(error) => {
                    return Err(RecordingError::BrokenLine {
                        path: path.to_owned(),
                        line: number,
                        why: error.to_string(),
                    });
                }
            }
        }
        index.end += length;
    }
    Ok(index)
}

fn check_head(path: &Path, text: &[u8]) -> Result<(), RecordingError> {
    match serde_json::from_slice::<Head>(text) {
        Ok(head) if head.format == RECORDING_FORMAT => Ok(()),
        _ => Err(RecordingError::NoRecording {
            path: path.to_owned(),
        }),
    }
}
