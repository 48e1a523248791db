//! From a file to the same file in the one style.

use super::damage::Damage;
use super::layout::lay_out;
use super::printer::Printer;
use super::trailing::join;
use super::verify::{Read, difference};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{BYTE_ORDER_MARK, FileId, SourceFile, SourceMap};
use crate::syntax::{Tree, parse};

/// A formatted file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Formatted {
    pub text: String,
    /// What could not be read. The lines of these problems are kept word for word.
    pub problems: Vec<Diagnostic>,
}

/// Why a file is not formatted although it can be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FormatError {
    /// The result would not be the same program: a bug of the formatter, which has held itself back.
    #[error(
        "internal error: formatting would change {what} of `{file}`, so it is left as it is; please report this, with the file"
    )]
    Changed { file: String, what: &'static str },
}

/// Gives `text` in the one style; what cannot be read in it is kept word for word.
///
/// A byte-order mark goes. Line breaks become like the first one: all of them CRLF, or none.
///
/// ```
/// let formatted = autosafe::format::format("ots 1\noutcome  A{severity=high\n\n\n}")?;
/// assert_eq!(formatted, "ots 1\n\noutcome A {\n  severity = high\n}\n");
/// # Ok::<(), autosafe::format::FormatError>(())
/// ```
///
/// # Errors
/// The result would mean something else, or lack a comment. That is a bug, and nothing is changed.
pub fn format(text: &str) -> Result<String, FormatError> {
    let mut sources = SourceMap::new();
    let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    let file = sources.add("source.ots", text);
    Ok(format_file(file, &sources)?.text)
}

/// Gives a file in the one style, and what in it could not be read and so is kept word for word.
///
/// # Errors
/// The same as of [`format()`].
pub fn format_file(file: FileId, sources: &SourceMap) -> Result<Formatted, FormatError> {
    let source = sources.file(file);
    let read = parse(file, sources);
    let text = format_read(source, &read)?;
    Ok(Formatted {
        text,
        problems: read.1,
    })
}

fn format_read(source: &SourceFile, read: &Read) -> Result<String, FormatError> {
    let (tree, problems) = read;
    if problems.iter().any(is_about_the_whole_file) {
        return Ok(source.text().to_owned());
    }
    let damage = Damage::of(source, tree, problems);
    let text = print(source, tree, &damage);
    let Some(what) = difference(source.text(), read, &text) else {
        return Ok(with_line_breaks_of(source.text(), text));
    };
    if damage.is_empty() {
        let file = source.name().to_owned();
        return Err(FormatError::Changed { file, what });
    }
    // What is broken may reach further than its lines: whole declarations are kept then, or all.
    let damage = damage.widened(source, tree);
    let text = print(source, tree, &damage);
    Ok(match difference(source.text(), read, &text) {
        None => with_line_breaks_of(source.text(), text),
        Some(_) => source.text().to_owned(),
    })
}

/// Whether nothing that was read of a file can be relied on.
fn is_about_the_whole_file(problem: &Diagnostic) -> bool {
    match problem.code {
        Code::UnsupportedVersion | Code::TooLarge => true,
        Code::TooDeep => problem.span.is_empty(),
        _ => false,
    }
}

fn print(source: &SourceFile, tree: &Tree, damage: &Damage) -> String {
    let doc = Printer::new(source, tree, damage).file(tree);
    let lines = lay_out(&doc);
    // Every row of a file begins a line, the first one too.
    let text = join(&lines[1..]);
    text.replace("\r\n", "\n")
}

fn with_line_breaks_of(original: &str, text: String) -> String {
    let is_crlf = original
        .find('\n')
        .is_some_and(|at| original[..at].ends_with('\r'));
    match is_crlf {
        true => text.replace('\n', "\r\n"),
        false => text,
    }
}
