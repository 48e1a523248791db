//! The description for machines.

use std::fs;

use crate::folder::{Dataset, sha256};
use crate::records::{risk, safe};

#[test]
fn croissant_has_each_file_with_its_hash_and_each_field_with_a_source() {
    let dataset = Dataset::of(&[risk("i/0"), safe("i/1")]);
    let about = dataset.json("croissant.json");
    assert_eq!(about["conformsTo"], "http://mlcommons.org/croissant/1.1");
    assert!(
        about["rai:dataLimitations"]
            .as_str()
            .unwrap()
            .contains("Synthetic")
    );
    assert!(
        about["description"]
            .as_str()
            .unwrap()
            .contains("AUTOSAFE-CANARY-")
    );
    let files = about["distribution"].as_array().unwrap();
    for file in files {
        let bytes = fs::read(dataset.folder.join(file["contentUrl"].as_str().unwrap())).unwrap();
        assert_eq!(file["sha256"], sha256(&bytes));
    }
    let sets = about["recordSet"].as_array().unwrap();
    assert_eq!(sets.len(), files.len());
    for set in sets {
        for field in set["field"].as_array().unwrap() {
            let sources = match field.get("subField") {
                Some(inner) => inner.as_array().unwrap().clone(),
                None => vec![field.clone()],
            };
            for source in sources {
                let file = &source["source"]["fileObject"]["@id"];
                assert!(files.iter().any(|it| it["@id"] == *file), "{source}");
                let column = source["source"]["extract"]["column"].as_str().unwrap();
                let row = &dataset.rows(file.as_str().unwrap())[0];
                assert!(row.get(column).is_some(), "{file} has no {column}");
            }
        }
    }
}

#[test]
fn croissant_leaves_out_only_what_has_another_shape_in_each_row() {
    let dataset = Dataset::of(&[risk("i/0")]);
    let about = dataset.json("croissant.json");
    let records = &about["recordSet"][0];
    let fields = records["field"].as_array().unwrap();
    let described: Vec<&str> = fields
        .iter()
        .map(|it| it["name"].as_str().unwrap())
        .collect();
    let row = dataset.row("records.jsonl");
    let missing: Vec<&String> = row
        .as_object()
        .unwrap()
        .keys()
        .filter(|key| !described.contains(&key.as_str()))
        .collect();
    assert_eq!(missing, ["axes", "planted", "models", "usage"]);
}
