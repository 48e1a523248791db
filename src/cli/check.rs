//! `autosafe check`

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::arguments::{CheckArguments, Deny, Format};
use super::exit::{Exit, Failure, Outcome};
use super::output::{colors_results, count_words, counted, print_note, print_result, width};
use super::program;
use crate::diagnostic::{Severity, render_human, render_json};

/// Reports every problem of every file, and leaves with 1 where one counts as an error.
pub fn check(arguments: &CheckArguments) -> Outcome {
    let files = sources(&arguments.paths)?;
    let mut report = Report::new(arguments.format);
    for file in &files {
        report.add(file)?;
    }
    print_result(&report.text)?;
    if arguments.format == Format::Human {
        print_note(report.summary(files.len() as u64));
    }
    Ok(report.exit(&arguments.deny))
}

/// What all files together have to say. A module that two entries use is reported once.
struct Report {
    format: Format,
    text: String,
    seen: BTreeSet<String>,
    severities: Vec<Severity>,
}

impl Report {
    fn new(format: Format) -> Self {
        Self {
            format,
            text: String::new(),
            seen: BTreeSet::new(),
            severities: Vec::new(),
        }
    }

    fn add(&mut self, file: &Path) -> Result<(), Failure> {
        let analysis = program::load(file)?;
        let sources = &analysis.workspace.sources;
        for diagnostic in &analysis.diagnostics {
            let line = render_json(diagnostic, sources);
            if !self.seen.insert(line.clone()) {
                continue;
            }
            self.severities.push(diagnostic.severity());
            match self.format {
                Format::Json => self.text.push_str(&line),
                Format::Human => {
                    let drawn = render_human(diagnostic, sources, width(), colors_results());
                    self.text.push_str(&drawn);
                }
            }
            self.text.push('\n');
        }
        Ok(())
    }

    fn summary(&self, files: u64) -> String {
        let found = count_words(self.severities.iter().copied());
        format!(
            "{} in {}",
            found.unwrap_or_else(|| "no problems".to_owned()),
            counted(files, "file")
        )
    }

    fn exit(&self, deny: &[Deny]) -> Exit {
        let counts = |severity: &Severity| match severity {
            Severity::Error => true,
            Severity::Warning => deny.contains(&Deny::Warnings),
            Severity::Lint => deny.contains(&Deny::Lints),
        };
        match self.severities.iter().any(counts) {
            true => Exit::SourceErrors,
            false => Exit::Done,
        }
    }
}

/// The files that `paths` name, each once; a folder stands for all the sources in it.
fn sources(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            let before = files.len();
            collect(path, &mut files)?;
            if files.len() == before {
                return Err(Failure::usage(format!(
                    "`{}` holds no .ots file",
                    path.display()
                )));
            }
        } else {
            files.push(path.clone());
        }
    }
    files.sort();
    let mut seen = BTreeSet::new();
    // One that cannot be found is kept as it is: reading it will tell why.
    files.retain(|file| seen.insert(file.canonicalize().unwrap_or_else(|_| file.clone())));
    Ok(files)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Failure> {
    let unreadable = |error: std::io::Error| {
        Failure::usage(format!("cannot read `{}`: {error}", folder.display()))
    };
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let path = entry.path();
        let kind = entry.file_type().map_err(unreadable)?;
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        // Links to folders are not followed: they may lead in circles.
        if kind.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "ots") {
            files.push(path);
        }
    }
    Ok(())
}
