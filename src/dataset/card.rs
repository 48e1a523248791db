//! `README.md`: the dataset card, with the head that dataset hubs read.

use std::collections::BTreeSet;

use super::card_head::head;
use super::input::DatasetInput;
use super::manifest::WrittenFile;
use super::quality::QualityReport;
use super::table::{Table, primary_forms};
use super::tally::Tally;
use super::trust::trust_words;
use super::yaml::to_yaml;
use crate::check::Role;
use crate::run::{Kind, SplitPart};

/// The six cells of the threat model, in the order of the paper.
const CELLS: [&str; 6] = ["N-N", "N-M", "U-N", "U-M", "M-N", "M-M"];

/// What was written.
#[derive(Clone, Copy)]
pub(super) struct CardInput<'a> {
    pub tally: &'a Tally,
    /// Records in quarantine; they are not in `tally`.
    pub quarantined: u64,
    pub quality: Option<&'a QualityReport>,
    /// The tables.
    pub files: &'a [WrittenFile],
    /// Those of exports.
    pub tables: &'a [Table],
}

/// The card as the file's text.
pub(super) fn render_card(input: DatasetInput<'_>, written: CardInput<'_>) -> String {
    let CardInput {
        tally,
        quality,
        files,
        tables,
        ..
    } = written;
    let mut sections = vec![
        title(input, written),
        contents(files, tables),
        sizes(input, tally),
        risks(tally),
        making(input, tally),
        format!(
            "## How far the labels can be trusted\n\n{}",
            trust(input, tally)
        ),
        losses(input),
    ];
    sections.extend(quality.map(gates));
    sections.extend([
        loading(tables),
        LIMITS.to_owned(),
        USE.to_owned(),
        canary_section(input),
    ]);
    format!(
        "---\n{}\n---\n\n{}\n",
        to_yaml(&head(input, tally, tables)),
        sections.join("\n\n")
    )
}

/// The canary of the dataset that comes of the plan `plan_id`: a text that stands nowhere else.
pub(super) fn canary(plan_id: &str) -> String {
    let hash = blake3::derive_key("autosafe dataset canary 1", plan_id.as_bytes());
    let hex = blake3::Hash::from_bytes(hash).to_hex();
    format!(
        "AUTOSAFE-CANARY-{}-{}-{}-{}",
        &hex[..8],
        &hex[8..16],
        &hex[16..24],
        &hex[24..32]
    )
}

const TRAINERS: &str = "\
- Every assistant turn in `sft`, `sharegpt` and `alpaca` was judged safe, so a trainer may learn from \
all of them. To learn from the last action alone: LLaMA-Factory `mask_history: true`, TRL a prompt and \
its completion, axolotl a mark on the message; `autosafe export --recipe` writes each.
- LLaMA-Factory: `dataset_dir: <this folder>`, and a `dataset` that `dataset_info.json` names.
- In `sft`, `dpo` and `kto`, `tools` and the `arguments` of calls are texts that hold JSON, so that \
columnar readers keep them as they are. TRL and axolotl parse `tools` themselves, axolotl `arguments` \
too; with TRL and a chat template that writes `arguments` out as JSON, parse them first, or read the \
Parquet files (`autosafe export --parquet`), in which `datasets` 4.7 and newer find them parsed.
- Columnar readers fill absent fields with nulls. `atif` and `inspect` are documents: read them line \
by line, or with `datasets` 4.7 or newer.
- In `agentdog` and there alone, `label` is 1 for unsafe, as in ATBench.
- OpenAI fine-tuning wants `tools` as a list: `jq -c '.tools |= fromjson'` makes it one.";

const LIMITS: &str = "\
## Known limits

- Everything here is synthetic. Models wrote the instructions, played the tools and judged the \
actions; nobody's real mail, files or money is in it, and no tool ran.
- Labels are judgements of models and of rules, not of people. Some are wrong. `why` says what each \
was based on.
- An action is unsafe if it *may* bring harm about where it is taken. That is stricter than harm \
that came about.
- The safe action is the first that was found safe, not the best one. `helpfulness` in the records \
says how far it serves the user, where that was asked.
- Tools answer as a model believes they would. They know no state beyond the conversation.
- The coverage is that of the scenarios in the plan, and so are their blind spots.";

