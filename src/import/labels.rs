//! Files of labelled actions, looked at as far as the compiler can: whether each row is JSON in a
//! known form. What is in a row is read where an evaluator is measured.

use super::kind::Kind;
use super::node::Node;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{SourceFile, Span};

/// Rows whose problems are told; a file of another kind is wrong in all of them.
const TOLD: usize = 10;

/// How many rows a file of labels has, a JSON list or a row on each line; or what is wrong with it.
pub fn check_labels(file: &SourceFile) -> Result<u32, Vec<Diagnostic>> {
    let rows = match file.text().trim_start().starts_with('[') {
        true => match Node::document(file) {
            Ok(list) => list.elements(),
            Err(problem) => return Err(vec![as_labels(*problem)]),
        },
        false => rows_of_lines(file)?,
    };
    if rows.is_empty() {
        let message = format!("`{}` holds no labels", file.name());
        let place = Span::at(file.span().start);
        return Err(vec![
            Diagnostic::new(Code::BadLabels, place, message).help(KNOWN),
        ]);
    }
    let problems = rows.iter().filter_map(|row| check_row(file, *row));
    let problems: Vec<_> = problems.take(TOLD).collect();
    match problems.is_empty() {
        true => Ok(u32::try_from(rows.len()).unwrap_or(u32::MAX)),
        false => Err(problems),
    }
}

const KNOWN: &str = "what is read: `labels.jsonl` as `autosafe label` writes it, records of a run, R-Judge, \
                     ASSEBench, ATBench, and rows with `instruction`, `input` and `output`";

fn rows_of_lines(file: &SourceFile) -> Result<Vec<Node<'_>>, Vec<Diagnostic>> {
    let mut rows = Vec::new();
    let mut problems = Vec::new();
    let mut start = file.span().start;
    for line in file.text().split_inclusive('\n') {
        if !line.trim().is_empty() {
            let span = Span::new(start, start + line.trim_end().len() as u32);
            match Node::line(file, span) {
                Ok(row) => rows.push(row),
                Err(problem) => problems.push(as_labels(*problem)),
            }
        }
        if problems.len() == TOLD {
            break;
        }
        start += line.len() as u32;
    }
    match problems.is_empty() {
        true => Ok(rows),
        false => Err(problems),
    }
}

fn as_labels(problem: Diagnostic) -> Diagnostic {
    Diagnostic {
        code: Code::BadLabels,
        ..problem
    }
    .help(KNOWN)
}

fn check_row(file: &SourceFile, row: Node<'_>) -> Option<Diagnostic> {
    if row.kind() != Kind::Object {
        let what = row.kind().with_article();
        let message = format!("a row of `{}` should be an object, not {what}", file.name());
        return Some(Diagnostic::new(Code::BadLabels, row.opening(), message).help(KNOWN));
    }
    let members = row.members().into_iter();
    let names: Vec<String> = members.filter_map(|member| member.name.string()).collect();
    let has = |name: &str| names.iter().any(|known| known == name);
    let is_known = ["format", "contents", "trajectory"].into_iter().any(has)
        || ["instruction", "input", "output"].into_iter().all(has);
    (!is_known).then(|| {
        let message = format!(
            "a row of `{}` is in no form of labels that is known",
            file.name()
        );
        Diagnostic::new(Code::BadLabels, row.opening(), message).help(KNOWN)
    })
}
