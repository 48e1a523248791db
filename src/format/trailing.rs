//! Comments behind code: those of lines that follow each other stand below each other.

use super::layout::Line;

/// Blanks between code and comment, at least.
const MIN_GAP: usize = 2;

/// Blanks between code and comment, at most.
const MAX_GAP: usize = 60;

/// The text of lines, each comment in the column of its neighbours.
///
/// Comments that the author has put below each other stay in their column; others move to the
/// first that is free on all of their lines.
pub(super) fn join(lines: &[Line<'_>]) -> String {
    let mut text = String::new();
    let mut rest = lines;
    while let Some(line) = rest.first() {
        let run = rest
            .iter()
            .take_while(|line| line.comment.is_some())
            .count();
        if run == 0 {
            text.push_str(&line.code);
            text.push('\n');
            rest = &rest[1..];
            continue;
        }
        join_run(&rest[..run], &mut text);
        rest = &rest[run..];
    }
    text
}

fn join_run(run: &[Line<'_>], text: &mut String) {
    let column = column_of(run);
    for line in run {
        let width = line.code.chars().count();
        text.push_str(&line.code);
        if let Some((comment, _)) = line.comment {
            text.push_str(&" ".repeat(column - width));
            text.push_str(comment);
        }
        text.push('\n');
    }
}

fn column_of(run: &[Line<'_>]) -> usize {
    let widest = run.iter().map(|line| line.code.chars().count()).max();
    let widest = widest.unwrap_or(0);
    let mut columns = run.iter().map(chosen_column);
    let first = columns.next().flatten();
    let is_shared = columns.all(|column| column == first);
    match first {
        Some(column) if is_shared && (widest + MIN_GAP..=widest + MAX_GAP).contains(&column) => {
            column
        }
        _ => widest + MIN_GAP,
    }
}

/// The column in which an author has put a comment behind the same code.
fn chosen_column(line: &Line<'_>) -> Option<usize> {
    let (_, before) = line.comment?;
    let words = |text: &str| text.split_whitespace().collect::<String>();
    (words(before) == words(&line.code)).then(|| before.chars().count())
}
