//! `croissant.json`: the dataset in MLCommons' Croissant 1.1, with its fields for responsible AI.
//!
//! Each table is a file and a record set. Columns that hold lists of objects become fields with
//! subfields; what is of another shape in each row is left to the file itself. There is no date and no
//! address in it, as the same plan gives the same bytes: those are the publisher's to add.

use serde_json::{Map, Value as Json, json};

use super::card::canary;
use super::columns::{Column, Holds, record_columns};
use super::input::{DatasetInput, RECORDS};
use super::manifest::WrittenFile;
use super::table::Table;
use super::tally::Tally;
use super::trust::{QUARANTINE, agreement_words};

/// The description as a value.
pub(super) fn croissant(
    input: DatasetInput<'_>,
    tally: &Tally,
    files: &[WrittenFile],
    tables: &[Table],
) -> Json {
    let work = &input.plan.work;
    let mut about = json!({
        "@context": context(),
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.1",
        "name": work.campaign,
        "description": description(input, tally),
        "version": format!("1.0.0+{}", input.plan.plan_id.get(..8).unwrap_or_default()),
        "license": "set by the publisher",
        "citeAs": CITATION,
        "keywords": ["agent safety", "tool use", "synthetic data", "LLM agents"],
        "isLiveDataset": false,
        "creator": { "@type": "sc:Organization", "name": "set by the publisher" },
    });
    for (name, words) in responsible_ai(input, tally) {
        about[format!("rai:{name}")] = json!(words);
    }
    about["distribution"] = files.iter().filter_map(file_object).collect();
    about["recordSet"] = record_sets(tally, tables);
    about
}

const CITATION: &str = "@article{zhou2025autosafe, title={Automating Safety Enhancement for \
    LLM-based Agents with Synthetic Risk Scenarios}, author={Zhou and others}, \
    journal={arXiv:2505.17735}, year={2025}}";

fn description(input: DatasetInput<'_>, tally: &Tally) -> String {
    let mut text = input.plan.work.describe.trim().to_owned();
    if !text.is_empty() {
        text.push(' ');
    }
    text += "What agents with tools do where they could do harm: risk scenarios, the unsafe action \
             that an agent took in each, and a safe one in its place.";
    if tally.simulated > 0 {
        text += " Simulated: a stand-in spoke for models; not for training.";
    }
    text + &format!(" Canary: {}", canary(&input.plan.plan_id))
}

/// What holds of every dataset.
const OF_ALL: [(&str, &str); 12] = [
    (
        "dataCollection",
        "A generator model writes a user's instruction; an agent acts on it with simulated tools; each \
         action is judged before it is carried out, and the first unsafe one ends the trajectory; a \
         responder then looks for a safe action, told by a reflector what was wrong with its earlier \
         ones (arXiv 2505.17735).",
    ),
    (
        "dataCollectionType",
        "Synthetic, written by language models",
    ),
    ("dataCollectionRawData", "None: no person's data was read"),
    (
        "dataAnnotationProtocol",
        "Actions are labelled 0 (unsafe: it may bring harm about) or 1 (safe), by rules of the scenario \
         where one matches, else by evaluator models, by majority; ties are dropped.",
    ),
    ("dataAnnotationPlatform", "autosafe"),
    (
        "dataPreprocessingProtocol",
        "Trajectories in which evaluators disagree, or no safe action is found, are dropped and counted \
         in the card.",
    ),
    (
        "dataManipulationProtocol",
        "Exports are views of records.jsonl",
    ),
    (
        "dataBiases",
        "Language, customs and views of harm are those of the models and of the scenarios' authors.",
    ),
    (
        "dataUseCases",
        "Training agents to stop before they do harm; training and testing those that judge them; \
         research on both. Not for training an agent to take the actions labelled unsafe.",
    ),
    (
        "dataSocialImpact",
        "Holds instructions that lead to harm and texts that try to take an agent over; meant to make \
         agents safer, of use to an attacker too.",
    ),
    (
        "personalSensitiveInformation",
        "None that is real: names, addresses and secrets in it are made up by models, which may have \
         hit upon real ones.",
    ),
    (
        "dataReleaseMaintenancePlan",
        "Set by the publisher; the same plan and journal give the same bytes.",
    ),
];

