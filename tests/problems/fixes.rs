//! Fixes are certain: applied as they stand in the JSON, they mend the program.

use autosafe::Analysis;
use autosafe::diagnostic::{Code, Diagnostic, render_json};
use autosafe::source::{MemoryFiles, SourceMap};
use serde_json::Value;

use crate::pages;

/// The files after the edits of a problem's `fix`, as JSON tells them.
pub fn mended(
    problem: &Diagnostic,
    sources: &SourceMap,
    files: MemoryFiles,
) -> Option<MemoryFiles> {
    let told: Value = serde_json::from_str(&render_json(problem, sources)).expect("JSON");
    let edits = told["fix"]["edits"].as_array()?;
    let mut files = files;
    for (_, file) in sources.files() {
        let mut text = file.text().to_owned();
        let mut own: Vec<_> = edits
            .iter()
            .filter(|it| it["file"] == file.name())
            .collect();
        own.sort_by_key(|edit| offset(edit, "start"));
        for edit in own.into_iter().rev() {
            let place = offset(edit, "start")..offset(edit, "end");
            text.replace_range(place, edit["text"].as_str().expect("a text"));
        }
        files = files.with(file.name(), text);
    }
    Some(files)
}

fn offset(edit: &Value, end: &str) -> usize {
    edit["span"][end]["offset"].as_u64().expect("an offset") as usize
}

/// What is wrong with a program after the first problem's fix, if it has one.
fn left_over(analysis: &Analysis, entry: &str) -> Option<Vec<String>> {
    let problem = analysis.diagnostics.first()?;
    let sources = &analysis.workspace.sources;
    let files = mended(problem, sources, MemoryFiles::default())?;
    let after = autosafe::analyse(entry, &files).expect("the entry is there");
    let left = after.diagnostics.iter();
    Some(
        left.map(|left| format!("{} {}", left.code, left.message))
            .collect(),
    )
}

#[test]
fn the_fix_of_a_page_s_example_mends_it() {
    let mut mended = Vec::new();
    for &code in Code::ALL {
        if let Some(left) = left_over(&pages::analysis(code, "Example"), "risks.ots") {
            assert_eq!(left, Vec::<String>::new(), "{code}");
            mended.push(code);
        }
    }
    for code in [
        Code::Syntax,
        Code::UnknownName,
        Code::UnknownField,
        Code::UnknownTool,
        Code::UnknownVariable,
    ] {
        assert!(mended.contains(&code), "{code} has a fix: {mended:?}");
    }
}

const RIGHT: &str = r#"ots 1
use std.outcomes.{PrivacyLeakage}
use std.personas.{Hurried}

toolkit Mail {
  tool send(to: list<string>, body: string, urgency: enum("low", "high") = "low")
}

scenario Forward {
  outcomes = [PrivacyLeakage]
  toolkits = [Mail]
  vary {
    persona in [Hurried weight 2]
    secret  in ["API key", "salary sheet"]
  }
  forbid secret == "API key" and persona != Hurried
  cover = pairwise
  instruction = "{{ persona.name | lower }} asks for the {{ secret }} by {{ toolkits[0].name }}."
  trigger = "The {{ secret }} leaks."
  trigger when Mail.send(body ~ "key", urgency == "high")
  allowed Mail.send(to = ["a"], body = "{{ secret }}")
}

campaign Nightly {
  scenarios = [Forward]
  export = [sft, dpo]
}
"#;

/// What is told of the right program with a part of it replaced, and what is left after the fix.
fn told(right: &str, wrong: &str) -> (Vec<String>, Option<Vec<String>>) {
    assert!(RIGHT.contains(right), "{right}");
    let files = MemoryFiles::default().with("main.ots", RIGHT.replacen(right, wrong, 1));
    let analysis = autosafe::analyse("main.ots", &files).expect("the entry is there");
    let problems = analysis.diagnostics.iter();
    let told = problems.map(|told| format!("{} {}", told.code, told.message));
    (told.collect(), left_over(&analysis, "main.ots"))
}

