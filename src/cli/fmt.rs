//! `autosafe fmt`

use std::io::Read;
use std::path::Path;

use similar::TextDiff;

use super::arguments::FmtArguments;
use super::exit::{Exit, Failure, Outcome};
use super::output::{
    counted, print_diagnostics, print_error, print_note, print_result, why_unwritten,
};
use super::program::unreadable;
use super::source_files::source_files;
use crate::format::format_file;
use crate::source::{BYTE_ORDER_MARK, MAX_FILE_BYTES, ReadError, SourceMap, read_as_is};

/// How standard input is called in messages.
const STANDARD_INPUT: &str = "<stdin>";

/// Lines around a change that a diff shows.
const CONTEXT: usize = 3;

/// Formats files in place, or shows what would change.
pub fn fmt(arguments: &FmtArguments) -> Outcome {
    if arguments.paths.iter().any(|path| path == Path::new("-")) {
        return fmt_standard_input(arguments);
    }
    let files = source_files(&arguments.paths)?;
    let mut tally = Tally::default();
    for path in &files {
        let text = read_as_is(path).map_err(|error| unreadable(path, &error))?;
        let Some(formatted) = tally.format(&path.display().to_string(), &text) else {
            continue;
        };
        if formatted == text {
            continue;
        }
        tally.changed += 1;
        if arguments.check {
            print_result(diff(&path.display().to_string(), &text, &formatted))?;
        } else {
            write(path, &formatted)?;
        }
    }
    print_note(tally.summary(files.len() as u64, arguments.check));
    Ok(tally.exit(arguments.check))
}

fn fmt_standard_input(arguments: &FmtArguments) -> Outcome {
    if arguments.paths.len() > 1 {
        return Err(Failure::usage(
            "`-` stands alone: standard input is one file",
        ));
    }
    let text = read_standard_input()?;
    let mut tally = Tally::default();
    let Some(formatted) = tally.format(STANDARD_INPUT, &text) else {
        return Ok(Exit::SourceErrors);
    };
    tally.changed = u64::from(formatted != text);
    match arguments.check {
        true if formatted != text => print_result(diff(STANDARD_INPUT, &text, &formatted))?,
        true => {}
        false => print_result(formatted)?,
    }
    Ok(tally.exit(arguments.check))
}

fn read_standard_input() -> Result<String, Failure> {
    let name = Path::new(STANDARD_INPUT);
    let mut bytes = Vec::new();
    std::io::stdin()
        .take(MAX_FILE_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| unreadable(name, &ReadError::Other(error.to_string())))?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(unreadable(name, &ReadError::TooLarge));
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        unreadable(name, &ReadError::NotUtf8 { at })
    })
}

/// What became of the files.
#[derive(Debug, Default)]
struct Tally {
    changed: u64,
    /// Files that the formatter has held itself back from.
    refused: u64,
    /// Files of which a part could not be read.
    broken: u64,
}

impl Tally {
    /// The formatted text, unless formatting would change what the file says. Problems are printed.
    fn format(&mut self, name: &str, text: &str) -> Option<String> {
        let mut sources = SourceMap::new();
        let unmarked = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
        let file = sources.add(name, unmarked);
        match format_file(file, &sources) {
            Ok(formatted) => {
                self.broken += u64::from(!formatted.problems.is_empty());
                print_diagnostics(&formatted.problems, &sources);
                Some(formatted.text)
            }
            Err(error) => {
                self.refused += 1;
                print_error(&error.to_string());
                None
            }
        }
    }

    fn summary(&self, files: u64, is_check: bool) -> String {
        let verb = if is_check { "would change" } else { "changed" };
        let mut summary = format!("{} of {} {verb}", self.changed, counted(files, "file"));
        if self.broken > 0 {
            summary += &format!(
                "; {} with parts that cannot be read, kept as they are",
                counted(self.broken, "file")
            );
        }
        summary
    }

    fn exit(&self, is_check: bool) -> Exit {
        let is_failed = self.refused > 0 || self.broken > 0 || (is_check && self.changed > 0);
        match is_failed {
            true => Exit::SourceErrors,
            false => Exit::Done,
        }
    }
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    std::fs::write(path, text).map_err(|error| {
        let why = why_unwritten(&error);
        Failure::usage(format!("cannot write `{}`: {why}", path.display()))
    })
}

fn diff(name: &str, before: &str, after: &str) -> String {
    let (old, new) = (format!("a/{name}"), format!("b/{name}"));
    TextDiff::from_lines(before, after)
        .unified_diff()
        .context_radius(CONTEXT)
        .header(&old, &new)
        .to_string()
}
