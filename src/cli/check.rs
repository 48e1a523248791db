//! `autosafe check`

use std::collections::BTreeSet;
use std::path::Path;

use super::arguments::{CheckArguments, Deny, ProblemFormat};
use super::exit::{Exit, Failure, Outcome};
use super::output::{
    DRAWN, colors_results, count_words, counted, print_note, print_result, undrawn, width,
};
use super::program;
use super::shown_paths::ShownPaths;
use super::source_files::source_files;
use crate::diagnostic::{Diagnostic, SarifLog, Severity, render_github, render_human, render_json};
use crate::source::SourceMap;

/// Reports every problem of every file, and leaves with 1 where one counts as an error.
pub fn check(arguments: &CheckArguments) -> Outcome {
    let files = source_files(&arguments.paths)?;
    let mut report = Report::new(arguments.format);
    for file in &files {
        report.add(file)?;
    }
    let exit = report.exit(&arguments.deny);
    let notes = report.notes(files.len() as u64);
    print_result(report.into_text())?;
    notes.iter().for_each(print_note);
    Ok(exit)
}

/// What all files together have to say. A module that two entries use is reported once.
struct Report {
    format: ProblemFormat,
    text: String,
    log: SarifLog,
    seen: BTreeSet<String>,
    severities: Vec<Severity>,
}

impl Report {
    fn new(format: ProblemFormat) -> Self {
        Self {
            format,
            text: String::new(),
            log: SarifLog::default(),
            seen: BTreeSet::new(),
            severities: Vec::new(),
        }
    }

    fn add(&mut self, file: &Path) -> Result<(), Failure> {
        let (analysis, root) = program::load_with_root(file)?;
        let paths = ShownPaths::new(&root);
        for diagnostic in &analysis.diagnostics {
            self.add_problem(diagnostic, &analysis.workspace.sources, &paths);
        }
        Ok(())
    }

    fn add_problem(&mut self, problem: &Diagnostic, sources: &SourceMap, paths: &ShownPaths) {
        let json = render_json(problem, sources);
        if !self.seen.insert(json.clone()) {
            return;
        }
        self.severities.push(problem.severity());
        let path_of = |name: &str| paths.of(name);
        match self.format {
            ProblemFormat::Human if self.severities.len() > DRAWN => return,
            ProblemFormat::Human => {
                self.text += &render_human(problem, sources, width(), colors_results());
            }
            ProblemFormat::Json => self.text += &json,
            ProblemFormat::Github => self.text += &render_github(problem, sources, &path_of),
            ProblemFormat::Sarif => return self.log.add(problem, sources, &path_of),
        }
        self.text.push('\n');
    }

    fn into_text(self) -> String {
        match self.format {
            ProblemFormat::Sarif => self.log.into_json(),
            _ => self.text,
        }
    }

    /// What people are told at the end.
    fn notes(&self, files: u64) -> Vec<String> {
        if self.format != ProblemFormat::Human {
            return Vec::new();
        }
        let undrawn = undrawn(self.severities.len());
        undrawn.into_iter().chain([self.summary(files)]).collect()
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
