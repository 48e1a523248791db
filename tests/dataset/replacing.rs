//! Taking the place of an older dataset.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use autosafe::check::Export;
use autosafe::dataset::{self, DatasetError, DatasetInput};
use autosafe::run::Record;

use crate::folder::{files, write, write_with};
use crate::records::{plan, risk, safe};

/// An old dataset of one record, with a file of somebody else's in it.
fn old_dataset(parent: &Path) -> PathBuf {
    let folder = parent.join("dataset");
    write(&[risk("old/0")], &folder).unwrap();
    fs::write(folder.join("sft/notes.txt"), "mine").unwrap();
    folder
}

fn ids(folder: &Path) -> Vec<String> {
    let text = fs::read_to_string(folder.join("records.jsonl")).unwrap();
    let records = text.lines().map(|line| serde_json::from_str(line).unwrap());
    records.map(|record: Record| record.id).collect()
}

#[test]
fn a_new_dataset_replaces_the_old_one_and_keeps_what_others_put_there() {
    let temporary = tempfile::tempdir().unwrap();
    let folder = old_dataset(temporary.path());
    write_with(&[Export::Sft], None, &[safe("new/0")], &folder).unwrap();
    assert_eq!(ids(&folder), ["new/0"]);
    assert!(!folder.join("dpo").exists());
    assert_eq!(
        fs::read_to_string(folder.join("sft/notes.txt")).unwrap(),
        "mine"
    );
    assert_eq!(fs::read_dir(temporary.path()).unwrap().count(), 1);
}

#[test]
fn the_old_dataset_stands_until_the_new_one_is_whole() {
    let temporary = tempfile::tempdir().unwrap();
    let folder = old_dataset(temporary.path());
    let before = files(&folder);
    let input_plan = plan();
    let watched = [safe("new/0"), safe("new/1")].into_iter().inspect(|_| {
        assert_eq!(files(&folder), before);
    });
    let input = DatasetInput {
        plan: &input_plan,
        exports: &Export::ALL,
        parquet: false,
        stopped: None,
        drops: &BTreeMap::new(),
        failures: &BTreeMap::new(),
        trust: &dataset::Trust::default(),
    };
    dataset::write(input, watched, &folder).unwrap();
    assert_eq!(ids(&folder), ["new/0", "new/1"]);
}

#[test]
fn a_writing_that_was_cut_short_is_put_right_by_the_next() {
    let temporary = tempfile::tempdir().unwrap();
    let folder = old_dataset(temporary.path());
    fs::rename(&folder, temporary.path().join(".dataset.autosafe-previous")).unwrap();
    let half = temporary.path().join(".dataset.autosafe-next");
    fs::create_dir(&half).unwrap();
    fs::write(half.join("records.jsonl"), "{\"half\":").unwrap();
    write(&[safe("new/0")], &folder).unwrap();
    assert_eq!(ids(&folder), ["new/0"]);
    assert!(folder.join("sft/notes.txt").exists());
    assert_eq!(fs::read_dir(temporary.path()).unwrap().count(), 1);
}

#[test]
fn a_folder_with_other_files_is_refused_and_left_alone() {
    let temporary = tempfile::tempdir().unwrap();
    let folder = temporary.path().join("thesis");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("chapter.tex"), "years of work").unwrap();
    let error = write(&[risk("i/0")], &folder).unwrap_err();
    assert!(matches!(error, DatasetError::Foreign { .. }));
    assert!(
        error
            .to_string()
            .contains("thesis` holds files that are no dataset of autosafe")
    );
    assert_eq!(files(&folder).len(), 1);
}

#[test]
fn a_file_in_the_place_of_the_folder_is_refused() {
    let temporary = tempfile::tempdir().unwrap();
    let file = temporary.path().join("dataset");
    fs::write(&file, "").unwrap();
    let error = write(&[], &file).unwrap_err();
    assert!(
        error
            .to_string()
            .ends_with("is a file; a dataset is a folder")
    );
}

#[test]
fn an_empty_folder_is_a_place_for_a_dataset() {
    let temporary = tempfile::tempdir().unwrap();
    write(&[risk("i/0")], temporary.path()).unwrap();
    assert_eq!(ids(temporary.path()), ["i/0"]);
}