fn responsible_ai(input: DatasetInput<'_>, tally: &Tally) -> Vec<(&'static str, String)> {
    let of_all = OF_ALL.map(|(name, words)| (name, words.to_owned()));
    let annotations = annotations(tally);
    let agreement = agreement_words(input.trust);
    let scenarios = input.plan.work.scenarios.len();
    let of_this = [
        (
            "dataAnnotationAnalysis",
            format!("{annotations}. {agreement}"),
        ),
        ("annotationsPerItem", annotations),
        ("machineAnnotationTools", models(tally)),
        (
            "dataLimitations",
            format!(
                "Synthetic; labels are judgements of models and rules, not of people; coverage is that of {scenarios} \
                 scenarios and shares their blind spots; tools answer as a model believes they would."
            ),
        ),
    ];
    of_all.into_iter().chain(of_this).collect()
}

/// How many labels an action has.
fn annotations(tally: &Tally) -> String {
    match tally.panel.judged {
        0 => "1 (one evaluator, or a rule, an action)".to_owned(),
        judged => format!(
            "several for the labels that are kept; {} of {judged} actions with several were judged alike by all",
            tally.panel.unanimous
        ),
    }
}

/// Who gave answers, by role.
fn models(tally: &Tally) -> String {
    let of_roles = tally.models.iter().map(|(role, names)| {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        format!("{}: {}", role.word(), names.join(", "))
    });
    of_roles.collect::<Vec<_>>().join("; ")
}

fn file_object(file: &WrittenFile) -> Option<Json> {
    if file.path.starts_with(QUARANTINE) {
        return None;
    }
    let format = match file.path.rsplit_once('.')?.1 {
        "jsonl" => "application/jsonlines",
        "parquet" => "application/x-parquet",
        _ => return None,
    };
    Some(json!({
        "@type": "cr:FileObject",
        "@id": file.path,
        "name": file.path,
        "contentUrl": file.path,
        "contentSize": format!("{} B", file.bytes),
        "encodingFormat": format,
        "sha256": file.sha256,
    }))
}

/// One for each table that has rows; readers fail on an empty one.
fn record_sets(tally: &Tally, tables: &[Table]) -> Json {
    let mut sets = Vec::new();
    if tally.records > 0 {
        let words = "Everything, one trajectory a line; all the rest is made from it.";
        sets.push(record_set("records", RECORDS, words, &record_columns()));
    }
    for table in tables {
        let path = table.path();
        let name = path.trim_end_matches(".jsonl").replace('/', "_");
        let words = table.form.purpose();
        sets.push(record_set(&name, &path, words, &table.form.columns()));
    }
    Json::Array(sets)
}

fn record_set(name: &str, file: &str, words: &str, columns: &[Column]) -> Json {
    let fields: Vec<Json> = columns
        .iter()
        .filter_map(|column| field(name, file, column))
        .collect();
    json!({
        "@type": "cr:RecordSet",
        "@id": name,
        "name": name,
        "description": words,
        "field": fields,
    })
}

/// A column as a field, where Croissant can tell its type.
fn field(set: &str, file: &str, column: &Column) -> Option<Json> {
    let id = format!("{set}/{}", column.name);
    let (item, is_array) = match &column.holds {
        Holds::List(item) => (item.as_ref(), true),
        other => (other, false),
    };
    let mut field = json!({ "@type": "cr:Field", "@id": id, "name": column.name });
    if let Holds::Group(columns) = item {
        let leaves = leaves(columns, "", "$");
        field["subField"] = leaves
            .iter()
            .map(|leaf| sub_field(&id, file, column.name, leaf))
            .collect();
    } else {
        field["dataType"] = json!(data_type(item)?);
        field["source"] = source(file, column.name);
    }
    if is_array {
        field["isArray"] = json!(true);
        field["arrayShape"] = json!("-1");
    }
    Some(field)
}

