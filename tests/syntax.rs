//! Text to tree: what is understood, and what is said about what is not.

#[path = "syntax/outline.rs"]
mod outline;

use autosafe::diagnostic::Diagnostic;
use autosafe::source::SourceMap;
use autosafe::syntax::{Tree, parse};
use outline::outline;

fn parsed(text: &str) -> (SourceMap, Tree, Vec<Diagnostic>) {
    let mut sources = SourceMap::new();
    // A file before it, so that no test takes local offsets for global ones.
    sources.add("other.ots", "ots 1\n");
    let file = sources.add("test.ots", text);
    let (tree, diagnostics) = parse(file, &sources);
    (sources, tree, diagnostics)
}

/// The outline of a file in which nothing is wrong.
fn understood(text: &str) -> String {
    let (sources, tree, diagnostics) = parsed(text);
    assert_eq!(lines(&sources, &diagnostics), "", "in\n{text}");
    outline(&tree)
}

/// The outline of a file, and one line a problem.
fn recovered(text: &str) -> String {
    let (sources, tree, diagnostics) = parsed(text);
    format!("{}{}", outline(&tree), lines(&sources, &diagnostics))
}

/// One line a problem.
fn problems(text: &str) -> String {
    let (sources, _, diagnostics) = parsed(text);
    lines(&sources, &diagnostics)
}

fn lines(sources: &SourceMap, diagnostics: &[Diagnostic]) -> String {
    let line = |diagnostic: &Diagnostic| {
        let place = sources
            .file_at(diagnostic.span.start)
            .expect("a diagnostic stands in a file")
            .line_column(diagnostic.span.start);
        format!("{place} {}: {}\n", diagnostic.code, diagnostic.message)
    };
    diagnostics.iter().map(line).collect()
}

/// The entries of a scenario's body, as an outline.
fn entries(body: &str) -> String {
    let whole = understood(&format!("scenario A {{\n{body}\n}}\n"));
    let lines = whole.lines().skip(1);
    lines.map(|line| format!("{}\n", &line[2..])).collect()
}

const WHOLE: &str = include_str!("syntax/whole.ots");

#[test]
fn the_reference_s_file_is_understood_whole() {
    insta::assert_snapshot!(understood(WHOLE));
}
