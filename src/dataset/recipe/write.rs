//! Writing a recipe's folder.

use std::path::Path;

use super::lesson::{Ingredient, Lesson, lessons};
use super::mix::{Mix, Selection, Stock};
use super::trainer::Trainer;
use super::{axolotl, llama_factory, trl};
use crate::check::Protocol;
use crate::dataset::DatasetError;
use crate::dataset::card::canary;
use crate::dataset::manifest::{DATASET_FORMAT, MANIFEST, Manifest};
use crate::dataset::place::Place;
use crate::dataset::quality::{EarlierRuns, Gates};
use crate::dataset::staging::Staging;
use crate::dataset::tree::{Tree, Turn};
use crate::plan::Plan;
use crate::run::{Record, SplitPart};

/// What a recipe is made from, apart from the records.
#[derive(Debug, Clone, Copy)]
pub struct RecipeInput<'a> {
    pub plan: &'a Plan,
    pub trainer: Trainer,
    pub mix: Mix,
    /// The model to tune: a name at a hub, or a folder.
    pub model: &'a str,
    /// Whether every item of the plan has ended.
    pub whole: bool,
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenRecipe {
    /// Each kind of row in words, how many there are to train on, and how many the mix asks for.
    pub rows: Vec<(&'static str, u64, u64)>,
    /// Rows to validate on.
    pub validation: u64,
}

/// Writes a recipe to `folder`, in the place of an earlier one.
///
/// `records` gives the run's records in the plan's order; it is asked twice, and none is kept. The
/// part `test` is left out: it is for evaluation.
///
/// # Errors
/// It cannot be written, or the campaign's gates compare with earlier runs: see
/// [`write_recipe_beside`].
pub fn write_recipe<Records: Iterator<Item = Record>>(
    input: RecipeInput<'_>,
    records: impl Fn() -> Records,
    folder: &Path,
) -> Result<WrittenRecipe, DatasetError> {
    write_recipe_beside(input, &EarlierRuns::default(), records, folder)
}

/// The same, for a campaign whose gates compare records with those of `earlier` runs.
///
/// # Errors
/// It cannot be written, or `earlier` are other runs than the campaign names.
pub fn write_recipe_beside<Records: Iterator<Item = Record>>(
    input: RecipeInput<'_>,
    earlier: &EarlierRuns,
    records: impl Fn() -> Records,
    folder: &Path,
) -> Result<WrittenRecipe, DatasetError> {
    earlier.check(&input.plan.settings.quality)?;
    let place = Place::open(folder)?;
    let written =
        write_files(input, earlier, records, place.next()).inspect_err(|_| place.abandon())?;
    place.replace()?;
    Ok(written)
}

const PARTS: [SplitPart; 2] = [SplitPart::Train, SplitPart::Validation];

fn write_files<Records: Iterator<Item = Record>>(
    input: RecipeInput<'_>,
    earlier: &EarlierRuns,
    records: impl Fn() -> Records,
    folder: &Path,
) -> Result<WrittenRecipe, DatasetError> {
    let gates = || Gates::of(&input.plan.settings.quality, earlier);
    let selection = select(input, gates(), records());
    let written = counts(&selection);
    let mut staging = Staging::create(folder, false)?;
    let simulated = write_rows(input, &selection, gates(), records(), &mut staging)?;
    let has_validation = written.validation > 0;
    match input.trainer {
        Trainer::LlamaFactory => {
            let info = llama_factory::dataset_info(has_validation);
            staging.write_file("data/dataset_info.json", &format!("{info:#}\n"))?;
        }
        Trainer::Trl => {
            let card = trl::card(&content_name(&staging), has_validation);
            staging.write_file("data/README.md", &card)?;
        }
        Trainer::Axolotl => {}
    }
    let config = match input.trainer {
        Trainer::LlamaFactory => llama_factory::config(input.model, has_validation),
        Trainer::Trl => trl::config(input.model, &content_name(&staging), has_validation),
        Trainer::Axolotl => axolotl::config(input.model, has_validation),
    };
    staging.write_file("train.yaml", &config)?;
    staging.write_file("README.md", &readme(input, &written, simulated))?;
    let mut files = staging.finished().to_vec();
    files.sort_by(|one, other| one.path.cmp(&other.path));
    let manifest = Manifest {
        format: DATASET_FORMAT.to_owned(),
        plan_id: input.plan.plan_id.clone(),
        campaign: input.plan.work.campaign.clone(),
        whole: input.whole,
        simulated,
        canary: canary(&input.plan.plan_id),
        files,
    };
    staging.write_file(MANIFEST, &manifest.to_text())?;
    Ok(written)
}

fn select(
    input: RecipeInput<'_>,
    mut gates: Option<Gates<'_>>,
    records: impl Iterator<Item = Record>,
) -> Selection {
    let mut stock = Stock::default();
    for record in records {
        if !gates.as_mut().is_none_or(|gates| gates.pass(&record)) {
            continue;
        }
        for lesson in lessons(&Tree::of(&record)) {
            stock.add(record.split, &lesson);
        }
    }
    stock.select(input.mix)
}

fn counts(selection: &Selection) -> WrittenRecipe {
    let rows = Ingredient::ALL.map(|ingredient| {
        let (taken, wanted) = selection.counts(SplitPart::Train, ingredient);
        (ingredient.words(), taken, wanted)
    });
    let validation = Ingredient::ALL
        .map(|ingredient| selection.counts(SplitPart::Validation, ingredient).0)
        .iter()
        .sum();
    WrittenRecipe {
        rows: rows.to_vec(),
        validation,
    }
}

/// Writes the rows that are taken, and says whether any is simulated.
fn write_rows(
    input: RecipeInput<'_>,
    selection: &Selection,
    mut gates: Option<Gates<'_>>,
    records: impl Iterator<Item = Record>,
    staging: &mut Staging,
) -> Result<bool, DatasetError> {
    let mut simulated = false;
    staging.open_table(&table(SplitPart::Train), Vec::new)?;
    for record in records {
        let is_passed = gates.as_mut().is_none_or(|gates| gates.pass(&record));
        if !is_passed || !PARTS.contains(&record.split) {
            continue;
        }
        let tree = Tree::of(&record);
        for lesson in lessons(&tree) {
            if selection.takes(record.split, &lesson) {
                simulated |= record.simulated;
                let row = row(input, &lesson);
                staging.add_row(&table(record.split), &row, Vec::new)?;
            }
        }
    }
    staging.close_tables()?;
    Ok(simulated)
}

/// A name that is another one for other rows to train on.
fn content_name(staging: &Staging) -> String {
    let path = table(SplitPart::Train);
    let mut files = staging.finished().iter();
    let train = files.find(|file| file.path == path);
    let hash = train.map_or("", |file| &file.blake3);
    format!("autosafe_{}", hash.get(..12).unwrap_or_default())
}

fn table(split: SplitPart) -> String {
    format!("data/{}.jsonl", split.word())
}

/// The lesson as a line of the trainer's own, in the protocol that the agent works with.
fn row(input: RecipeInput<'_>, lesson: &Lesson<'_>) -> String {
    let render = match input.trainer {
        Trainer::LlamaFactory => llama_factory::row,
        Trainer::Trl => trl::row,
        Trainer::Axolotl => axolotl::row,
    };
    match input.plan.work.rollout.protocol {
        Protocol::Tools => render(&lesson.turns, Some(lesson.record)),
        Protocol::React => {
            let (prompt, answer) = lesson.as_text();
            let said = Turn::Said {
                thought: "",
                message: &answer,
            };
            render(&[Turn::User(&prompt), said], None)
        }
    }
}

fn readme(input: RecipeInput<'_>, written: &WrittenRecipe, simulated: bool) -> String {
    let trainer = input.trainer;
    let rows: Vec<String> = written
        .rows
        .iter()
        .map(|(words, taken, wanted)| format!("| {words} | {taken} | {wanted} |"))
        .collect();
    let notice = if simulated {
        "\n**Simulated:** a stand-in (`sim`) wrote this. It is good for trying the recipe out; a model \
         learns nothing from it.\n"
    } else {
        ""
    };
    format!(
        "# Tuning on {campaign} with {word}\n{notice}\n\
         `train.yaml` has the paper's settings (arXiv 2505.17735): LoRA of rank 2 and alpha 4 on all \
         layers, 4-bit weights, a learning rate of 5e-5 with a cosine schedule and a warm-up of 0.1, 5 \
         epochs. Only the last action of a row is learnt; what led to it is read.\n\n\
         | rows to train on | there are | the mix asks for |\n| --- | --- | --- |\n{rows}\n\n\
         Rows to validate on: {validation}. The part `test` is left out, for evaluation.\n\n\
         Install the trainer and start it in this folder, on a machine with a GPU:\n\n\
         ```sh\n{installation}\n{command}\n```\n\n\
         What it learnt is in `out/`. Serve it beside the model as it was, and compare both with \
         `autosafe eval`.\n\n\
         `autosafe export --recipe {word}` writes this folder anew; keep changes elsewhere.\n\n\
         Canary: `{canary}`\n",
        campaign = input.plan.work.campaign,
        word = trainer.word(),
        rows = rows.join("\n"),
        validation = written.validation,
        installation = trainer.installation(),
        command = trainer.command(),
        canary = canary(&input.plan.plan_id),
    )
}