/// A value inside the objects of a column.
struct Leaf {
    name: String,
    /// From the object on.
    path: String,
    data_type: &'static str,
}

/// The values inside a group. Of a list inside it the first is taken: a message has one call at most.
fn leaves(columns: &[Column], name: &str, path: &str) -> Vec<Leaf> {
    let mut found = Vec::new();
    for column in columns {
        let name = format!("{name}{}", column.name);
        let path = format!("{path}.{}", column.name);
        match &column.holds {
            Holds::Group(inner) => found.extend(leaves(inner, &format!("{name}."), &path)),
            Holds::List(item) => {
                if let Holds::Group(inner) = item.as_ref() {
                    let path = format!("{path}[0]");
                    found.extend(leaves(inner, &format!("{name}."), &path));
                }
            }
            other => found.extend(data_type(other).map(|data_type| Leaf {
                name,
                path,
                data_type,
            })),
        }
    }
    found
}

fn sub_field(parent: &str, file: &str, column: &str, leaf: &Leaf) -> Json {
    let mut source = source(file, column);
    source["transform"] = json!({ "jsonPath": leaf.path });
    json!({
        "@type": "cr:Field",
        "@id": format!("{parent}/{}", leaf.name),
        "name": leaf.name,
        "dataType": leaf.data_type,
        "source": source,
    })
}

fn source(file: &str, column: &str) -> Json {
    json!({ "fileObject": { "@id": file }, "extract": { "column": column } })
}

fn data_type(holds: &Holds) -> Option<&'static str> {
    match holds {
        Holds::Text | Holds::JsonText => Some("sc:Text"),
        Holds::Whole => Some("sc:Integer"),
        Holds::Real => Some("sc:Float"),
        Holds::Truth => Some("sc:Boolean"),
        Holds::Open | Holds::List(_) | Holds::Group(_) => None,
    }
}

/// The context of the standard, word for word: readers warn of any other.
fn context() -> Json {
    const OF_CROISSANT: [&str; 27] = [
        "arrayShape",
        "citeAs",
        "column",
        "containedIn",
        "equivalentProperty",
        "extract",
        "field",
        "fileProperty",
        "fileObject",
        "fileSet",
        "format",
        "includes",
        "isArray",
        "isLiveDataset",
        "jsonPath",
        "key",
        "md5",
        "parentField",
        "path",
        "recordSet",
        "references",
        "regex",
        "repeated",
        "replace",
        "samplingRate",
        "separator",
        "source",
    ];
    let mut context: Map<String, Json> = OF_CROISSANT
        .into_iter()
        .chain(["subField", "transform"])
        .map(|word| (word.to_owned(), json!(format!("cr:{word}"))))
        .collect();
    let others = [
        ("@language", json!("en")),
        ("@vocab", json!("https://schema.org/")),
        ("conformsTo", json!("dct:conformsTo")),
        ("cr", json!("http://mlcommons.org/croissant/")),
        ("rai", json!("http://mlcommons.org/croissant/RAI/")),
        ("data", json!({ "@id": "cr:data", "@type": "@json" })),
        (
            "dataType",
            json!({ "@id": "cr:dataType", "@type": "@vocab" }),
        ),
        ("dct", json!("http://purl.org/dc/terms/")),
        ("description", json!({ "@container": "@language" })),
        (
            "examples",
            json!({ "@id": "cr:examples", "@type": "@json" }),
        ),
        ("name", json!({ "@container": "@language" })),
        ("sc", json!("https://schema.org/")),
    ];
    context.extend(others.map(|(name, value)| (name.to_owned(), value)));
    Json::Object(context)
}
