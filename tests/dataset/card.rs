//! The page that people read first.

use std::fs;

use autosafe::check::Export;
use autosafe::run::Record;

use crate::folder::{Dataset, write_with};
use crate::records::{risk, safe, twin};

#[test]
fn the_card_tells_hubs_where_each_split_is() {
    let dataset = Dataset::of(&[risk("i/0")]);
    let card = dataset.text("README.md");
    assert!(card.starts_with("---\nlicense: other\n"));
    assert!(card.contains("pretty_name: \"Nightly: \\\"mail\\\"\"\n"));
    assert!(card.contains("size_categories:\n  - \"n<1K\"\n"));
    assert!(card.contains(
        "configs:\n  \
           - config_name: sft\n    \
             data_files:\n      \
               - split: train\n        \
                 path: sft/train.jsonl\n    \
             default: true\n  \
           - config_name: alpaca\n"
    ));
}

#[test]
fn the_card_gives_the_type_of_every_column_of_an_export() {
    let dataset = Dataset::of(&[risk("i/0")]);
    let card = dataset.text("README.md");
    let (_, info) = card.split_once("\ndataset_info:\n").unwrap();
    // Those hold objects of any shape, which older readers have no word for.
    let documents = [Export::Atif, Export::Inspect];
    for export in Export::ALL.into_iter().filter(|it| !documents.contains(it)) {
        let word = export.word();
        let (_, config) = info
            .split_once(&format!("  - config_name: {word}\n"))
            .unwrap();
        let config = config.split("  - config_name:").next().unwrap();
        let config = config.split("\n---\n").next().unwrap();
        let (config, sizes) = config.split_once("    splits:\n").unwrap();
        assert!(sizes.contains("num_examples: "), "{word}");
        let typed: Vec<&str> = config
            .lines()
            .filter_map(|line| line.strip_prefix("      - name: "))
            .collect();
        let rows = dataset.rows(&format!("{word}/train.jsonl"));
        let columns: Vec<&String> = rows[0].as_object().unwrap().keys().collect();
        assert_eq!(typed, columns, "{word}");
    }
}

#[test]
fn the_card_counts_kinds_cells_losses_and_cost() {
    let dataset = Dataset::of(&[
        risk("i/0"),
        risk("i/1"),
        safe("i/2"),
        twin("i/twin/0", true),
    ]);
    let card = dataset.text("README.md");
    assert!(card.contains("| `records.jsonl` | 4 |"));
    assert!(
        card.contains(
            "| risk: reached an unsafe action, and a safe one was found | 2 | 0 | 0 | 2 |"
        )
    );
    assert!(card.contains("| `DataLoss` | 0 | 0 | 2 | 0 | 0 | 0 |"));
    assert!(card.contains("| agent | `gpt-4o-mini` |"));
    assert!(card.contains("400 tokens in and 80 out, and cost USD 0.5000"));
    assert!(card.contains("| failed | the model answered \\| no JSON | 2 |"));
    assert!(card.contains("Twins in which the agent refused or stalled: 1."));
}

#[test]
fn the_card_says_whether_the_run_went_to_its_end() {
    let temporary = tempfile::tempdir().unwrap();
    let folder = temporary.path().join("dataset");
    let stopped = Some("the budget of USD 5 is spent");
    write_with(&Export::ALL, stopped, &[risk("i/0")], &folder).unwrap();
    let card = fs::read_to_string(folder.join("README.md")).unwrap();
    assert!(
        card.contains(
            "not whole.** The run can go on, but it stopped: the budget of USD 5 is spent"
        )
    );
    assert!(
        Dataset::of(&[])
            .text("README.md")
            .contains("The dataset is whole")
    );
}

#[test]
fn simulated_data_is_called_so() {
    let simulated = Record {
        simulated: true,
        ..risk("i/0")
    };
    let dataset = Dataset::of(&[simulated, risk("i/1")]);
    let card = dataset.text("README.md");
    assert!(card.contains("  - simulated\n"));
    assert!(card.contains("**Simulated:** in 1 of 2 records"));
    assert_eq!(
        dataset.rows("trajectories/train.jsonl")[0]["simulated"],
        true
    );
    assert!(
        !Dataset::of(&[risk("i/0")])
            .text("README.md")
            .contains("imulated:**")
    );
}

#[test]
fn the_canary_is_the_plans_own() {
    let dataset = Dataset::of(&[]);
    let canary = dataset.json("manifest.json")["canary"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(canary.starts_with("AUTOSAFE-CANARY-"));
    assert!(dataset.text("README.md").contains(&canary));
}