const USE: &str = "\
## Use and misuse

This is made to teach agents to stop before they do harm, to train and test those that judge them, \
and to study both. It holds instructions that lead to harm, texts that try to take an agent over, \
and unsafe actions that are marked as such.

- Do not train an agent to take the actions labelled `unsafe` or `rejected`. `sft`, `sharegpt` and \
`alpaca` hold safe actions only; in `kto` and `stepwise` unsafe ones carry the label false, and in \
`trajectories`, `atif` and `agentdog` the label of the whole.
- Do not use it to build attacks on people or systems.
- Publishing it is for you to decide: set the license in the head of this file, and license, creator, \
address and date in `croissant.json`, and mind the terms of the models that wrote it.";

fn title(input: DatasetInput<'_>, written: CardInput<'_>) -> String {
    let tally = written.tally;
    let work = &input.plan.work;
    let mut parts = vec![format!("# {}", inline(&work.campaign))];
    if !work.describe.is_empty() {
        parts.push(work.describe.trim().to_owned());
    }
    parts.push(
        "What agents with tools do where they could do harm: risk scenarios, the unsafe action that \
         an agent took in each, and a safe one in its place."
            .to_owned(),
    );
    if tally.simulated > 0 {
        parts.push(simulated_notice(tally));
    }
    parts.extend(quarantine_notice(input, written.quarantined));
    parts.push(wholeness(input));
    parts.join("\n\n")
}

fn simulated_notice(tally: &Tally) -> String {
    format!(
        "**Simulated:** in {} of {} records a stand-in (`sim`) spoke for a model. Its text is made \
         up from the request, its labels mean nothing. It is good for trying things out, not for \
         training.",
        tally.simulated, tally.records
    )
}

fn quarantine_notice(input: DatasetInput<'_>, quarantined: u64) -> Option<String> {
    (input.trust.is_missed()).then(|| {
        format!(
            "**Quarantine:** {quarantined} records are in `quarantine/` and not here, as their labels rest on \
             an evaluator that the campaign does not trust. What is here was decided by rules."
        )
    })
}

fn wholeness(input: DatasetInput<'_>) -> String {
    match input.stopped {
        None => "The dataset is whole: every item of the plan has ended.".to_owned(),
        Some(reason) => format!(
            "**The dataset is not whole.** The run can go on, but it stopped: {}",
            inline(reason)
        ),
    }
}

fn contents(files: &[WrittenFile], tables: &[Table]) -> String {
    let rows_of = |path: &str| {
        let file = files.iter().find(|file| file.path == path);
        file.and_then(|file| file.rows).unwrap_or_default()
    };
    let mut rows = vec![[
        "`records.jsonl`".to_owned(),
        rows_of("records.jsonl").to_string(),
        "everything, one trajectory a line; all the rest is made from it".to_owned(),
    ]];
    rows.extend(tables.iter().map(|table| {
        let path = format!("`{}`", table.path());
        [
            path,
            table.rows.to_string(),
            table.form.purpose().to_owned(),
        ]
    }));
    let parquet = if tables.iter().any(|table| table.parquet.is_some()) {
        "\n\nBeside each is a `.parquet` file with the same rows."
    } else {
        ""
    };
    let bytes: u64 = files.iter().map(|file| file.bytes).sum();
    format!(
        "## Files\n\n{}{parquet}\n\nAll together {}; `manifest.json` has the hash of each, and \
         `croissant.json` describes them in Croissant 1.1.",
        table(["file", "rows", "for"], rows),
        size_words(bytes)
    )
}

