//! Every message as it is drawn: `messages/*.cases` hold small programs, and below each what is said of it.
//!
//! `UPDATE_MESSAGES=1 cargo test --test problems messages` draws them anew.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use autosafe::Analysis;
use autosafe::diagnostic::{Diagnostic, render_human};
use autosafe::source::MemoryFiles;

use crate::case_file::{Case, CaseFile};
use crate::pages;

/// Calls that make a message.
const MAKERS: &[&str] = &["Diagnostic::new(", ".reject("];

/// Problems of one case that are all drawn.
const MOST_DRAWN: usize = 20;

/// Beginnings of messages that no case can have.
const CASELESS: &[(&str, &str)] = &[
    // The scan bounds nesting before pest would give up.
    ("src/syntax/parse.rs", "fn lost"),
    // Takes half a gigabyte.
    ("src/resolve/missing.rs", "fn program_too_large"),
    // Links and rights: there are none among files in memory.
    ("src/resolve/missing.rs", "OutsideRoot { .. }) =>"),
    ("src/resolve/missing.rs", "Failure::Unreadable(error) => {"),
    // `autosafe import` reads cases, a program does not.
    ("src/import/cases.rs", "names no `Toolkits`"),
];

#[test]
fn every_message_is_drawn_as_it_was() {
    let mut changed = Vec::new();
    for path in case_files() {
        let written = std::fs::read_to_string(&path).expect("a file of cases is readable");
        let mut file = CaseFile::parse(&written);
        for case in file.cases_mut() {
            case.drawn = drawn(case);
        }
        let drawn = file.to_string();
        if drawn == written {
            continue;
        }
        if std::env::var_os("UPDATE_MESSAGES").is_some() {
            std::fs::write(&path, drawn).expect("a file of cases is writable");
        } else {
            changed.push(difference(&path, &written, &drawn));
        }
    }
    assert!(changed.is_empty(), "{}", changed.join("\n"));
}

#[test]
fn every_place_that_makes_a_message_has_a_case() {
    let mut seen = BTreeSet::new();
    for path in case_files() {
        let written = std::fs::read_to_string(path).expect("a file of cases is readable");
        for case in CaseFile::parse(&written).cases_mut() {
            note(&analysis(case), &mut seen);
        }
    }
    for &code in autosafe::diagnostic::Code::ALL {
        note(&pages::analysis(code, "Example"), &mut seen);
    }
    let missing: Vec<String> = makers().difference(&seen).cloned().collect();
    assert_eq!(missing, Vec::<String>::new(), "no case reaches these");
}

fn case_files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/problems/messages");
    let entries = std::fs::read_dir(folder).expect("the cases are there");
    let mut files: Vec<_> = entries.map(|it| it.expect("readable").path()).collect();
    files.sort();
    files
}

fn analysis(case: &Case) -> Analysis {
    let files = case.files.iter().fold(
        MemoryFiles::default().with("base.ots", include_str!("base.ots")),
        |files, (name, text)| files.with(name, text.as_str()),
    );
    autosafe::analyse("main.ots", &files).expect("the entry is there")
}

fn drawn(case: &Case) -> String {
    let analysis = analysis(case);
    let sources = &analysis.workspace.sources;
    let mut drawn = String::new();
    let problems = &analysis.diagnostics;
    for (index, problem) in problems.iter().enumerate() {
        // Of very many the first and the last will do.
        if problems.len() > MOST_DRAWN && (1..problems.len() - 1).contains(&index) {
            continue;
        }
        for line in render_human(problem, sources, 80, false).lines() {
            writeln!(drawn, "{}", line.trim_end()).expect("strings can be written to");
        }
    }
    assert!(!drawn.is_empty(), "nothing is wrong in `{}`", case.title);
    drawn
}

fn difference(path: &Path, written: &str, drawn: &str) -> String {
    let difference = similar::TextDiff::from_lines(written, drawn);
    let name = path.display().to_string();
    difference.unified_diff().header(&name, "now").to_string()
}

fn note(analysis: &Analysis, seen: &mut BTreeSet<String>) {
    let origin = |problem: &Diagnostic| {
        let place = problem.origin.place();
        format!("{}:{}", place.file(), place.line())
    };
    seen.extend(analysis.diagnostics.iter().map(origin));
}

/// `file:line` of each call in the pure half of the program that makes a message.
fn makers() -> BTreeSet<String> {
    let rooms = [
        "syntax",
        "resolve",
        "import",
        "check",
        "plan",
        "prompt",
        "diagnostic",
    ];
    let mut open: Vec<PathBuf> = rooms
        .iter()
        .map(|room| Path::new("src").join(room))
        .collect();
    let mut makers = BTreeSet::new();
    while let Some(path) = open.pop() {
        if path.is_dir() {
            let entries = std::fs::read_dir(&path).expect("the sources are there");
            open.extend(entries.map(|it| it.expect("readable").path()));
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("the sources are readable");
        let lines = text.lines().enumerate();
        let code = lines.take_while(|(_, line)| !line.starts_with("#[cfg(test)]"));
        let mut is_left_out = false;
        for (index, line) in code {
            // What hands its caller's place on makes no message of its own.
            is_left_out |= line.trim() == "#[track_caller]" || is_caseless(&path, line);
            let makes = MAKERS.iter().any(|maker| line.contains(maker));
            if makes && !is_left_out {
                makers.insert(format!("{}:{}", path.display(), index + 1));
            }
            is_left_out &= !makes;
        }
    }
    makers
}

fn is_caseless(path: &Path, line: &str) -> bool {
    let mut known = CASELESS.iter();
    known.any(|(file, words)| path == Path::new(file) && line.contains(words))
}
