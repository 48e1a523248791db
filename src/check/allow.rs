//! `// allow CODE` on the line above silences a lint.

use std::collections::BTreeMap;

use super::checker::Checker;
use crate::diagnostic::{Code, Diagnostic, Severity, nearest};
use crate::source::{SourceFile, Span};
use crate::syntax::Comment;

/// A code that a comment allows, and the line it allows it on.
struct Allowance {
    word: String,
    span: Span,
    file: Span,
    line: u32,
    is_used: bool,
}

impl Checker<'_> {
    /// Takes out the lints that are allowed, and tells what is allowed for nothing.
    pub fn silence(&self) {
        let mut allowances = self.allowances();
        let by_line = by_line(&allowances);
        self.retain(|told| {
            let silenced = self.line_of(told).and_then(|line| {
                let mut on_line = by_line.get(&line)?.iter().copied();
                on_line.find(|index| allowances[*index].word == told.code.name())
            });
            match silenced.filter(|_| told.severity() == Severity::Lint) {
                Some(index) => {
                    allowances[index].is_used = true;
                    false
                }
                None => true,
            }
        });
        allowances
            .iter()
            .filter(|allowance| !allowance.is_used)
            .for_each(|allowance| self.say(unused(allowance)));
    }

    /// The file and line that a problem begins on.
    fn line_of(&self, told: &Diagnostic) -> Option<(Span, u32)> {
        let file = self.workspace.sources.file_at(told.span.start)?;
        Some((file.span(), file.line_column(told.span.start).line))
    }

    fn allowances(&self) -> Vec<Allowance> {
        let modules = self.workspace.modules.iter();
        modules
            .filter(|module| !module.is_std && !module.is_foreign)
            .flat_map(|module| {
                let file = self.workspace.sources.file(module.tree.file);
                let comments = module.tree.comments.iter();
                let mut below = LinesBelow::default();
                comments.flat_map(move |comment| allowed_by(file, comment, &mut below))
            })
            .collect()
    }
}

/// The allowances of each line of each file.
fn by_line(allowances: &[Allowance]) -> BTreeMap<(Span, u32), Vec<usize>> {
    let mut lines: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for (index, allowance) in allowances.iter().enumerate() {
        let line = (allowance.file, allowance.line);
        lines.entry(line).or_default().push(index);
    }
    lines
}

fn allowed_by(file: &SourceFile, comment: &Comment, below: &mut LinesBelow) -> Vec<Allowance> {
    let Some(words) = comment.text.strip_prefix("allow ") else {
        return Vec::new();
    };
    if comment.is_doc {
        return Vec::new();
    }
    let words: Vec<_> = words
        .split([',', ' '])
        .filter(|word| !word.is_empty())
        .collect();
    // A sentence that begins with the word is no allowance.
    if words.is_empty() || !words.iter().any(|word| is_code_like(word)) {
        return Vec::new();
    }
    let line = below.of(file, file.line_column(comment.span.start).line);
    words
        .into_iter()
        .map(|word| Allowance {
            word: word.to_owned(),
            span: comment.span,
            file: file.span(),
            line,
            is_used: false,
        })
        .collect()
}

/// For each line of a file, the first below it that holds more than a comment.
#[derive(Default)]
struct LinesBelow(Vec<u32>);

impl LinesBelow {
    fn of(&mut self, file: &SourceFile, line: u32) -> u32 {
        if self.0.is_empty() {
            self.0 = Self::all(file.text());
        }
        self.0.get(line as usize).copied().unwrap_or(line + 1)
    }

    /// Read from the end: a line of comment leads to where the one below it leads.
    fn all(text: &str) -> Vec<u32> {
        let lines: Vec<&str> = text.lines().collect();
        let mut next = lines.len() as u32 + 1;
        let mut below = vec![next; lines.len() + 1];
        for (index, line) in lines.iter().enumerate().rev() {
            let number = index as u32 + 1;
            if !line.trim_start().starts_with("//") {
                next = number;
            }
            below[index] = next;
        }
        below
    }
}

fn is_code_like(word: &str) -> bool {
    let near = nearest(word, Code::ALL.iter().map(|code| code.name()));
    near.is_some()
}

fn unused(allowance: &Allowance) -> Diagnostic {
    let word = &allowance.word;
    let lints = || {
        let lints = Code::ALL.iter();
        lints
            .filter(|code| code.severity() == Severity::Lint)
            .map(|code| code.name())
    };
    let (message, near) = match Code::from_name(word) {
        Some(code) if code.severity() == Severity::Lint => {
            (format!("`allow {word}` silences nothing"), None)
        }
        Some(_) => (format!("`{word}` is no lint, and cannot be allowed"), None),
        None => (format!("there is no lint `{word}`"), nearest(word, lints())),
    };
    let problem = Diagnostic::new(Code::UnusedAllow, allowance.span, message);
    match near {
        Some(near) => problem.help(format!("did you mean `{near}`?")),
        None => problem,
    }
}