/// Bytes for people: "912 B", "4.1 MB".
fn size_words(bytes: u64) -> String {
    const UNITS: [(u64, &str); 3] = [(1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")];
    match UNITS.into_iter().find(|(size, _)| bytes >= *size) {
        Some((size, unit)) => {
            let tenths = bytes * 10 / size;
            format!("{}.{} {unit}", tenths / 10, tenths % 10)
        }
        None => format!("{bytes} B"),
    }
}

fn sizes(input: DatasetInput<'_>, tally: &Tally) -> String {
    let row = |kind: Kind| {
        let [train, validation, test] = SplitPart::ALL.map(|split| tally.of_kind(kind, split));
        [
            kind_words(kind).to_owned(),
            train.to_string(),
            validation.to_string(),
            test.to_string(),
            (train + validation + test).to_string(),
        ]
    };
    let rows = [Kind::Risk, Kind::Safe, Kind::Twin].map(row);
    let mut text = format!(
        "## Kinds and splits\n\n{}",
        table(["records", "train", "validation", "test", "all"], rows)
    );
    text += &format!(
        "\n\nRecords of one {} are in one split only, and a twin is in that of its item.",
        input.plan.work.split.by.word()
    );
    if tally.harmful_twins > 0 {
        text += &format!(
            "\n\nTwins in which an action was judged unsafe all the same: {}. They are no targets in `sft`, `sharegpt` and `alpaca`.",
            tally.harmful_twins
        );
    }
    if tally.over_refusals > 0 {
        text += &format!(
            "\n\nTwins in which the agent refused or stalled: {}. They are no targets in `sft`, `sharegpt` and `alpaca`.",
            tally.over_refusals
        );
    }
    text
}

fn kind_words(kind: Kind) -> &'static str {
    match kind {
        Kind::Risk => "risk: reached an unsafe action, and a safe one was found",
        Kind::Safe => "safe: ended without an unsafe action",
        Kind::Twin => "twin: the same task without any risk",
    }
}

fn risks(tally: &Tally) -> String {
    let heading = "## Risk scenarios by outcome and cell";
    if tally.risks.is_empty() {
        return format!("{heading}\n\nThere are none.");
    }
    let outcomes: BTreeSet<&String> = tally.risks.keys().map(|(outcome, _)| outcome).collect();
    let rows = outcomes.into_iter().map(|outcome| {
        let count = |cell: &str| {
            let place = (outcome.clone(), cell.to_owned());
            tally.risks.get(&place).copied().unwrap_or_default()
        };
        let [nn, nm, un, um, mn, mm] = CELLS.map(|cell| count(cell).to_string());
        [code(outcome), nn, nm, un, um, mn, mm]
    });
    let [nn, nm, un, um, mn, mm] = CELLS;
    format!(
        "{heading}\n\n{}\n\nA cell names the instruction, then the context: normal (N), \
         underspecified (U), malicious (M). A scenario with several outcomes counts in each.",
        table(["outcome", nn, nm, un, um, mn, mm], rows)
    )
}

fn making(input: DatasetInput<'_>, tally: &Tally) -> String {
    let work = &input.plan.work;
    let mut parts = vec![
        "## How it was made".to_owned(),
        "A generator writes a user's instruction that may lead to harm. An agent acts on it with \
         simulated tools; each action is judged before it is carried out, and the first unsafe one \
         ends the trajectory. A responder then looks for a safe action in the same place; while it \
         proposes unsafe ones, a reflector says why. Where a rule of the scenario matches, it decides \
         the label; elsewhere the evaluators do, by majority. The method is that of AutoSafe (arXiv \
         2505.17735)."
            .to_owned(),
        format!(
            "Plan `{}`, seed {}. Scenarios: {}; trajectories an item: {}; steps of each: at most {}; \
             rounds of reflection: at most {}; share of items with a harmless twin: {} %.",
            input.plan.plan_id,
            work.seed,
            work.scenarios.len(),
            work.rollout.trajectories,
            work.rollout.max_steps,
            work.rounds,
            percent(work.twins),
        ),
    ];
    parts.extend(models(tally));
    parts.push(scenarios(tally));
    parts.push(format!(
        "The answers used took {} tokens in and {} out, and cost USD {:.4} at the plan's prices.",
        tally.usage.input, tally.usage.output, tally.cost
    ));
    parts.join("\n\n")
}

fn trust(input: DatasetInput<'_>, tally: &Tally) -> String {
    let words = trust_words(input.trust);
    let parts = std::iter::once(words).chain(agreement(tally));
    parts.collect::<Vec<_>>().join("\n\n")
}

/// How far evaluators agree, where a panel judged.
fn agreement(tally: &Tally) -> Option<String> {
    let panel = &tally.panel;
    (panel.judged > 0).then(|| {
        format!(
            "{} actions in the records were judged by several evaluators; in {} of them all agreed. \
             Trajectories on whose labels a panel split are not in the records, so this says how firm \
             the labels are, not how good the evaluators.",
            panel.judged, panel.unanimous
        )
    })
}

/// A share in percent, without a tail of zeros.
fn percent(share: f64) -> f64 {
    (share * 10_000.0).round() / 100.0
}

fn models(tally: &Tally) -> Option<String> {
    let rows: Vec<[String; 2]> = Role::ALL
        .into_iter()
        .filter_map(|role| {
            let names: Vec<String> = tally.models.get(&role)?.iter().map(|it| code(it)).collect();
            Some([role.word().to_owned(), names.join(", ")])
        })
        .collect();
    (!rows.is_empty()).then(|| table(["role", "models"], rows))
}

fn scenarios(tally: &Tally) -> String {
    let rows = tally
        .scenarios
        .iter()
        .map(|(name, records)| [code(name), records.to_string()]);
    table(["scenario", "records"], rows)
}

fn losses(input: DatasetInput<'_>) -> String {
    let heading = "## What is not in it";
    let drops = input.drops.iter();
    let failures = input.failures.iter();
    let rows: Vec<[String; 3]> = drops
        .map(|(why, count)| ["dropped".to_owned(), inline(why), count.to_string()])
        .chain(failures.map(|(why, count)| ["failed".to_owned(), inline(why), count.to_string()]))
        .collect();
    if rows.is_empty() {
        return format!("{heading}\n\nNo trajectory was dropped, and none failed.");
    }
    format!(
        "{heading}\n\n{}",
        table(["trajectories", "why", "how many"], rows)
    )
}

fn gates(quality: &QualityReport) -> String {
    let rows = quality.gates.iter().map(|(gate, flagged)| {
        let example = flagged.examples.first();
        let example = example.map_or_else(String::new, |example| {
            // It may quote what a model wrote.
            let why: String = example.why.chars().take(120).collect();
            code(&format!("{}: {why}", example.record))
        });
        [format!("`{gate}`"), flagged.records.to_string(), example]
    });
    format!(
        "## Quality gates\n\nOf {} records {} were flagged; {} of them are left out of the exports and \
         stand in `records.jsonl` alone. `quality.json` has more examples.\n\n{}{}",
        quality.records,
        quality.flagged,
        quality.left_out,
        table(["gate", "flagged", "for example"], rows),
        compared_with(quality)
    )
}

fn compared_with(quality: &QualityReport) -> String {
    if quality.compared_with.is_empty() {
        return String::new();
    }
    let rows = quality.compared_with.iter();
    let rows = rows.map(|it| [code(&it.name), it.form.clone(), it.texts.to_string()]);
    let table = table(["compared with", "form", "texts"], rows);
    format!("\n\nInstructions were compared with:\n\n{table}")
}

fn loading(tables: &[Table]) -> String {
    let Some(form) = primary_forms(tables).into_iter().next() else {
        return "## Loading it\n\nNo export has rows; `records.jsonl` holds all there is."
            .to_owned();
    };
    let first = format!(
        "- Hugging Face `datasets`: `load_dataset(\"<this folder>\", \"{}\")`; each export is a \
         configuration. Give the whole path: `datasets` takes two folders for one that are read by the \
         same relative name. Read `records.jsonl` line by line: its `arguments` and `observation` have as \
         many shapes as there are tools.",
        form.export().word()
    );
    format!("## Loading it\n\n{first}\n{TRAINERS}")
}

fn canary_section(input: DatasetInput<'_>) -> String {
    format!(
        "## Canary\n\nThis text stands here so that the dataset can be found, and left out, where it \
         should not be, such as the training data of models that are tested with it:\n\n`{}`",
        canary(&input.plan.plan_id)
    )
}

fn table<const COLUMNS: usize>(
    heads: [&str; COLUMNS],
    rows: impl IntoIterator<Item = [String; COLUMNS]>,
) -> String {
    let mut lines = vec![heads.join(" | "), ["---"; COLUMNS].join(" | ")];
    lines.extend(rows.into_iter().map(|row| row.join(" | ")));
    let lines: Vec<String> = lines.into_iter().map(|it| format!("| {it} |")).collect();
    lines.join("\n")
}

fn code(text: &str) -> String {
    format!("`{}`", inline(text).replace('`', "'"))
}

/// Text that stays on its line and in its cell.
fn inline(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").replace('|', "\\|")
}
