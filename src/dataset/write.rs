//! Writing a dataset: one pass over the records, then the files that tell about them.

use std::collections::BTreeMap;
use std::path::Path;

use super::card::{canary, render_card};
use super::error::DatasetError;
use super::form::{Form, to_line};
use super::llama_factory::dataset_info;
use super::manifest::{DATASET_FORMAT, MANIFEST, Manifest, WrittenFile};
use super::place::Place;
use super::staging::Staging;
use super::tally::Tally;
use crate::check::Export;
use crate::plan::Plan;
use crate::run::{Record, SplitPart};

/// What a dataset is made from, apart from its records.
///
/// All of it goes into files that should be the same wherever the run took place, so it holds no
/// times and no addresses.
#[derive(Debug, Clone, Copy)]
pub struct DatasetInput<'a> {
    pub plan: &'a Plan,
    pub exports: &'a [Export],
    /// Why the run stopped before its end, in words that follow "it stopped: "; `None` where every
    /// item has ended.
    pub stopped: Option<&'a str>,
    /// Trajectories that were dropped, by reason in words.
    pub drops: &'a BTreeMap<String, u64>,
    /// Trajectories that failed, by reason in words.
    pub failures: &'a BTreeMap<String, u64>,
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    pub records: u64,
    /// By path, the manifest last.
    pub files: Vec<WrittenFile>,
}

impl Written {
    /// The rows of `export`, over all splits.
    pub fn rows(&self, export: Export) -> u64 {
        let folder = format!("{}/", export.word());
        self.files
            .iter()
            .filter(|file| file.path.starts_with(&folder))
            .filter_map(|file| file.rows)
            .sum()
    }
}

/// Writes the dataset of `records` to `folder`, in the place of the one that is there.
///
/// Records come in the plan's order, and none is kept: memory does not grow with their number. Until
/// the new dataset is whole the old one stays; a folder with anything else in it is refused.
pub fn write(
    input: DatasetInput<'_>,
    records: impl Iterator<Item = Record>,
    folder: &Path,
) -> Result<Written, DatasetError> {
    let place = Place::open(folder)?;
    let written = write_files(input, records, place.next()).inspect_err(|_| place.abandon())?;
    place.replace()?;
    Ok(written)
}

/// The file of records.
const RECORDS: &str = "records.jsonl";

fn write_files(
    input: DatasetInput<'_>,
    records: impl Iterator<Item = Record>,
    folder: &Path,
) -> Result<Written, DatasetError> {
    let mut staging = Staging::create(folder)?;
    let tally = write_tables(input, records, &mut staging)?;
    let tables = tables(staging.finished());
    let info = format!("{:#}\n", dataset_info(&tables));
    staging.write_file("dataset_info.json", &info)?;
    let card = render_card(input, &tally, staging.finished(), &tables);
    staging.write_file("README.md", &card)?;

    let mut files = staging.finished().to_vec();
    files.sort_by(|one, other| one.path.cmp(&other.path));
    staging.write_file(MANIFEST, &manifest(input, &tally, files.clone()).to_text())?;
    files.extend(staging.finished().last().cloned());
    Ok(Written {
        records: tally.records,
        files,
    })
}

fn write_tables(
    input: DatasetInput<'_>,
    records: impl Iterator<Item = Record>,
    staging: &mut Staging,
) -> Result<Tally, DatasetError> {
    let wanted = |form: &Form| input.exports.contains(&form.export());
    let forms: Vec<Form> = Form::ALL.into_iter().filter(wanted).collect();
    let mut tally = Tally::default();
    staging.open_table(RECORDS)?;
    for record in records {
        tally.add(&record);
        staging.add_row(RECORDS, &to_line(&record))?;
        for &form in &forms {
            for line in form.lines(&record) {
                staging.add_row(&form.path(record.split), &line)?;
            }
        }
    }
    staging.close_tables()?;
    Ok(tally)
}

/// The tables of exports that have rows, in the order of forms and splits.
fn tables(files: &[WrittenFile]) -> Vec<(Form, SplitPart)> {
    let is_there = |(form, split): &(Form, SplitPart)| {
        let path = form.path(*split);
        files.iter().any(|file| file.path == path)
    };
    Form::ALL
        .into_iter()
        .flat_map(|form| SplitPart::ALL.map(|split| (form, split)))
        .filter(is_there)
        .collect()
}

fn manifest(input: DatasetInput<'_>, tally: &Tally, files: Vec<WrittenFile>) -> Manifest {
    Manifest {
        format: DATASET_FORMAT.to_owned(),
        plan_id: input.plan.plan_id.clone(),
        campaign: input.plan.work.campaign.clone(),
        whole: input.stopped.is_none(),
        simulated: tally.simulated > 0,
        canary: canary(&input.plan.plan_id),
        files,
    }
}
