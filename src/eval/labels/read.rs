//! Files of labels: JSON lists and JSON lines, each row read by what it holds.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use crate::check::Outcome;
use crate::run::{RECORD_FORMAT, Record};

use super::case::{LabelFormat, LabelledCase};
use super::own::{LABEL_FORMAT, LabelRow, cases_of};
use super::variant::{LabelVariant, is_ambiguous};
use super::{conversation, judge_row};
use crate::eval::error::{EvalError, read_file};
use crate::eval::labelling::{LabelStore, People};
use crate::eval::scenario::Surroundings;
use crate::eval::scenarios::plan_beside;
use crate::eval::scenes::SceneSource;

/// Labelled cases of one or more files.
#[derive(Debug, Default)]
pub struct Labels {
    pub files: Vec<LabelFile>,
    pub cases: Vec<LabelledCase>,
}

/// What one file holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LabelFile {
    pub path: String,
    /// More than one where the file's rows are of several forms.
    pub formats: Vec<LabelFormat>,
    pub cases: u64,
    #[serde(rename = "unsafe")]
    pub unsafe_cases: u64,
    /// Rows without a label, by why.
    pub left_out: BTreeMap<String, u64>,
    /// Cases that people found ambiguous.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub ambiguous: u64,
    /// How far the people agree among themselves whose labels these are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub people: Option<People>,
}

fn is_zero(count: &u64) -> bool {
    *count == 0
}

impl Labels {
    /// Every case of these files, in their order.
    pub fn read(paths: &[impl AsRef<Path>], around: &Surroundings) -> Result<Self, EvalError> {
        let mut labels = Self::default();
        let paths: Vec<PathBuf> = paths.iter().map(|path| file_of(path.as_ref())).collect();
        refuse_both_standards(&paths, around.variant)?;
        for path in &paths {
            let text = read_file(path)?;
            labels.take_file(path, &text, around)?;
            if let Some(file) = labels.files.last_mut() {
                file.people = LabelStore::people_behind(path)?;
            }
        }
        labels.tell_apart();
        Ok(labels)
    }

    /// The cases of one file whose text is at hand.
    pub fn of_text(path: &Path, text: &str, around: &Surroundings) -> Result<Self, EvalError> {
        let mut labels = Self::default();
        labels.take_file(path, text, around)?;
        labels.tell_apart();
        Ok(labels)
    }

    /// Only `limit` cases: those whose ids have the lowest hashes.
    pub fn keep(&mut self, limit: u64) {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let rank = |case: &LabelledCase| *blake3::hash(case.id.as_bytes()).as_bytes();
        let mut ranks: Vec<_> = self.cases.iter().map(rank).collect();
        ranks.sort_unstable();
        if let Some(bound) = ranks.get(limit) {
            self.cases.retain(|case| rank(case) < *bound);
        }
    }

    fn take_file(
        &mut self,
        path: &Path,
        text: &str,
        around: &Surroundings,
    ) -> Result<(), EvalError> {
        let plan = match &around.plan {
            Some(plan) => Some(plan.clone()),
            None => plan_beside(path)?,
        };
        let mut reading = Reading {
            scenes: SceneSource::new(plan, around.outcomes.iter().cloned()),
            outcomes: &around.outcomes,
            variant: around.variant,
            ambiguous: 0,
            formats: BTreeSet::new(),
            left_out: BTreeMap::new(),
        };
        let before = self.cases.len();
        for row in rows(path, text)? {
            let (place, row) = row?;
            let cases = reading
                .cases(&place, row)
                .map_err(|why| EvalError::malformed(path, &place.words, why))?;
            self.cases.extend(cases);
        }
        let cases = &self.cases[before..];
        if cases.is_empty() {
            return Err(EvalError::unusable(path, "it holds no labelled case"));
        }
        self.files.push(LabelFile {
            path: path.display().to_string(),
            formats: reading.formats.into_iter().collect(),
            cases: cases.len() as u64,
            unsafe_cases: cases.iter().filter(|case| case.label == 0).count() as u64,
            left_out: reading.left_out,
            ambiguous: reading.ambiguous,
            people: None,
        });
        Ok(())
    }

    /// Ids that two cases share get their file's name before them, and a number if need be.
    fn tell_apart(&mut self) {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for case in &self.cases {
            *counts.entry(case.id.clone()).or_default() += 1;
        }
        let mut seen = BTreeSet::new();
        let sizes: Vec<_> = self.files.iter().map(|file| file.cases as usize).collect();
        let mut files = self.files.iter().zip(sizes).flat_map(|(file, cases)| {
            let stem = Path::new(&file.path).file_stem();
            let stem = stem.map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
            std::iter::repeat_n(stem, cases)
        });
        for case in &mut self.cases {
            let stem = files.next().unwrap_or_default();
            if counts[&case.id] > 1 {
                case.id = format!("{stem}:{}", case.id);
            }
            let base = case.id.clone();
            let mut number = 2;
            while !seen.insert(case.id.clone()) {
                case.id = format!("{base}#{number}");
                number += 1;
            }
        }
    }
}

