//! Labels of several people: kept one file to a labeller, and put together by majority.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::error::{EvalError, read_file};
use super::interval::Estimate;
use super::kappa::{cohens_kappa, fleiss_kappa};
use super::labels::{LABEL_FORMAT, LabelRow};

/// The labels of a run, in its folder `labels`.
#[derive(Debug)]
pub struct LabelStore {
    folder: PathBuf,
}

/// How far two labellers agree.
#[derive(Debug, Clone, PartialEq)]
pub struct Agreeing {
    pub first: String,
    pub second: String,
    /// Actions that both labelled.
    pub actions: u64,
    pub agreed: u64,
    pub kappa: Option<Estimate>,
}

/// How far all labellers agree on the actions that at least two of them labelled.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct People {
    pub labellers: u64,
    /// Actions with at least two labels.
    pub actions: u64,
    /// Those of them on which all said the same.
    pub unanimous: u64,
    /// Fleiss' kappa.
    pub kappa: Option<Estimate>,
}

/// What all labellers came to together.
#[derive(Debug, Clone, PartialEq)]
pub struct Merged {
    /// The file that `autosafe judge` reads.
    pub path: PathBuf,
    pub labels: u64,
    /// Actions on which labellers are split evenly, or about which nobody could tell.
    pub undecided: u64,
    /// Actions by labeller.
    pub labellers: BTreeMap<String, u64>,
    pub pairs: Vec<Agreeing>,
    /// All of them together; none where no action has two labels.
    pub people: Option<People>,
}

impl LabelStore {
    /// The labels of the run in `run`; the folder is made where there is none.
    pub fn open(run: &Path) -> Result<Self, EvalError> {
        let folder = run.join("labels");
        std::fs::create_dir_all(&folder).map_err(|error| EvalError::unusable(&folder, error))?;
        Ok(Self { folder })
    }

    /// What `labeller` has said so far; the newest label of an action holds.
    pub fn labels_of(&self, labeller: &str) -> Result<Vec<LabelRow>, EvalError> {
        let path = self.path_of(labeller)?;
        if !path.exists() {
            return Ok(Vec::new());
        }
        let text = read_file(&path)?;
        let mut rows: Vec<LabelRow> = Vec::new();
        let lines: Vec<&str> = text.lines().collect();
        for (index, line) in lines.iter().enumerate() {
            let row: LabelRow = match serde_json::from_str(line) {
                Ok(row) => row,
                // Half a line, from a process that was killed.
                Err(_) if index + 1 == lines.len() && !text.ends_with('\n') => break,
                Err(error) => {
                    let place = format!("line {}", index + 1);
                    return Err(EvalError::malformed(&path, place, error));
                }
            };
            if row.format != LABEL_FORMAT {
                let why = format!("its format is `{}`, not `{LABEL_FORMAT}`", row.format);
                return Err(EvalError::malformed(
                    &path,
                    format!("line {}", index + 1),
                    why,
                ));
            }
            rows.retain(|known| known.id != row.id);
            rows.push(row);
        }
        Ok(rows)
    }

    /// Adds one label; it is on the disk when this returns.
    pub fn add(&self, row: &LabelRow) -> Result<(), EvalError> {
        let path = self.path_of(&row.labeller)?;
        let fails = |error: std::io::Error| EvalError::unusable(&path, error);
        let mut text = serde_json::to_string(row).expect("labels are plain JSON");
        text.push('\n');
        if ends_within_a_line(&path) {
            text.insert(0, '\n');
        }
        let mut file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(&path)
            .map_err(fails)?;
        file.write_all(text.as_bytes()).map_err(fails)?;
        file.sync_data().map_err(fails)
    }

    /// Puts the labels of all labellers together, by majority, into `labels.jsonl`.
    pub fn merge(&self) -> Result<Merged, EvalError> {
        let (labellers, by_action) = self.all()?;
        let decided: Vec<LabelRow> = by_action.values().filter_map(|rows| decide(rows)).collect();
        let path = self.folder.join(TOGETHER);
        write_rows(&path, &decided)?;
        Ok(Merged {
            path,
            labels: decided.len() as u64,
            undecided: (by_action.len() - decided.len()) as u64,
            pairs: pairs(&labellers, &by_action),
            people: people(&labellers, &by_action),
            labellers,
        })
    }

    /// How far the people agree whose labels were put together into the file at `path`; none where
    /// it is no such file, or no action has two labels.
    pub fn people_behind(path: &Path) -> Result<Option<People>, EvalError> {
        if path.file_name() != Some(OsStr::new(TOGETHER)) {
            return Ok(None);
        }
        let folder = path.parent().unwrap_or(Path::new("")).to_owned();
        if !folder.is_dir() {
            return Ok(None);
        }
        let (labellers, by_action) = Self { folder }.all()?;
        Ok(people(&labellers, &by_action))
    }

