//! Where a dataset goes, and how a new one takes the place of the old.
//!
//! The new one is written beside the old, and both change places by renames once it is whole. At every
//! moment one whole dataset stands in the place or beside it; [`Place::open`] puts right what a
//! crash left in between. Files that others put into the folder move on with it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::error::DatasetError;
use super::manifest::{MANIFEST, Manifest};

/// A dataset's folder and the two beside it that a replacement needs.
#[derive(Debug)]
pub(super) struct Place {
    folder: PathBuf,
    next: PathBuf,
    previous: PathBuf,
}

impl Place {
    /// The place at `folder`, ready for a new dataset.
    pub(super) fn open(folder: &Path) -> Result<Self, DatasetError> {
        let place = Self::beside(folder)?;
        place.settle()?;
        place.refuse_foreign()?;
        Ok(place)
    }

    /// Where the new dataset is to be written.
    pub(super) fn next(&self) -> &Path {
        &self.next
    }

    /// Puts the new dataset in the place of the old.
    pub(super) fn replace(&self) -> Result<(), DatasetError> {
        if self.folder.exists() {
            rename(&self.folder, &self.previous)?;
        }
        rename(&self.next, &self.folder)?;
        self.retire_previous()
    }

    /// Takes away a new dataset that came to nothing.
    pub(super) fn abandon(&self) {
        // The error that led here is the one to tell; the next writing cleans up too.
        let _ = fs::remove_dir_all(&self.next);
    }

    fn beside(folder: &Path) -> Result<Self, DatasetError> {
        let folder = std::path::absolute(folder).map_err(DatasetError::at(folder))?;
        let (Some(name), Some(parent)) = (folder.file_name(), folder.parent()) else {
            return Err(DatasetError::Nameless { folder });
        };
        let name = name.to_string_lossy();
        Ok(Self {
            next: parent.join(format!(".{name}.autosafe-next")),
            previous: parent.join(format!(".{name}.autosafe-previous")),
            folder,
        })
    }

    /// Ends what an earlier replacement may have left undone.
    fn settle(&self) -> Result<(), DatasetError> {
        if self.previous.exists() {
            if self.folder.exists() {
                self.retire_previous()?;
            } else {
                rename(&self.previous, &self.folder)?;
            }
        }
        remove_folder(&self.next)
    }

    fn refuse_foreign(&self) -> Result<(), DatasetError> {
        let folder = self.folder.clone();
        if !folder.exists() {
            return Ok(());
        }
        if !folder.is_dir() {
            return Err(DatasetError::File { folder });
        }
        let mut entries = fs::read_dir(&folder).map_err(DatasetError::at(&folder))?;
        if entries.next().is_some() && read_manifest(&folder).is_none() {
            return Err(DatasetError::Foreign { folder });
        }
        Ok(())
    }

    fn retire_previous(&self) -> Result<(), DatasetError> {
        if !self.previous.exists() {
            return Ok(());
        }
        let own = read_manifest(&self.previous).map_or_else(Vec::new, |manifest| manifest.files);
        for path in own.iter().map(|file| file.path.as_str()).chain([MANIFEST]) {
            remove_file(&self.previous.join(path))?;
        }
        move_files(&self.previous, &self.folder)?;
        remove_folder(&self.previous)
    }
}

fn read_manifest(folder: &Path) -> Option<Manifest> {
    let file = fs::File::open(folder.join(MANIFEST)).ok()?;
    Manifest::from_text(&io::read_to_string(file).ok()?)
}

/// Moves what is left in `from` to the same places in `to`, where nothing of the name stands.
fn move_files(from: &Path, to: &Path) -> Result<(), DatasetError> {
    for entry in fs::read_dir(from).map_err(DatasetError::at(from))? {
        let source = entry.map_err(DatasetError::at(from))?.path();
        let target = to.join(source.file_name().expect("a folder's entry has a name"));
        if target.is_dir() && source.is_dir() {
            move_files(&source, &target)?;
        } else if !target.exists() && holds_files(&source) {
            rename(&source, &target)?;
        }
    }
    Ok(())
}

/// Whether `path` is a file, or a folder with one somewhere in it.
fn holds_files(path: &Path) -> bool {
    match fs::read_dir(path) {
        Ok(entries) => entries.flatten().any(|entry| holds_files(&entry.path())),
        Err(_) => true,
    }
}

fn rename(from: &Path, to: &Path) -> Result<(), DatasetError> {
    fs::rename(from, to).map_err(DatasetError::at(to))
}

fn remove_file(path: &Path) -> Result<(), DatasetError> {
    unless_absent(fs::remove_file(path)).map_err(DatasetError::at(path))
}

fn remove_folder(path: &Path) -> Result<(), DatasetError> {
    unless_absent(fs::remove_dir_all(path)).map_err(DatasetError::at(path))
}

fn unless_absent(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}