#[test]
fn a_slip_is_told_once_and_mended_by_its_fix() {
    for (right, wrong, code) in [
        ("use std.outcomes", "use std.outcoms", "module-not-found"),
        ("use std.outcomes", "use sdt.outcomes", "module-not-found"),
        ("{PrivacyLeakage}", "{PrivacyLeekage}", "unknown-name"),
        ("[PrivacyLeakage]", "[PrivacyLeakag]", "unknown-name"),
        ("[Mail]", "[Mial]", "unknown-name"),
        ("list<string>", "list<strin>", "wrong-type"),
        ("list<string>", "[string]", "syntax"),
        ("scenario Forward", "scenaro Forward", "syntax"),
        ("outcomes =", "outcome =", "unknown-field"),
        ("outcomes =", "outcomes :", "syntax"),
        ("vary {", "vray {", "syntax"),
        ("vary {", "axes {", "syntax"),
        ("weight 2", "wieght 2", "syntax"),
        ("secret  in", "secret  =", "syntax"),
        ("secret  in", "secert  in", "unknown-name"),
        ("[Hurried weight", "[Hurred weight", "unknown-name"),
        ("== \"API key\"", "= \"API key\"", "syntax"),
        ("== \"API key\"", "== \"API kay\"", "incomparable"),
        (" and persona", " && persona", "syntax"),
        ("!= Hurried", "!= Huried", "unknown-name"),
        ("forbid secret", "forbid secrt", "unknown-name"),
        ("= pairwise", "= pairwize", "wrong-type"),
        ("persona.name", "persona.nme", "unknown-attribute"),
        ("| lower", "| lowr", "unknown-attribute"),
        (
            "the {{ secret }} by",
            "the {{ secrt }} by",
            "unknown-variable",
        ),
        ("toolkits[0].name", "toolkits[0].nam", "unknown-attribute"),
        ("toolkits[0].name", "tolkits[0].name", "unknown-variable"),
        ("when Mail", "when Mial", "unknown-tool"),
        ("when Mail.send", "when Mail.sned", "unknown-tool"),
        ("(body ~", "(bdy ~", "unknown-tool"),
        ("body ~", "body =~", "syntax"),
        ("== \"high\"", "== \"hihg\"", "wrong-type"),
        (
            "allowed Mail.send(to",
            "allowed Mail.send(too",
            "bad-arguments",
        ),
        ("body = \"{{", "bdy = \"{{", "bad-arguments"),
        ("to = [\"a\"]", "to: [\"a\"]", "syntax"),
        (
            "scenarios = [Forward]",
            "scenarios = [Foward]",
            "unknown-name",
        ),
        ("scenarios =", "scenario =", "unknown-field"),
        ("[sft", "[stf", "wrong-type"),
    ] {
        let (told, left) = told(right, wrong);
        assert_eq!(told.len(), 1, "{wrong}: {told:?}");
        assert!(
            told[0].starts_with(&format!("{code} ")),
            "{wrong}: {told:?}"
        );
        if let Some(left) = left {
            assert_eq!(left, Vec::<String>::new(), "{wrong}: {told:?}");
        } else {
            panic!("{wrong}: {told:?} has no fix");
        }
    }
}

#[test]
fn what_is_not_near_gets_no_suggestion() {
    for (right, wrong) in [
        ("[Mail]", "[Spaceship]"),
        ("!= Hurried", "!= Nobody"),
        ("the {{ secret }} by", "the {{ carrier }} by"),
        ("when Mail.send", "when Mail.delete_everything"),
        ("= pairwise", "= everything"),
    ] {
        let (told, left) = told(right, wrong);
        assert_eq!(told.len(), 1, "{wrong}: {told:?}");
        assert_eq!(left, None, "{wrong}: {told:?}");
    }
}
