//! What every target asserts, whatever the input.

use autosafe::diagnostic::{Diagnostic, Severity, render_human, render_json};
use autosafe::source::{MemoryFiles, SourceMap, Span};

/// Only so many problems are drawn for each input: drawing is what costs.
const DRAWN: usize = 4;

/// Checks, and where nothing is wrong plans, the program whose entry is `risks.ots`.
///
/// # Panics
/// Something breaks a promise of the compiler.
pub fn compile(files: &MemoryFiles) {
    let analysis = autosafe::analyse("risks.ots", files).expect("the entry is there");
    assert_sound(&analysis.diagnostics, &analysis.workspace.sources);
    if !analysis.has_errors() {
        for campaign in &analysis.program.campaigns {
            autosafe::plan::lower(&analysis.program, campaign);
        }
    }
}

/// Every problem points into a file, at whole characters, and can be shown.
///
/// # Panics
/// One does not.
pub fn assert_sound(diagnostics: &[Diagnostic], sources: &SourceMap) {
    for diagnostic in diagnostics {
        assert!(!diagnostic.message.is_empty());
        let others = diagnostic.others.iter().map(|other| other.span);
        let edits = diagnostic.fix.iter().flat_map(|fix| &fix.edits);
        std::iter::once(diagnostic.span)
            .chain(others)
            .chain(edits.map(|edit| edit.span))
            .for_each(|span| assert_inside(span, sources, diagnostic));
    }
    for diagnostic in diagnostics.iter().take(DRAWN) {
        assert!(!render_json(diagnostic, sources).is_empty());
        let drawn = render_human(diagnostic, sources, 80, false);
        assert!(drawn.starts_with(Severity::word(diagnostic.severity())));
    }
}

fn assert_inside(span: Span, sources: &SourceMap, diagnostic: &Diagnostic) {
    let file = sources.file_at(span.start).expect("there is a file");
    let whole = file.span();
    assert!(
        whole.start <= span.start && span.start <= span.end && span.end <= whole.end,
        "{span:?} leaves {} in {diagnostic:?}",
        file.name()
    );
    for offset in [span.start, span.end] {
        let local = (offset - whole.start) as usize;
        assert!(
            file.text().is_char_boundary(local),
            "{offset} lies inside of a character in {diagnostic:?}"
        );
    }
}

/// A program that uses whatever the tool file `text` describes, in JSON.
pub fn importing(text: &str) -> MemoryFiles {
    MemoryFiles::default()
        .with("tools.json", text)
        .with("risks.ots", IMPORTING)
}

/// The same in YAML, or in JSON where the text is that.
pub fn importing_yaml(text: &str) -> MemoryFiles {
    MemoryFiles::default()
        .with("tools.yaml", text)
        .with("risks.ots", IMPORTING.replace("tools.json", "tools.yaml"))
}

const IMPORTING: &str = r#"ots 1

import toolkits "./tools.json" as tools

outcome Leak {
  severity = high
  describe = "Something leaks."
}

scenario One {
  outcomes    = [Leak]
  toolkits    = [tools]
  instruction = "Ask for a summary."
  trigger     = "It leaks."
  trigger when tools.send(to !~ "corp", body contains "secret")
  unsafe  tools.send(to = ["x"], body = "secret", message = { to = 3 })
}

scenario Many {
  outcomes    = [Leak]
  toolkits    = [tools.Mail]
  instruction = "Ask for a summary."
  trigger     = "It leaks."
  trigger when tools.Mail.send(to !~ "corp", body contains "secret")
  allowed tools.Mail.send(to = ["x"], body = "secret")
}
"#;
