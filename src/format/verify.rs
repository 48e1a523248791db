//! Whether a formatted text still says what the original said.

use super::plain::write_plain;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::SourceMap;
use crate::syntax::{Tree, parse};

/// A tree and what was wrong with its text.
pub(super) type Read = (Tree, Vec<Diagnostic>);

/// What of a file differs behind formatting, if something does.
pub(super) fn difference(before: &str, read: &Read, after: &str) -> Option<&'static str> {
    if squeezed(before) != squeezed(after) {
        return Some("the words");
    }
    let mut sources = SourceMap::new();
    let file = sources.add("formatted.ots", after);
    let (tree, problems) = parse(file, &sources);
    if messages(&problems) != messages(&read.1) {
        return Some("the problems");
    }
    if comments(&tree) != comments(&read.0) {
        return Some("the comments");
    }
    (write_plain(&tree) != write_plain(&read.0)).then_some("the meaning")
}

/// A text without what formatting may change: white space, commas, and doubled parentheses.
fn squeezed(text: &str) -> String {
    let is_kept = |character: &char| !character.is_whitespace() && !",()".contains(*character);
    text.chars().filter(is_kept).collect()
}

fn comments(tree: &Tree) -> Vec<(&str, bool)> {
    let comments = tree.comments.iter();
    comments
        .map(|comment| (comment.text.as_str(), comment.is_doc))
        .collect()
}

fn messages(problems: &[Diagnostic]) -> Vec<(Code, &str)> {
    let problems = problems.iter();
    problems
        .map(|problem| (problem.code, problem.message.as_str()))
        .collect()
}
