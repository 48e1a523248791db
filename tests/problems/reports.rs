//! Reports for other programs: SARIF and GitHub's workflow commands.

use autosafe::Analysis;
use autosafe::diagnostic::{Code, Diagnostic, SarifLog, render_github};
use autosafe::source::{MemoryFiles, SourceMap, Span};
use serde_json::{Value, json};

use crate::pages;

const SCHEMA: &str = include_str!("sarif/schema-2.1.0.json");

/// A log of everything that is wrong with some programs.
fn sarif(programs: &[Analysis]) -> Value {
    let mut log = SarifLog::default();
    for program in programs {
        for problem in &program.diagnostics {
            log.add(problem, &program.workspace.sources, &str::to_owned);
        }
    }
    serde_json::from_str(&log.into_json()).expect("a log is JSON")
}

fn github(problem: &Diagnostic, sources: &SourceMap) -> String {
    render_github(problem, sources, &str::to_owned)
}

#[test]
fn a_log_of_every_problem_is_valid_sarif() {
    // A pattern of the schema's own has a bracket too many to be read by every regex engine.
    let schema = SCHEMA.replace("[a-zA-Z]{2}]?$", "[a-zA-Z]{2}?$");
    let schema: Value = serde_json::from_str(&schema).expect("the schema is JSON");
    let validator = jsonschema::validator_for(&schema).expect("the schema is a schema");
    let programs: Vec<_> = Code::ALL
        .iter()
        .map(|&code| pages::analysis(code, "Example"))
        .collect();
    for log in [sarif(&programs), sarif(&[])] {
        let wrong: Vec<_> = validator.iter_errors(&log).map(|e| e.to_string()).collect();
        assert_eq!(wrong, Vec::<String>::new());
    }
    let log = sarif(&programs);
    let results = log["runs"][0]["results"].as_array().expect("results");
    let rules = log["runs"][0]["tool"]["driver"]["rules"]
        .as_array()
        .expect("rules");
    assert_eq!(results.len(), Code::ALL.len());
    for (result, code) in results.iter().zip(Code::ALL) {
        let rule = &rules[result["ruleIndex"].as_u64().expect("an index") as usize];
        assert_eq!(result["ruleId"], code.name());
        assert_eq!(rule["id"], code.name());
        assert_eq!(rule["defaultConfiguration"]["level"], result["level"]);
    }
}

#[test]
fn a_result_has_its_places_and_its_fix() {
    let files = MemoryFiles::default()
        .with(
            "my people.ots",
            "/// Ann.\npersona Hurried { describe = \"é\" }\n",
        )
        .with(
            "main.ots",
            "use \"./my people.ots\".{Huried}\npersona Ben {}\n",
        );
    let analysis = autosafe::analyse("main.ots", &files).expect("the entry is there");
    let log = sarif(&[analysis]);
    let result = &log["runs"][0]["results"][0];
    assert_eq!(result["ruleId"], "unknown-name");
    assert_eq!(result["level"], "error");
    let region = json!({ "startLine": 1, "startColumn": 24, "endLine": 1, "endColumn": 30 });
    let place = &result["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "main.ots");
    assert_eq!(place["region"], region);
    let change = &result["fixes"][0]["artifactChanges"][0];
    assert_eq!(change["artifactLocation"]["uri"], "main.ots");
    assert_eq!(change["replacements"][0]["deletedRegion"], region);
    assert_eq!(
        change["replacements"][0]["insertedContent"]["text"],
        "Hurried"
    );
}

#[test]
fn places_in_other_files_are_related_and_their_uris_are_encoded() {
    let mut sources = SourceMap::new();
    sources.add("a b/ö%.ots", "first");
    let main = sources.add("main.ots", "second");
    let start = sources.file(main).span().start;
    let problem = Diagnostic::new(Code::DuplicateName, Span::new(start, start + 6), "twice")
        .other(Span::new(0, 5), "first here");
    let mut log = SarifLog::default();
    log.add(&problem, &sources, &str::to_owned);
    let log: Value = serde_json::from_str(&log.into_json()).expect("a log is JSON");
    let related = &log["runs"][0]["results"][0]["relatedLocations"][0];
    let uri = &related["physicalLocation"]["artifactLocation"]["uri"];
    assert_eq!(*uri, "a%20b/%C3%B6%25.ots");
    assert_eq!(related["message"]["text"], "first here");
}

#[test]
fn a_workflow_command_is_one_line_whose_text_can_be_anything() {
    let mut sources = SourceMap::new();
    sources.add("a,b:c%.ots", "one\ntwo three\n");
    let problem = Diagnostic::new(Code::Syntax, Span::new(8, 13), "100% wrong: a,\r\nb")
        .label("here")
        .help("write it\nanew");
    assert_eq!(
        github(&problem, &sources),
        "::error title=autosafe syntax,file=a%2Cb%3Ac%25.ots,line=2,endLine=2,col=5,endColumn=10\
         ::a,b:c%25.ots:2:5: 100%25 wrong: a,%0D%0Ab%0Ahere%0Awrite it%0Aanew"
    );
}

#[test]
fn a_workflow_command_over_lines_has_no_columns_and_tells_severities_apart() {
    let mut sources = SourceMap::new();
    sources.add("a.ots", "one\ntwo\n");
    let told = |code| github(&Diagnostic::new(code, Span::new(1, 5), "no"), &sources);
    assert_eq!(
        told(Code::FewGroups),
        "::warning title=autosafe few-groups,file=a.ots,line=1,endLine=2::a.ots:1:2: no"
    );
    assert!(told(Code::NamingStyle).starts_with("::notice title=autosafe naming-style,"));
}
