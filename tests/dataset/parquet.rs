//! The same rows as columns.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use autosafe::check::Export;
use autosafe::dataset::{self, DatasetError, DatasetInput, Written};
use autosafe::run::Record;

#[cfg(feature = "parquet")]
use crate::records::safe;
use crate::records::{plan, risk};

fn write_parquet(records: &[Record], folder: &Path) -> Result<Written, DatasetError> {
    let input = DatasetInput {
        plan: &plan(),
        exports: &Export::ALL,
        parquet: true,
        stopped: None,
        drops: &BTreeMap::new(),
        failures: &BTreeMap::new(),
        trust: &dataset::Trust::default(),
    };
    dataset::write(input, records.iter().cloned(), folder)
}

#[cfg(feature = "parquet")]
#[test]
fn parquet_has_every_row_and_marks_what_is_json() {
    use parquet::basic::LogicalType;
    use parquet::file::reader::{FileReader, SerializedFileReader};

    let temporary = tempfile::tempdir().unwrap();
    let folder = temporary.path().join("dataset");
    let written = write_parquet(&[risk("i/0"), safe("i/1")], &folder).unwrap();
    let lines = written
        .files
        .iter()
        .filter(|file| file.path.ends_with(".jsonl"));
    for file in lines {
        let path = folder.join(&file.path).with_extension("parquet");
        let reader = SerializedFileReader::new(fs::File::open(path).unwrap()).unwrap();
        let metadata = reader.metadata().file_metadata();
        assert_eq!(
            metadata.num_rows(),
            i64::try_from(file.rows.unwrap()).unwrap()
        );
    }
    let chats = fs::File::open(folder.join("sft/train.parquet")).unwrap();
    let reader = SerializedFileReader::new(chats).unwrap();
    let columns = reader
        .metadata()
        .file_metadata()
        .schema_descr()
        .columns()
        .to_vec();
    let json: Vec<String> = columns
        .iter()
        .filter(|column| matches!(column.logical_type_ref(), Some(LogicalType::Json)))
        .map(|column| column.path().string())
        .collect();
    assert_eq!(
        json,
        [
            "messages.list.element.tool_calls.list.element.function.arguments",
            "tools"
        ]
    );
    let card = fs::read_to_string(folder.join("README.md")).unwrap();
    assert!(card.contains("path: sft/train.parquet"));
}

#[cfg(not(feature = "parquet"))]
#[test]
fn a_program_without_parquet_says_how_to_get_it() {
    let temporary = tempfile::tempdir().unwrap();
    let folder = temporary.path().join("dataset");
    let error = write_parquet(&[risk("i/0")], &folder).unwrap_err();
    assert!(error.to_string().contains("--features parquet"));
    assert_eq!(fs::read_dir(temporary.path()).unwrap().count(), 0);
}
