//! `// allow CODE` on the line above silences a lint.

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
        self.retain(|told| {
            if told.severity() != Severity::Lint {
                return true;
            }
            let Some(file) = self.workspace.sources.file_at(told.span.start) else {
                return true;
            };
            let line = file.line_column(told.span.start).line;
            let mut matching = allowances.iter_mut().filter(|allowance| {
                allowance.file == file.span()
                    && allowance.line == line
                    && allowance.word == told.code.name()
            });
            match matching.next() {
                Some(allowance) => {
                    allowance.is_used = true;
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

    fn allowances(&self) -> Vec<Allowance> {
        let modules = self.workspace.modules.iter();
        modules
            .filter(|module| !module.is_std && !module.is_foreign)
            .flat_map(|module| {
                let file = self.workspace.sources.file(module.tree.file);
                let comments = module.tree.comments.iter();
                comments.flat_map(move |comment| allowed_by(file, comment))
            })
            .collect()
    }
}

fn allowed_by(file: &SourceFile, comment: &Comment) -> Vec<Allowance> {
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
    let line = line_below(file, file.line_column(comment.span.start).line);
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

fn is_code_like(word: &str) -> bool {
    let near = nearest(word, Code::ALL.iter().map(|code| code.name()));
    near.is_some()
}

/// The next line that holds more than a comment.
fn line_below(file: &SourceFile, comment: u32) -> u32 {
    let lines = file.text().lines().skip(comment as usize);
    let comments = lines.take_while(|line| line.trim_start().starts_with("//"));
    comment + 1 + comments.count() as u32
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
