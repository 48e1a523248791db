//! Whether two texts are the same program, found without the formatter's own means.

use autosafe::source::SourceMap;
use autosafe::syntax::{Tree, parse};
use regex::Regex;

fn read(text: &str) -> (Tree, Vec<String>) {
    let mut sources = SourceMap::new();
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let file = sources.add("test.ots", text);
    let (tree, problems) = parse(file, &sources);
    let problems = problems.iter();
    let problems = problems.map(|problem| format!("{}: {}", problem.code, problem.message));
    (tree, problems.collect())
}

/// All of a tree but places and comments.
pub fn meaning(text: &str) -> String {
    let (mut tree, _) = read(text);
    tree.comments.clear();
    let shown = format!("{tree:#?}");
    let place = Regex::new(r"Span \{\s*start: \d+,\s*end: \d+,\s*\}").expect("a pattern");
    let pieces = Regex::new(r"pieces: \[[^\]]*\],").expect("a pattern");
    let shown = place.replace_all(&shown, "place").into_owned();
    pieces.replace_all(&shown, "").into_owned()
}

/// The same, whatever the quotes of its texts.
pub fn meaning_in_any_quotes(text: &str) -> String {
    let style = Regex::new(r"style: \w+,").expect("a pattern");
    style.replace_all(&meaning(text), "").into_owned()
}

/// What each comment says, and whether it is documentation.
pub fn comments_of(text: &str) -> Vec<String> {
    let (tree, _) = read(text);
    let comments = tree.comments.iter();
    comments
        .map(|it| format!("{} {}", if it.is_doc { "///" } else { "//" }, it.text))
        .collect()
}

/// The codes and messages of what is wrong.
pub fn problems_of(text: &str) -> Vec<String> {
    read(text).1
}
