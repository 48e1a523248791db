//! A recipe to tune a model by.

use autosafe::check::Protocol;
use autosafe::dataset::{self, Mix, RecipeInput, Trainer, Written, WrittenRecipe};
use autosafe::run::{Record, SplitPart};

use crate::folder::Dataset;
use crate::llama_factory::alternating;
use crate::records::{plan, risk, twin};

fn write_recipe(trainer: Trainer, protocol: Protocol, mix: Mix) -> (Dataset, WrittenRecipe) {
    let mut plan = plan();
    plan.work.rollout.protocol = protocol;
    let temporary = tempfile::tempdir().unwrap();
    let folder = temporary.path().join("recipe");
    let input = RecipeInput {
        plan: &plan,
        trainer,
        mix,
        model: "Qwen/Qwen2.5-7B-Instruct",
        whole: true,
    };
    let mut records: Vec<Record> = (0..8).map(|index| risk(&format!("r{index}/0"))).collect();
    records.extend((0..8).map(|index| twin(&format!("t{index}/twin/0"), index == 0)));
    records.push(Record {
        split: SplitPart::Validation,
        ..risk("v/0")
    });
    records.push(Record {
        split: SplitPart::Test,
        ..risk("t/0")
    });
    let again = || records.clone().into_iter();
    let recipe = dataset::write_recipe(input, again, &folder).unwrap();
    let written = Written {
        records: 0,
        quarantined: 0,
        files: Vec::new(),
        quality: None,
    };
    let dataset = Dataset {
        folder,
        written,
        _temporary: Some(temporary),
    };
    (dataset, recipe)
}

#[test]
fn a_recipe_mixes_by_the_ratio_and_says_what_it_lacks() {
    let mix = Mix {
        twins: 0.5,
        safe: 2.0,
    };
    let (dataset, recipe) = write_recipe(Trainer::LlamaFactory, Protocol::Tools, mix);
    let counts: Vec<(u64, u64)> = recipe.rows.iter().map(|row| (row.1, row.2)).collect();
    assert_eq!(counts, [(8, 8), (4, 4), (8, 16)]);
    assert_eq!(dataset.rows("data/train.jsonl").len(), 20);
    assert_eq!(recipe.validation, 2);
    assert!(!dataset.folder.join("data/test.jsonl").exists());
    assert!(
        dataset
            .text("README.md")
            .contains("| ordinary safe steps | 8 | 16 |")
    );
}

#[test]
fn a_recipe_teaches_nothing_that_was_judged_unsafe_and_no_refusal_of_a_twin() {
    let mix = Mix {
        twins: 9.0,
        safe: 9.0,
    };
    let (dataset, recipe) = write_recipe(Trainer::Trl, Protocol::Tools, mix);
    assert_eq!(recipe.rows[1].1, 7);
    for row in dataset.rows("data/train.jsonl") {
        let chat = row["prompt"].to_string() + &row["completion"].to_string();
        assert!(
            !chat.contains("Mail_delete") && !chat.contains("Mail_move"),
            "{chat}"
        );
    }
}

#[test]
fn each_trainer_gets_its_own_form_and_the_paper_s_settings() {
    let (dataset, _) = write_recipe(Trainer::LlamaFactory, Protocol::Tools, Mix::default());
    for row in dataset.rows("data/train.jsonl") {
        assert_eq!(alternating(&row["conversations"]) % 2, 0);
    }
    let config = dataset.text("train.yaml");
    for setting in [
        "lora_rank: 2",
        "lora_alpha: 4",
        "lora_target: all",
        "quantization_bit: 4",
    ] {
        assert!(config.contains(setting), "{setting}");
    }
    assert!(config.contains("template: qwen\n") && config.contains("mask_history: true"));

    let (dataset, _) = write_recipe(Trainer::Axolotl, Protocol::Tools, Mix::default());
    for row in dataset.rows("data/train.jsonl") {
        let learnt: Vec<bool> = row["messages"]
            .as_array()
            .unwrap()
            .iter()
            .map(|message| message["train"] == true)
            .collect();
        let (last, before) = learnt.split_last().unwrap();
        assert!(*last && !before.contains(&true));
    }

    let (dataset, _) = write_recipe(Trainer::Trl, Protocol::Tools, Mix::default());
    let rows = dataset.rows("data/train.jsonl");
    assert!(rows.iter().all(|row| row["tools"].is_array()));
    // Otherwise `datasets` would take one recipe's cached data for another's.
    let name = &blake3::hash(dataset.text("data/train.jsonl").as_bytes()).to_hex()[..12];
    let named = format!("autosafe_{name}");
    assert!(
        dataset
            .text("train.yaml")
            .contains(&format!("dataset_config: {named}\n"))
    );
    assert!(
        dataset
            .text("data/README.md")
            .contains(&format!("config_name: {named}\n"))
    );
    let calls = rows
        .iter()
        .filter_map(|row| row["completion"][0].get("tool_calls"));
    assert!(
        calls
            .into_iter()
            .all(|calls| calls[0]["function"]["arguments"].is_object())
    );
}

#[test]
fn where_the_agent_works_in_text_the_recipe_does_too() {
    let (dataset, _) = write_recipe(Trainer::Axolotl, Protocol::React, Mix::default());
    for row in dataset.rows("data/train.jsonl") {
        assert_eq!(row["messages"].as_array().unwrap().len(), 2);
        assert!(
            row["messages"][0]["content"]
                .as_str()
                .unwrap()
                .contains("Action Input:")
        );
        assert!(row.get("tools").is_none());
    }
}