    /// How many actions each labeller has labelled, and all labels by action.
    fn all(&self) -> Result<(BTreeMap<String, u64>, ByAction), EvalError> {
        let mut by_action = ByAction::new();
        let mut labellers = BTreeMap::new();
        for labeller in self.labellers()? {
            let rows = self.labels_of(&labeller)?;
            labellers.insert(labeller, rows.len() as u64);
            for row in rows {
                by_action.entry(row.id.clone()).or_default().push(row);
            }
        }
        Ok((labellers, by_action))
    }

    fn labellers(&self) -> Result<Vec<String>, EvalError> {
        let fails = |error| EvalError::unusable(&self.folder, error);
        let mut names = Vec::new();
        for entry in std::fs::read_dir(&self.folder).map_err(fails)? {
            let path = entry.map_err(fails)?.path();
            let name = path
                .file_name()
                .map(|name| name.to_string_lossy().into_owned());
            let name = name.and_then(|name| name.strip_suffix(BY_ONE).map(str::to_owned));
            names.extend(name);
        }
        names.sort();
        Ok(names)
    }

    fn path_of(&self, labeller: &str) -> Result<PathBuf, EvalError> {
        let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
        if labeller.is_empty() || labeller.starts_with('.') || !labeller.chars().all(is_plain) {
            return Err(EvalError::Lineup(format!(
                "`{labeller}` is no name for a labeller: letters, digits, `-`, `_` and `.` make one"
            )));
        }
        Ok(self.folder.join(format!("{labeller}{BY_ONE}")))
    }
}

/// The labels of each action.
type ByAction = BTreeMap<String, Vec<LabelRow>>;

/// The file that holds what all labellers came to.
const TOGETHER: &str = "labels.jsonl";

/// How the file of one labeller ends.
const BY_ONE: &str = ".labels.jsonl";

fn ends_within_a_line(path: &Path) -> bool {
    std::fs::read(path).is_ok_and(|bytes| bytes.last().is_some_and(|last| *last != b'\n'))
}

/// The label that most gave, under the names of all who gave one.
fn decide(rows: &[LabelRow]) -> Option<LabelRow> {
    let count = |label| rows.iter().filter(|row| row.label == Some(label)).count();
    let label = match count(0).cmp(&count(1)) {
        std::cmp::Ordering::Less => 1,
        std::cmp::Ordering::Equal => return None,
        std::cmp::Ordering::Greater => 0,
    };
    let first = rows.first()?;
    let names: Vec<_> = rows
        .iter()
        .filter(|row| row.label.is_some())
        .map(|row| row.labeller.as_str())
        .collect();
    Some(LabelRow {
        label: Some(label),
        labeller: names.join("+"),
        note: String::new(),
        ..first.clone()
    })
}

fn pairs(
    labellers: &BTreeMap<String, u64>,
    by_action: &BTreeMap<String, Vec<LabelRow>>,
) -> Vec<Agreeing> {
    let names: Vec<&String> = labellers.keys().collect();
    let mut pairs = Vec::new();
    for (index, first) in names.iter().enumerate() {
        for second in &names[index + 1..] {
            pairs.push(agreeing(first, second, by_action));
        }
    }
    pairs
}

fn people(labellers: &BTreeMap<String, u64>, by_action: &ByAction) -> Option<People> {
    let count = |rows: &Vec<LabelRow>, label| {
        rows.iter().filter(|row| row.label == Some(label)).count() as u64
    };
    let said = by_action
        .values()
        .map(|rows| [count(rows, 0), count(rows, 1)]);
    let said: Vec<[u64; 2]> = said.filter(|said| said[0] + said[1] >= 2).collect();
    (!said.is_empty()).then(|| People {
        labellers: labellers.len() as u64,
        actions: said.len() as u64,
        unanimous: said.iter().filter(|said| said.contains(&0)).count() as u64,
        kappa: fleiss_kappa(&said),
    })
}

fn agreeing(first: &str, second: &str, by_action: &BTreeMap<String, Vec<LabelRow>>) -> Agreeing {
    let mut table = [[0_u64; 2]; 2];
    for rows in by_action.values() {
        let said = |name: &str| {
            let row = rows.iter().find(|row| row.labeller == name);
            row.and_then(|row| row.label)
        };
        if let (Some(one), Some(other)) = (said(first), said(second)) {
            table[usize::from(one.min(1))][usize::from(other.min(1))] += 1;
        }
    }
    Agreeing {
        first: first.to_owned(),
        second: second.to_owned(),
        actions: table.iter().flatten().sum(),
        agreed: table[0][0] + table[1][1],
        kappa: cohens_kappa(table),
    }
}

fn write_rows(path: &Path, rows: &[LabelRow]) -> Result<(), EvalError> {
    let mut text = String::new();
    for row in rows {
        text.push_str(&serde_json::to_string(row).expect("labels are plain JSON"));
        text.push('\n');
    }
    let new = path.with_extension("jsonl.new");
    std::fs::write(&new, text)
        .and_then(|()| std::fs::rename(&new, path))
        .map_err(|error| EvalError::unusable(path, error))
}
