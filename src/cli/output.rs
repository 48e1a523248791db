//! How the command line prints: colour, width, errors, and readers that go away.

use std::io::{self, IsTerminal, Write};

use super::exit::{Exit, Failure};
use crate::diagnostic::{Diagnostic, Severity, render_human};
use crate::source::SourceMap;

/// Columns of a terminal that does not tell its width.
const DEFAULT_WIDTH: usize = 100;

/// Problems that are drawn for people; nobody reads more, and programs are told of all.
pub const DRAWN: usize = 200;

/// What is said of the problems that are not drawn, if there are such.
pub fn undrawn(problems: usize) -> Option<String> {
    let more = problems.checked_sub(DRAWN).filter(|more| *more > 0)?;
    let more = counted(more as u64, "more problem");
    Some(format!(
        "… and {more}; `autosafe check --format json` tells all of them"
    ))
}

/// Prints one message to standard error.
pub fn print_error(message: &str) {
    let mark = if colors_errors() {
        "\u{1b}[1;31merror\u{1b}[0m"
    } else {
        "error"
    };
    print_note(format!("{mark}: {message}"));
}

/// Prints a line to standard error. That nobody may read it changes nothing of the work.
pub fn print_note(text: impl std::fmt::Display) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Prints diagnostics to standard error, as people read them, with a line that counts them.
pub fn print_diagnostics(diagnostics: &[Diagnostic], sources: &SourceMap) {
    for diagnostic in diagnostics.iter().take(DRAWN) {
        print_note(render_human(diagnostic, sources, width(), colors_errors()));
    }
    if let Some(more) = undrawn(diagnostics.len()) {
        print_note(more);
    }
    if let Some(counts) = count_words(diagnostics.iter().map(Diagnostic::severity)) {
        print_note(counts);
    }
}

/// "2 errors, 1 lint"; `None` where there is nothing to count.
pub fn count_words(severities: impl Iterator<Item = Severity>) -> Option<String> {
    let mut counts = std::collections::BTreeMap::new();
    for severity in severities {
        *counts.entry(severity).or_insert(0_u64) += 1;
    }
    let words: Vec<_> = counts
        .into_iter()
        .map(|(severity, count)| counted(count, severity.word()))
        .collect();
    (!words.is_empty()).then(|| words.join(", "))
}

/// "1 item", "2 items".
pub fn counted(count: u64, word: &str) -> String {
    match count {
        1 => format!("1 {word}"),
        _ => format!("{count} {word}s"),
    }
}

/// Writes results to standard output. A reader that went away (`| head`) is no error.
pub fn print_result(text: impl AsRef<[u8]>) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_ref())
        .and_then(|()| out.flush())
        .map_err(|error| output_failure(&error))
}

/// Why a file could not be written.
pub fn why_unwritten(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "its folder does not exist".to_owned(),
        io::ErrorKind::IsADirectory => "this is a folder, not a file".to_owned(),
        io::ErrorKind::NotADirectory => "a part of the path is a file, not a folder".to_owned(),
        _ => error.to_string(),
    }
}

/// What a failed write to standard output means.
pub fn output_failure(error: &io::Error) -> Failure {
    if error.kind() == io::ErrorKind::BrokenPipe {
        // The reader has all it wanted; there is nobody left to tell.
        std::process::exit(i32::from(Exit::Done.status()));
    }
    Failure::usage(format!("cannot write to standard output: {error}"))
}

/// Whether standard error takes colours.
pub fn colors_errors() -> bool {
    wants_color() && io::stderr().is_terminal()
}

/// Whether standard output takes colours.
pub fn colors_results() -> bool {
    wants_color() && io::stdout().is_terminal()
}

fn wants_color() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// Columns to draw in.
pub fn width() -> usize {
    std::env::var("COLUMNS")
        .ok()
        .and_then(|columns| columns.parse().ok())
        .filter(|columns| (40..=400).contains(columns))
        .unwrap_or(DEFAULT_WIDTH)
}
