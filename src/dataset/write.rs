//! Writing a dataset: one pass over the records, then the files that tell about them.

use std::path::Path;

use super::card::{CardInput, canary, render_card};
use super::columns::record_columns;
use super::croissant::croissant;
use super::error::DatasetError;
use super::form::{Form, to_line};
use super::input::{DatasetInput, RECORDS};
use super::llama_factory::dataset_info;
use super::manifest::{DATASET_FORMAT, MANIFEST, Manifest, WrittenFile};
use super::place::Place;
use super::quality::{EarlierRuns, Gates, QualityReport};
use super::staging::Staging;
use super::table::Table;
use super::tally::Tally;
use super::tree::Tree;
use super::trust::{QUARANTINE, quarantine_words};
use crate::check::Export;
use crate::run::Record;

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// In the dataset itself.
    pub records: u64,
    /// In quarantine, as their labels rest on an evaluator that is not trusted.
    pub quarantined: u64,
    /// By path, the manifest last.
    pub files: Vec<WrittenFile>,
    /// What the quality gates found; `None` where the campaign sets none.
    pub quality: Option<QualityReport>,
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

/// Writes the dataset of `records` to `folder`, those that wait in quarantine below it, in the place of the one that is there.
///
/// Records come in the plan's order, and none is kept: memory does not grow with their number. Until
/// the new dataset is whole the old one stays; a folder with anything else in it is refused.
///
/// # Errors
/// It cannot be written, or the campaign's gates compare with earlier runs: see [`write_beside`].
pub fn write(
    input: DatasetInput<'_>,
    records: impl Iterator<Item = Record>,
    folder: &Path,
) -> Result<Written, DatasetError> {
    write_beside(input, &EarlierRuns::default(), records, folder)
}

/// The same, for a campaign whose gates compare records with those of `earlier` runs.
///
/// # Errors
/// It cannot be written, or `earlier` are other runs than the campaign names.
pub fn write_beside(
    input: DatasetInput<'_>,
    earlier: &EarlierRuns,
    records: impl Iterator<Item = Record>,
    folder: &Path,
) -> Result<Written, DatasetError> {
    earlier.check(&input.plan.settings.quality)?;
    let gates = Gates::of(&input.plan.settings.quality, earlier);
    let place = Place::open(folder)?;
    let written =
        write_files(input, gates, records, place.next()).inspect_err(|_| place.abandon())?;
    place.replace()?;
    Ok(written)
}

/// What the quality gates found.
const QUALITY: &str = "quality.json";

fn write_files(
    input: DatasetInput<'_>,
    gates: Option<Gates<'_>>,
    records: impl Iterator<Item = Record>,
    folder: &Path,
) -> Result<Written, DatasetError> {
    let mut staging = Staging::create(folder, input.parquet)?;
    let Tables {
        tally,
        quarantined,
        quality,
    } = write_tables(input, gates, records, &mut staging)?;
    let tables = Table::among(staging.finished());
    let info = format!("{:#}\n", dataset_info(&tables));
    staging.write_file("dataset_info.json", &info)?;
    let about = croissant(input, &tally, staging.finished(), &tables);
    staging.write_file("croissant.json", &format!("{about:#}\n"))?;
    if let Some(quality) = &quality {
        staging.write_file(QUALITY, &quality_text(quality))?;
    }
    if input.trust.is_missed() {
        let words = quarantine_words(input.trust, quarantined.records);
        staging.write_file(&format!("{QUARANTINE}/README.md"), &words)?;
    }
    let about = CardInput {
        tally: &tally,
        quarantined: quarantined.records,
        quality: quality.as_ref(),
        files: staging.finished(),
        tables: &tables,
    };
    let card = render_card(input, about);
    staging.write_file("README.md", &card)?;

    let simulated = tally.simulated + quarantined.simulated > 0;
    let mut files = staging.finished().to_vec();
    files.sort_by(|one, other| one.path.cmp(&other.path));
    staging.write_file(
        MANIFEST,
        &manifest(input, simulated, files.clone()).to_text(),
    )?;
    files.extend(staging.finished().last().cloned());
    Ok(Written {
        records: tally.records,
        quarantined: quarantined.records,
        files,
        quality,
    })
}

/// What was written of the records.
struct Tables {
    tally: Tally,
    quarantined: Tally,
    quality: Option<QualityReport>,
}

fn write_tables(
    input: DatasetInput<'_>,
    mut gates: Option<Gates<'_>>,
    records: impl Iterator<Item = Record>,
    staging: &mut Staging,
) -> Result<Tables, DatasetError> {
    let wanted = |form: &Form| input.exports.contains(&form.export());
    let forms: Vec<Form> = Form::ALL.into_iter().filter(wanted).collect();
    let (mut tally, mut quarantined) = (Tally::default(), Tally::default());
    staging.open_table(RECORDS, record_columns)?;
    for record in records {
        let place = match input.trust.keeps_apart(&record) {
            true => {
                quarantined.add(&record);
                format!("{QUARANTINE}/")
            }
            false => {
                tally.add(&record);
                String::new()
            }
        };
        let path = format!("{place}{RECORDS}");
        staging.add_row(&path, &to_line(&record), record_columns)?;
        if !gates.as_mut().is_none_or(|gates| gates.pass(&record)) {
            continue;
        }
        let tree = Tree::of(&record);
        for &form in &forms {
            for line in form.lines(&tree) {
                let path = format!("{place}{}", form.path(record.split));
                staging.add_row(&path, &line, || form.columns())?;
            }
        }
    }
    staging.close_tables()?;
    Ok(Tables {
        tally,
        quarantined,
        quality: gates.map(Gates::into_report),
    })
}

fn quality_text(quality: &QualityReport) -> String {
    let text = serde_json::to_string_pretty(quality).expect("the report has text keys only");
    format!("{text}\n")
}

fn manifest(input: DatasetInput<'_>, simulated: bool, files: Vec<WrittenFile>) -> Manifest {
    Manifest {
        format: DATASET_FORMAT.to_owned(),
        plan_id: input.plan.plan_id.clone(),
        campaign: input.plan.work.campaign.clone(),
        whole: input.stopped.is_none(),
        simulated,
        canary: canary(&input.plan.plan_id),
        files,
    }
}
