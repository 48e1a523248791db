//! `events.jsonl`: when what happened. Times and arrivals stand here and nowhere else.

use std::fs::{File, OpenOptions};
use std::io::{BufWriter, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::Serialize;

use super::error::RunError;

/// One line of the log.
#[derive(Debug, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub(super) enum LoggedEvent<'e> {
    RunStarted {
        plan_id: &'e str,
        process: u32,
        items: u64,
        finished: u64,
    },
    CallRetried {
        item: i64,
        path: &'e str,
        model: &'e str,
        tries: u32,
    },
    AnswerRepaired {
        item: i64,
        path: &'e str,
        how: &'e str,
    },
    Notice {
        text: &'e str,
    },
    HistoryShortened {
        item: u64,
        path: &'e str,
        /// From 1, where old observations are left out, to 3, where all are cut.
        level: usize,
    },
    Dropped {
        trajectory: &'e str,
        reason: &'e str,
        detail: &'e str,
    },
    Failed {
        trajectory: &'e str,
        error: &'e str,
    },
    RowGivenUp {
        scenario: &'e str,
        row: usize,
        /// Samples in a row that kept nothing.
        attempts: u32,
    },
    ExamplesJudged {
        judged: u64,
        agreed: u64,
        unanswered: u64,
    },
    /// What is said of the evaluators when they have been measured.
    Calibrated {
        words: &'e str,
    },
    Draining {
        why: &'e str,
        /// Those that are waited for.
        calls: u64,
    },
    RunStopped {
        why: &'e str,
        items: u64,
        finished: u64,
        calls: u64,
        usd: f64,
    },
}

/// Appends events to a file.
pub(super) struct EventLog {
    path: PathBuf,
    file: BufWriter<File>,
}

#[derive(Serialize)]
struct Line<'e> {
    /// Milliseconds since 1970.
    at: u64,
    #[serde(flatten)]
    what: &'e LoggedEvent<'e>,
}

impl EventLog {
    /// Opens the log at `path`; half a line at its end, from a process that was killed, goes.
    pub fn open(path: &Path) -> Result<Self, RunError> {
        let file = open_whole(path).map_err(|error| RunError::unwritten(path, &error))?;
        Ok(Self {
            path: path.to_owned(),
            file: BufWriter::new(file),
        })
    }

    /// Appends `event` with the time.
    pub fn write(&mut self, event: &LoggedEvent<'_>) -> Result<(), RunError> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let at = now.map_or(0, |now| u64::try_from(now.as_millis()).unwrap_or(u64::MAX));
        let line = Line { at, what: event };
        let mut text = serde_json::to_string(&line).expect("events are plain JSON");
        text.push('\n');
        let written = self.file.write_all(text.as_bytes());
        written.map_err(|error| RunError::unwritten(&self.path, &error))
    }

    /// Hands what was appended to the system.
    pub fn flush(&mut self) -> Result<(), RunError> {
        let flushed = self.file.flush();
        flushed.map_err(|error| RunError::unwritten(&self.path, &error))
    }
}

fn open_whole(path: &Path) -> std::io::Result<File> {
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)?;
    let length = file.metadata()?.len();
    let end = end_of_last_line(&mut file, length)?;
    file.set_len(end)?;
    file.seek(SeekFrom::End(0))?;
    Ok(file)
}

