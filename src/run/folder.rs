//! The folder of a run, and the right of one process to work in it.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Deserialize;

use crate::plan::Plan;

use super::error::RunError;

/// Digits of the plan's id in the folder's name.
const DIGITS: usize = 8;

/// Where the files of one run are.
#[derive(Debug, Clone)]
pub(super) struct Folder {
    path: PathBuf,
}

/// The name of the folder that a run of `plan` has unless it is given another.
pub fn folder_name(plan: &Plan) -> String {
    let digits = plan.plan_id.get(..DIGITS).unwrap_or(&plan.plan_id);
    format!("{}-{digits}", plan.work.campaign)
}

/// Holds a run's folder for this process, until the last copy is dropped.
#[derive(Debug, Clone)]
pub struct FolderClaim {
    // The lock goes when the file is closed, also when the process is killed.
    _file: Arc<File>,
}

/// Takes the folder at `path` for this process, and makes it where there is none: nobody else runs
/// or writes a dataset in it meanwhile.
///
/// # Errors
/// Another process works in it, or it cannot be written.
pub fn claim_folder(path: &Path) -> Result<FolderClaim, RunError> {
    Folder::at(path).claim()
}

/// The part of a plan that says which it is, whatever its version.
#[derive(Deserialize)]
struct Name {
    plan_id: String,
}

impl Folder {
    /// The folder at `path`, which need not be there.
    pub fn at(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
        }
    }

    /// The journal's file.
    pub fn journal(&self) -> PathBuf {
        self.path.join("journal.sqlite")
    }

    /// The plan's file.
    pub fn plan(&self) -> PathBuf {
        self.path.join("plan.json")
    }

    /// The file of times and arrivals.
    pub fn events(&self) -> PathBuf {
        self.path.join("events.jsonl")
    }

    /// Makes the folder, and takes it for this process.
    pub fn claim(&self) -> Result<FolderClaim, RunError> {
        if self.path.is_file() {
            return Err(RunError::folder(
                &self.path,
                "it is a file; a run is a folder",
            ));
        }
        std::fs::create_dir_all(&self.path)
            .map_err(|error| RunError::unwritten(&self.path, &error))?;
        let path = self.path.join("lock");
        let opened = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path);
        let mut file = opened.map_err(|error| RunError::unwritten(&path, &error))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(self.locked(&mut file)),
            Err(TryLockError::Error(error)) => return Err(RunError::folder(&path, error)),
        }
        write_holder(&mut file).map_err(|error| RunError::unwritten(&path, &error))?;
        Ok(FolderClaim {
            _file: Arc::new(file),
        })
    }

    /// Refuses the folder of another plan.
    pub fn check_plan(&self, plan: &Plan) -> Result<(), RunError> {
        let Ok(text) = std::fs::read(self.plan()) else {
            return Ok(());
        };
        // A damaged plan is written anew; the journal still knows which it was.
        let Ok(name) = serde_json::from_slice::<Name>(&text) else {
            return Ok(());
        };
        if name.plan_id == plan.plan_id {
            return Ok(());
        }
        Err(RunError::OtherPlan {
            path: self.path.clone(),
            there: name.plan_id,
            here: plan.plan_id.clone(),
        })
    }

    /// Refuses the folder of a run whose journal is gone: going on would pay for everything again, and
    /// put what comes of it in the place of what is there.
    pub fn check_journal(&self) -> Result<(), RunError> {
        let length = std::fs::metadata(self.journal()).map_or(0, |metadata| metadata.len());
        if length > 0 || !self.plan().exists() {
            return Ok(());
        }
        Err(RunError::JournalGone {
            journal: self.journal(),
            plan: self.plan(),
        })
    }

    /// Writes the plan, whose settings may be newer than those that are there.
    pub fn write_plan(&self, plan: &Plan) -> Result<(), RunError> {
        let path = self.plan();
        let new = self.path.join("plan.json.new");
        let written =
            std::fs::write(&new, plan.to_bytes()).and_then(|()| std::fs::rename(&new, &path));
        written.map_err(|error| RunError::unwritten(&path, &error))
    }

    /// Reads the plan of a run that was started before.
    pub fn read_plan(&self) -> Result<Plan, RunError> {
        let path = self.plan();
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(RunError::NoRun {
                    path: self.path.clone(),
                    missing: "plan.json",
                });
            }
            Err(error) => return Err(RunError::folder(&path, error)),
        };
        Plan::read(&text).map_err(|error| RunError::Plan { path, error })
    }

    fn locked(&self, file: &mut File) -> RunError {
        let mut holder = String::new();
        let read = file.read_to_string(&mut holder);
        let holder = match read {
            Ok(_) if !holder.trim().is_empty() => holder.trim().to_owned(),
            _ => "unknown".to_owned(),
        };
        RunError::Locked {
            path: self.path.clone(),
            holder,
        }
    }
}

fn write_holder(file: &mut File) -> std::io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    writeln!(file, "{}", std::process::id())?;
    file.flush()
}
