//! How the overview of a plan sets its lines and figures.

use std::fmt::{self, Write};

/// A line of a section: what it tells of, and what there is to say.
pub(super) fn line(out: &mut String, name: &str, words: &str) -> fmt::Result {
    writeln!(out, "  {name:<12} {words}")
}

/// "1 row", "2,000 rows"
pub(super) fn counted(count: u64, what: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{} {what}{plural}", grouped(count))
}

/// The number with a comma between thousands.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}