fn end_of_last_line(file: &mut File, length: u64) -> std::io::Result<u64> {
    let start = length.saturating_sub(1 << 16);
    file.seek(SeekFrom::Start(start))?;
    let mut tail = Vec::new();
    file.read_to_end(&mut tail)?;
    let end = tail.iter().rposition(|byte| *byte == b'\n');
    Ok(end.map_or(start, |position| start + position as u64 + 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::record::DropReason;
    use crate::run::summary::StopReason;

    /// One event of each kind, and with each word that the schema lists.
    fn one_of_each() -> Vec<LoggedEvent<'static>> {
        let path = "rollout/0/step/1/act/try/0";
        let mut events = vec![
            LoggedEvent::RunStarted {
                plan_id: "p",
                process: 1,
                items: 2,
                finished: 0,
            },
            LoggedEvent::CallRetried {
                item: -1,
                path,
                model: "M",
                tries: 2,
            },
            LoggedEvent::AnswerRepaired {
                item: 0,
                path,
                how: "a fence went",
            },
            LoggedEvent::Notice { text: "slow" },
            LoggedEvent::HistoryShortened {
                item: 0,
                path,
                level: 3,
            },
            LoggedEvent::Failed {
                trajectory: "i/0",
                error: "no answer",
            },
            LoggedEvent::ExamplesJudged {
                judged: 2,
                agreed: 1,
                unanswered: 1,
            },
            LoggedEvent::Calibrated { words: "well" },
            LoggedEvent::RowGivenUp {
                scenario: "S",
                row: 0,
                attempts: 5,
            },
            LoggedEvent::Draining {
                why: "interrupted",
                calls: 3,
            },
        ];
        for reason in [
            DropReason::NoSafeAction,
            DropReason::EvaluatorsSplit,
            DropReason::Refused,
            DropReason::ContextTooLong,
        ] {
            events.push(LoggedEvent::Dropped {
                trajectory: "i/0",
                reason: reason.words(),
                detail: "",
            });
        }
        for stop in [
            StopReason::Finished,
            StopReason::Budget,
            StopReason::ModelCannotWork(String::new()),
            StopReason::Interrupted,
        ] {
            events.push(LoggedEvent::RunStopped {
                why: stop.words(),
                items: 2,
                finished: 2,
                calls: 5,
                usd: 0.5,
            });
        }
        events
    }

    /// Does not compile when there is a kind of which [`one_of_each`] may know nothing.
    fn number(event: &LoggedEvent<'_>) -> usize {
        match event {
            LoggedEvent::RunStarted { .. } => 0,
            LoggedEvent::CallRetried { .. } => 1,
            LoggedEvent::AnswerRepaired { .. } => 2,
            LoggedEvent::Notice { .. } => 3,
            LoggedEvent::HistoryShortened { .. } => 4,
            LoggedEvent::Dropped { .. } => 5,
            LoggedEvent::Failed { .. } => 6,
            LoggedEvent::ExamplesJudged { .. } => 7,
            LoggedEvent::Draining { .. } => 8,
            LoggedEvent::RunStopped { .. } => 9,
            LoggedEvent::Calibrated { .. } => 10,
            LoggedEvent::RowGivenUp { .. } => 11,
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_log_without_room_says_so_by_its_name() {
        let full = Path::new("/dev/full");
        let file = OpenOptions::new().write(true).open(full);
        let mut log = EventLog {
            path: full.to_owned(),
            file: BufWriter::new(file.expect("Linux has it")),
        };
        log.write(&LoggedEvent::Notice { text: "slow" })
            .expect("it waits to be flushed");
        let error = log.flush().expect_err("there is no room").to_string();
        assert!(error.starts_with("cannot use /dev/full: "), "{error}");
        assert!(
            error.ends_with("; make room and run the same command again"),
            "{error}"
        );
    }

    #[test]
    fn the_schema_has_every_kind_of_event_and_nothing_else_passes_it() {
        let schema = include_str!("../../book/src/events.schema.json");
        let schema: serde_json::Value = serde_json::from_str(schema).expect("it is JSON");
        let validator = jsonschema::validator_for(&schema).expect("it is a schema");
        let mut seen = [false; 12];
        for event in one_of_each() {
            let line = Line {
                at: 1,
                what: &event,
            };
            let mut line = serde_json::to_value(&line).expect("events are plain JSON");
            assert!(validator.is_valid(&line), "{line}");
            line["further"] = true.into();
            assert!(!validator.is_valid(&line), "{line}");
            seen[number(&event)] = true;
        }
        assert_eq!(seen, [true; 12]);
        let kinds = schema["oneOf"].as_array().map(Vec::len);
        assert_eq!(kinds, Some(seen.len()));
    }
}
