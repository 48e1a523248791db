//! What topping a run up came to, in words.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::output::counted;
use crate::run::{ShortBecause, ShortRow, TopUp, TopUpOutcome};

/// What is said of a run that was to be topped up, for standard output.
pub fn describe_top_up(outcome: &TopUpOutcome) -> String {
    let wanted = wanted_words(&outcome.wanted);
    if outcome.short == 0 {
        return format!("topped up {wanted}\n");
    }
    let mut text = format!(
        "topped up {wanted}, but for {}\n",
        counted(outcome.short, "row")
    );
    for row in &outcome.first {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "  {}", row_words(row));
    }
    let more = outcome.short - outcome.first.len() as u64;
    if more > 0 {
        let _ = writeln!(text, "  … and {} more", counted(more, "row"));
    }
    text
}

/// "to 5 records a row".
fn wanted_words(wanted: &TopUp) -> String {
    format!("to {} a row", counted(u64::from(wanted.kept), "record"))
}

/// "row 7 of Tidy: 12 attempts, 0 kept: refused by a role 12; given up".
fn row_words(row: &ShortRow) -> String {
    let mut words = format!(
        "row {} of {}: {}, {} kept",
        row.row,
        row.scenario,
        counted(row.attempts, "attempt"),
        row.kept
    );
    if !row.reasons.is_empty() {
        let _ = write!(words, ": {}", reasons(&row.reasons));
    }
    let why = match row.why {
        ShortBecause::GivenUp => "given up; `--give-up-after` says when",
        ShortBecause::Unanswered => "goes on when what got no answer is tried again",
        ShortBecause::Stopped => "the run stopped before",
    };
    let _ = write!(words, "; {why}");
    words
}

fn reasons(reasons: &BTreeMap<String, u64>) -> String {
    let reasons = reasons.iter();
    let words: Vec<_> = reasons
        .map(|(reason, count)| format!("{reason} {count}"))
        .collect();
    words.join(", ")
}
