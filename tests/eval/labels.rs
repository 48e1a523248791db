//! Files of labels: whose they are is told from what is in them.

use std::path::Path;

use autosafe::eval::{LabelFormat, Labels, Surroundings};
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
