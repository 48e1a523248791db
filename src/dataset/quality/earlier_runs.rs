//! Records of earlier runs that those of a run are compared with.
//!
//! What is compared is kept in the run's own folder, one file for each state of an earlier run's
//! records: a run finds the same, whatever becomes of the earlier one.

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Read, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::alike::Alike;
use super::near_duplicates::compared_text;
use super::sketch::Sketch;
use super::words::excerpt;
use crate::check::Quality;
use crate::dataset::error::DatasetError;
use crate::import::EarlierRun;
use crate::run::{Kind, Record};

/// The name of the format of what is kept, with its version.
const FORMAT: &str = "autosafe.earlier/1";

/// Twice the level costs twice the time and saves little: most of it is hashes.
const LEVEL: i32 = 3;

/// The records of the runs that a campaign's gates compare with, as signatures.
#[derive(Debug, Default)]
pub struct EarlierRuns {
    /// What people call the runs.
    names: Vec<String>,
    records: Vec<Remembered>,
    similar: Alike,
}

#[derive(Debug)]
struct Remembered {
    run: usize,
    record: String,
    kind: Kind,
    excerpt: String,
}

/// A record of an earlier run that another is nearly the same as.
#[derive(Debug)]
pub(super) struct EarlierLikeness {
    pub(super) why: String,
    pub(super) ours: String,
    pub(super) theirs: String,
}

#[derive(Debug, Serialize, Deserialize)]
struct Head {
    format: String,
    records: u64,
}

#[derive(Debug, Serialize, Deserialize)]
struct Line {
    record: String,
    kind: Kind,
    excerpt: String,
    sketch: Sketch,
}

impl EarlierRuns {
    /// What was kept in `folder` of the runs that `quality` names.
    ///
    /// # Errors
    /// [`keep_earlier_run`] has not been called for one of them, or what it kept cannot be read.
    pub fn load(quality: &Quality, folder: &Path) -> Result<Self, DatasetError> {
        let mut runs = Self::default();
        for run in &quality.against {
            let path = path_of(run, folder);
            runs.names.push(run.name().to_owned());
            let number = runs.names.len() - 1;
            runs.read(number, &path).map_err(DatasetError::at(&path))?;
        }
        Ok(runs)
    }

    /// Whether these are the runs that `quality` names.
    pub(in crate::dataset) fn check(&self, quality: &Quality) -> Result<(), DatasetError> {
        let named = quality.against.iter().map(EarlierRun::name);
        let missing = named
            .zip(0..)
            .find(|(name, number)| self.names.get(*number).is_none_or(|known| known != name));
        match missing {
            None => Ok(()),
            Some((name, _)) => Err(DatasetError::NotCompared {
                run: name.to_owned(),
            }),
        }
    }

    fn read(&mut self, run: usize, path: &Path) -> std::io::Result<()> {
        let mut lines = BufReader::new(zstd::Decoder::new(File::open(path)?)?).lines();
        let head = lines.next().transpose()?.unwrap_or_default();
        let head: Head = serde_json::from_str(&head)?;
        if head.format != FORMAT {
            let what = format!("it is `{}`, not `{FORMAT}`", head.format);
            return Err(std::io::Error::other(what));
        }
        for line in lines {
            let line: Line = serde_json::from_str(&line?)?;
            self.similar.add(line.sketch);
            self.records.push(Remembered {
                run,
                record: line.record,
                kind: line.kind,
                excerpt: line.excerpt,
            });
        }
        Ok(())
    }

    /// The record of an earlier run that `record` is most like.
    pub(super) fn look(&self, record: &Record, threshold: f64) -> Option<EarlierLikeness> {
        let sketch = Sketch::of(&compared_text(record));
        let like = self.similar.like(&sketch, threshold);
        let alike = like.filter(|(number, _)| self.records[*number].kind == record.kind);
        let (number, similarity) = alike.max_by(|one, other| {
            let by_similarity = one.1.total_cmp(&other.1);
            by_similarity.then(other.0.cmp(&one.0))
        })?;
        let earlier = &self.records[number];
        let (id, run) = (&earlier.record, &self.names[earlier.run]);
        Some(EarlierLikeness {
            why: format!("{:.0}% like {id} of {run}", similarity * 100.0),
            ours: excerpt(&record.instruction),
            theirs: earlier.excerpt.clone(),
        })
    }
}

/// Whether `folder` holds what the records of `run` are compared by.
pub fn has_earlier_run(run: &EarlierRun, folder: &Path) -> bool {
    path_of(run, folder).is_file()
}

/// Keeps in `folder` what the records of `run` are compared by.
///
/// # Errors
/// `records` cannot be read, are other ones than the plan knows, or `folder` cannot be written.
pub fn keep_earlier_run(
    run: &EarlierRun,
    records: impl Read,
    folder: &Path,
) -> Result<(), DatasetError> {
    std::fs::create_dir_all(folder).map_err(DatasetError::at(folder))?;
    let path = path_of(run, folder);
    let aside = path.with_extension("new");
    let hash = keep(run, records, &aside)?;
    if hash != run.hash {
        // What was made of the wrong records is of no use, and whether it goes is not what is told.
        let _ = std::fs::remove_file(&aside);
        return Err(DatasetError::OtherRecords {
            path: PathBuf::from(run.records_path()),
        });
    }
    std::fs::rename(&aside, &path).map_err(DatasetError::at(&path))
}

/// Gives the hash of what was read.
fn keep(run: &EarlierRun, records: impl Read, target: &Path) -> Result<String, DatasetError> {
    let source = PathBuf::from(run.records_path());
    let file = File::create(target).map_err(DatasetError::at(target))?;
    let kept = zstd::Encoder::new(BufWriter::new(file), LEVEL);
    let mut kept = kept.map_err(DatasetError::at(target))?;
    let head = Head {
        format: FORMAT.to_owned(),
        records: run.records,
    };
    write_line(&mut kept, &head).map_err(DatasetError::at(target))?;
    let mut records = BufReader::new(records);
    let mut hasher = blake3::Hasher::new();
    let mut text = Vec::new();
    for number in 1_u64.. {
        text.clear();
        let read = records.read_until(b'\n', &mut text);
        if read.map_err(DatasetError::at(&source))? == 0 {
            break;
        }
        hasher.update(&text);
        let line = line_of(&text).map_err(|error| DatasetError::NoRecord {
            path: source.clone(),
            line: number,
            error,
        })?;
        write_line(&mut kept, &line).map_err(DatasetError::at(target))?;
    }
    let written = kept.finish().and_then(|mut file| file.flush());
    written.map_err(DatasetError::at(target))?;
    Ok(hasher.finalize().to_hex().to_string())
}

fn line_of(text: &[u8]) -> Result<Line, serde_json::Error> {
    let record: Record = serde_json::from_slice(text)?;
    Ok(Line {
        sketch: Sketch::of(&compared_text(&record)),
        excerpt: excerpt(&record.instruction),
        kind: record.kind,
        record: record.id,
    })
}

fn write_line(target: &mut impl std::io::Write, line: &impl Serialize) -> std::io::Result<()> {
    serde_json::to_writer(&mut *target, line)?;
    target.write_all(b"\n")
}

/// By the records' hash, so that another state of the same run is another file.
fn path_of(run: &EarlierRun, folder: &Path) -> PathBuf {
    let hash = blake3::hash(run.hash.as_bytes()).to_hex();
    folder.join(format!("{}.jsonl.zst", &hash[..16]))
}
