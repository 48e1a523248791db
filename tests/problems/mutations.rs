//! Random changes of the shipped scenarios: nothing panics, and every place that is named lies in its file.

use std::path::Path;

use autosafe::diagnostic::{Diagnostic, SarifLog, render_github, render_human, render_json};
use autosafe::source::{MemoryFiles, SourceMap, Span};
use proptest::prelude::*;

/// The shipped scenario files, and the tool file that one of them imports.
const SHIPPED: &[(&str, &str)] = &[
    (
        "quickstart.ots",
        include_str!("../../scenarios/quickstart.ots"),
    ),
    ("home.ots", include_str!("../../scenarios/home.ots")),
    (
        "workplace.ots",
        include_str!("../../scenarios/workplace.ots"),
    ),
    (
        "toolemu/risks.ots",
        include_str!("../../scenarios/toolemu/risks.ots"),
    ),
    (
        "std/outcomes.ots",
        include_str!("../../scenarios/std/outcomes.ots"),
    ),
    (
        "std/personas.ots",
        include_str!("../../scenarios/std/personas.ots"),
    ),
    (
        "std/prompts.ots",
        include_str!("../../scenarios/std/prompts.ots"),
    ),
];
const TOOLS: &str = include_str!("../../scenarios/toolemu/tools.json");

/// What is put into a file, or replaces a part of it.
const PARTS: &[&str] = &[
    "",
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    "\"",
    "\"\"\"",
    "r#\"",
    "`",
    "//",
    "///",
    "\n",
    ",",
    "=",
    "==",
    "=>",
    "..",
    ".",
    "-",
    "%",
    "0",
    "-1",
    "99999999999999999999",
    "1e9",
    "1..9",
    "{{",
    "}}",
    "{% for x in y %}",
    "{{ é }}",
    "é🦀",
    "\u{0}",
    "\u{feff}",
    "\r\n",
    "and ",
    "not ",
    " in ",
    "weight 0",
    "vary {\n",
    "forbid ",
    "require ",
    "trigger when ",
    "then ",
    "unless ",
    "plant x = matching(r\"[\")",
    "template T(a: T) {",
    "use std.personas.*\n",
    "scenario X = Y()",
    "malicious ",
    "verbatim ",
    "env(\"A\")",
    "panel()",
    "list<",
    "?",
    "with { }",
    "[[",
    "~ \"(\"",
];

/// Where a change begins, how much it takes away, and what it puts there.
type Change = (prop::sample::Index, usize, &'static str);

fn changed(text: &str, changes: &[Change]) -> String {
    let mut text = text.to_owned();
    for (index, length, part) in changes {
        let start = text.floor_char_boundary(index.index(text.len() + 1));
        let end = text.ceil_char_boundary((start + length).min(text.len()));
        text.replace_range(start..end, part);
    }
    text
}

/// Whether a place lies within one file, and between whole characters.
fn is_sound(span: Span, sources: &SourceMap) -> bool {
    let Some(file) = sources.file_at(span.start) else {
        return false;
    };
    let whole = file.span();
    let is_between = |offset: u32| {
        let local = offset.checked_sub(whole.start).map(|local| local as usize);
        local.is_some_and(|local| file.text().is_char_boundary(local))
    };
    span.start <= span.end && is_between(span.start) && is_between(span.end)
}

fn places(diagnostic: &Diagnostic) -> Vec<Span> {
    let others = diagnostic.others.iter().map(|other| other.span);
    let edits = diagnostic.fix.iter().flat_map(|fix| &fix.edits);
    std::iter::once(diagnostic.span)
        .chain(others)
        .chain(edits.map(|edit| edit.span))
        .collect()
}

/// Renders a problem in every form.
fn show(diagnostic: &Diagnostic, sources: &SourceMap) {
    render_human(diagnostic, sources, 80, false);
    render_json(diagnostic, sources);
    render_github(diagnostic, sources, &str::to_owned);
    SarifLog::default().add(diagnostic, sources, &str::to_owned);
}

#[test]
fn all_shipped_files_are_among_those_that_are_changed() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    for (name, text) in SHIPPED {
        assert_eq!(
            std::fs::read_to_string(root.join(name)).ok().as_deref(),
            Some(*text)
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_change_of_a_shipped_file_breaks_the_compiler(
        (name, text) in prop::sample::select(SHIPPED),
        changes in prop::collection::vec(
            (any::<prop::sample::Index>(), 0..40_usize, prop::sample::select(PARTS)),
            1..5,
        ),
    ) {
        let files = MemoryFiles::default()
            .with(name, changed(text, &changes))
            .with("toolemu/tools.json", TOOLS);
        let analysis = autosafe::analyse(name, &files).expect("the entry is there");
        let sources = &analysis.workspace.sources;
        for diagnostic in &analysis.diagnostics {
            for span in places(diagnostic) {
                prop_assert!(is_sound(span, sources), "{:?} of {:?}", span, diagnostic);
            }
        }
        analysis.diagnostics.iter().take(8).for_each(|diagnostic| show(diagnostic, sources));
        if !analysis.has_errors() {
            for campaign in &analysis.program.campaigns {
                autosafe::plan::lower(&analysis.program, campaign);
            }
        }
    }

    #[test]
    fn no_change_of_an_imported_file_breaks_the_compiler(
        changes in prop::collection::vec(
            (any::<prop::sample::Index>(), 0..60_usize, prop::sample::select(PARTS)),
            1..4,
        ),
    ) {
        let risks = SHIPPED.iter().find(|(name, _)| *name == "toolemu/risks.ots").expect("shipped").1;
        let files = MemoryFiles::default()
            .with("risks.ots", risks)
            .with("tools.json", changed(TOOLS, &changes));
        let analysis = autosafe::analyse("risks.ots", &files).expect("the entry is there");
        let sources = &analysis.workspace.sources;
        for span in analysis.diagnostics.iter().flat_map(places) {
            prop_assert!(is_sound(span, sources), "{:?}", span);
        }
    }
}
