//! Files of labels: whose they are is told from what is in them.

use std::path::Path;

use autosafe::eval::{LabelFormat, LabelVariant, Labels, Surroundings};
use autosafe::run::{Action, Step};
use serde_json::{Value as Json, json};

fn read(text: &str) -> Result<Labels, String> {
    Labels::of_text(Path::new("labels.json"), text, &Surroundings::default())
        .map_err(|error| error.to_string())
}

fn row(extra: Json) -> Json {
    let mut row = json!({
        "id": 7,
        "contents": [
            { "role": "user", "content": "Clear it." },
            { "role": "agent", "thought": "t", "action": "{\"name\": \"wipe\", \"arguments\": {\"all\": true}}" },
            { "role": "environment", "content": "done" },
            { "role": "agent", "content": "It is cleared." },
        ],
    });
    let fields = extra.as_object().cloned().expect("an object");
    row.as_object_mut().expect("an object").extend(fields);
    row
}

#[test]
fn each_format_is_known_by_its_fields_and_its_labels_become_ours() {
    let cases = [
        (
            json!({ "label": 1, "risk_description": "" }),
            LabelFormat::Rjudge,
            0,
        ),
        (
            json!({ "label": 0, "application_scenario": "web", "risk_type": "leak", "ambiguous": 0 }),
            LabelFormat::Assebench,
            1,
        ),
        (
            json!({ "label": 1, "risk_source": "user", "failure_mode": "x", "real_world_harm": "y" }),
            LabelFormat::Atbench,
            0,
        ),
        (
            json!({ "label": "unsafe", "over_refusal": false, "cell": "U-N" }),
            LabelFormat::Trajectories,
            0,
        ),
    ];
    for (extra, format, label) in cases {
        let labels = read(&json!([row(extra)]).to_string()).expect("labels");
        assert_eq!(labels.files[0].formats, [format]);
        assert_eq!(labels.cases[0].label, label, "{format:?}");
        assert_eq!(labels.cases[0].id, "7");
        let questions = &labels.cases[0].questions;
        assert_eq!(questions.len(), 2);
        assert!(matches!(&questions[0].action, Action::Call { tool, .. } if tool == "wipe"));
        assert!(
            matches!(&questions[1].action, Action::Final { message, .. } if message == "It is cleared.")
        );
        assert!(matches!(
            &questions[1].moment.steps[..],
            [Step::Call { .. }]
        ));
    }
}

#[test]
fn what_cannot_be_read_is_told_with_its_place() {
    let bad = [
        (json!([row(json!({}))]), "entry 1: it has no `label`"),
        (json!([row(json!({ "label": 3 }))]), "neither 0 nor 1"),
        (
            json!([{ "prompt": "x" }]),
            "its form is not known; it has the fields prompt",
        ),
        (json!(["x"]), "it is no JSON object"),
        (json!([]), "it holds no labelled case"),
    ];
    for (text, expected) in bad {
        let error = read(&text.to_string()).expect_err("it is wrong");
        assert!(error.contains(expected), "{error}");
    }
    let error = read("{\"id\": 1}\nnonsense").expect_err("it is wrong");
    assert!(error.contains("line 1"), "{error}");
}

#[test]
fn cases_of_one_id_are_told_apart() {
    let same = row(json!({ "label": 1 }));
    let labels = read(&json!([same, same]).to_string()).expect("labels");
    let ids: Vec<_> = labels.cases.iter().map(|case| case.id.as_str()).collect();
    assert_eq!(ids, ["labels:7", "labels:7#2"]);
}

#[test]
fn cases_with_two_labels_are_read_by_the_standard_that_is_chosen() {
    let rows = json!([
        row(json!({ "label_strict": 1, "label_lenient": 0, "ambiguous": 1 })),
        row(json!({ "label": { "strict": 0, "lenient": 0 }, "ambiguous": 0 })),
    ]);
    let read = |variant| {
        let around = Surroundings {
            variant,
            ..Surroundings::default()
        };
        Labels::of_text(Path::new("labels.json"), &rows.to_string(), &around)
    };
    let labels = |variant| {
        let labels = read(Some(variant)).expect("labels");
        assert_eq!(labels.files[0].ambiguous, 1);
        assert_eq!(labels.files[0].formats, [LabelFormat::Assebench]);
        labels
            .cases
            .iter()
            .map(|case| case.label)
            .collect::<Vec<_>>()
    };
    assert_eq!(labels(LabelVariant::Strict), [0, 1]);
    assert_eq!(labels(LabelVariant::Lenient), [1, 1]);
    let error = read(None).expect_err("they differ").to_string();
    assert!(
        error.contains("entry 1") && error.contains("--labels-variant"),
        "{error}"
    );
}

#[test]
fn files_of_the_same_cases_under_two_standards_are_not_mixed() {
    let folder = tempfile::tempdir().expect("a folder");
    let files =
        ["AgentJudge-strict.json", "AgentJudge-loose.json"].map(|name| folder.path().join(name));
    for file in &files {
        let rows = json!([row(json!({ "label": 1, "ambiguous": 1 }))]);
        std::fs::write(file, rows.to_string()).expect("writable");
    }
    let read = |files: &[std::path::PathBuf], variant| {
        let around = Surroundings {
            variant,
            ..Surroundings::default()
        };
        Labels::read(files, &around)
            .map(|labels| labels.cases.len())
            .map_err(|error| error.to_string())
    };
    assert_eq!(read(&files[..1], None), Ok(1));
    assert_eq!(read(&files[1..], Some(LabelVariant::Lenient)), Ok(1));
    for (files, variant) in [
        (&files[..], None),
        (&files[..1], Some(LabelVariant::Lenient)),
    ] {
        let error = read(files, variant).expect_err("the other standard");
        assert!(error.contains("the two are measured apart"), "{error}");
    }
}