/// Files of the same cases under two standards are not one set of labels.
fn refuse_both_standards(paths: &[PathBuf], chosen: Option<LabelVariant>) -> Result<(), EvalError> {
    let told = paths
        .iter()
        .filter_map(|path| Some((path, LabelVariant::of_file(path)?)));
    let told: Vec<_> = told.collect();
    let wanted = chosen.or(told.first().map(|(_, variant)| *variant));
    match told.iter().find(|(_, variant)| Some(*variant) != wanted) {
        None => Ok(()),
        Some((path, variant)) => {
            let wanted = wanted.map_or("", LabelVariant::word);
            let why = format!(
                "its labels are the {} ones, and the {wanted} ones are wanted; the two are \
                 measured apart",
                variant.word()
            );
            Err(EvalError::unusable(path, why))
        }
    }
}

/// The file that is meant: in a run's folder the labels of people, else those of the run.
fn file_of(path: &Path) -> PathBuf {
    let of_people = path.join("labels").join("labels.jsonl");
    let has_some = std::fs::metadata(&of_people).is_ok_and(|about| about.len() > 0);
    match path.is_dir() {
        true if has_some => of_people,
        true => path.join("dataset").join("records.jsonl"),
        false => path.to_owned(),
    }
}

/// Where a row stands.
struct Place {
    words: String,
    index: usize,
}

type Row = (Place, Map<String, Json>);

/// The rows of a JSON list, or of JSON lines.
fn rows<'t>(
    path: &'t Path,
    text: &'t str,
) -> Result<Box<dyn Iterator<Item = Result<Row, EvalError>> + 't>, EvalError> {
    let as_row = move |place: Place, value: Json| match value {
        Json::Object(row) => Ok((place, row)),
        _ => Err(EvalError::malformed(
            path,
            &place.words,
            "it is no JSON object",
        )),
    };
    if text.trim_start().starts_with('[') {
        let list: Vec<Json> = serde_json::from_str(text)
            .map_err(|error| EvalError::unusable(path, format!("it is no JSON list: {error}")))?;
        let rows = list.into_iter().enumerate().map(move |(index, value)| {
            let words = format!("entry {}", index + 1);
            as_row(Place { words, index }, value)
        });
        return Ok(Box::new(rows));
    }
    let lines = text.lines().enumerate();
    let lines = lines.filter(|(_, line)| !line.trim().is_empty());
    Ok(Box::new(lines.enumerate().map(
        move |(index, (number, line))| {
            let words = format!("line {}", number + 1);
            let value = serde_json::from_str(line)
                .map_err(|error| EvalError::malformed(path, &words, format!("no JSON: {error}")))?;
            as_row(Place { words, index }, value)
        },
    )))
}

/// What is known while a file is read.
struct Reading<'r> {
    scenes: SceneSource,
    outcomes: &'r [Outcome],
    variant: Option<LabelVariant>,
    ambiguous: u64,
    formats: BTreeSet<LabelFormat>,
    left_out: BTreeMap<String, u64>,
}

impl Reading<'_> {
    fn cases(
        &mut self,
        place: &Place,
        row: Map<String, Json>,
    ) -> Result<Vec<LabelledCase>, String> {
        match row.get("format").and_then(Json::as_str) {
            Some(RECORD_FORMAT) => {
                self.formats.insert(LabelFormat::Records);
                let record: Record =
                    serde_json::from_value(Json::Object(row)).map_err(|error| error.to_string())?;
                return Ok(cases_of(&record, &self.scenes));
            }
            Some(LABEL_FORMAT) => {
                self.formats.insert(LabelFormat::Labels);
                let row: LabelRow =
                    serde_json::from_value(Json::Object(row)).map_err(|error| error.to_string())?;
                let case = row.case(&self.scenes);
                if case.is_none() {
                    self.leave_out("the labeller could not tell");
                }
                return Ok(case.into_iter().collect());
            }
            _ => {}
        }
        let id = id_of(&row, place.index);
        if conversation::is_conversation(&row) {
            self.formats.insert(conversation::format_of(&row));
            self.ambiguous += u64::from(is_ambiguous(&row));
            let case = conversation::read_case(id, &row, self.outcomes, self.variant);
            return case.map(|case| vec![case]);
        }
        if judge_row::is_judge_row(&row) {
            self.formats.insert(LabelFormat::JudgeRows);
            return judge_row::read_case(id, &row, self.outcomes).map(|case| vec![case]);
        }
        let fields: Vec<&str> = row.keys().map(String::as_str).take(8).collect();
        Err(format!(
            "its form is not known; it has the fields {}. Known are records, labels, R-Judge, ASSEBench, ATBench, and rows with `instruction`, `input` and `output`",
            fields.join(", ")
        ))
    }

    fn leave_out(&mut self, why: &str) {
        *self.left_out.entry(why.to_owned()).or_default() += 1;
    }
}

fn id_of(row: &Map<String, Json>, index: usize) -> String {
    let id = ["id", "conv_id", "index", "record_id"]
        .iter()
        .find_map(|name| row.get(*name));
    match id {
        Some(Json::String(id)) if !id.is_empty() => id.clone(),
        Some(Json::Number(id)) => id.to_string(),
        _ => index.to_string(),
    }
}
