//! Planted values: a fresh one for each item, always the same one for the same item.

use regex_syntax::hir::{Class, Hir, HirKind};

use super::draws::Draws;
use super::scene::ItemId;
use crate::check::{Plant, PlantSource};

/// How often more than it must a repetition without an upper bound repeats.
const MORE: u32 = 8;

/// Longest value, in bytes.
const MAX_BYTES: usize = 4096;

/// Values tried before one is taken that its expression does not match.
const TRIES: usize = 100;

/// The value that `plant` has in the item.
pub(super) fn planted(plant: &Plant, id: &ItemId) -> String {
    let mut draws = Draws::of(&["plant", &id.0, &plant.name]);
    match &plant.source {
        PlantSource::OneOf(texts) => match texts.as_slice() {
            [] => String::new(),
            texts => texts[draws.below(texts.len())].clone(),
        },
        PlantSource::Matching(pattern) => matching(pattern, &mut draws),
    }
}

/// A text that the regular expression matches; empty where it cannot be read.
fn matching(pattern: &str, draws: &mut Draws) -> String {
    let (Ok(hir), Ok(regex)) = (regex_syntax::parse(pattern), regex::Regex::new(pattern)) else {
        return String::new();
    };
    let mut text = String::new();
    // What looks around itself (`\b`) is not followed when drawing, so a draw may miss.
    for _ in 0..TRIES {
        text.clear();
        write(&hir, draws, &mut text);
        if regex.is_match(&text) {
            break;
        }
    }
    text
}

fn write(hir: &Hir, draws: &mut Draws, text: &mut String) {
    if text.len() >= MAX_BYTES {
        return;
    }
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => text.push_str(&String::from_utf8_lossy(&literal.0)),
        HirKind::Class(class) => text.extend(draw_char(class, draws)),
        HirKind::Repetition(repetition) => {
            let least = repetition.min;
            let most = repetition.max.unwrap_or(least.saturating_add(MORE));
            let more = draws.below((most - least) as usize + 1) as u32;
            for _ in 0..least.saturating_add(more) {
                if text.len() >= MAX_BYTES {
                    break;
                }
                write(&repetition.sub, draws, text);
            }
        }
        HirKind::Capture(capture) => write(&capture.sub, draws, text),
        HirKind::Concat(parts) => parts.iter().for_each(|part| write(part, draws, text)),
        HirKind::Alternation(parts) => write(&parts[draws.below(parts.len())], draws, text),
    }
}

/// A character of the class: a letter or digit where it holds nearly everything, else one that
/// can be typed where it holds such, else any.
fn draw_char(class: &Class, draws: &mut Draws) -> Option<char> {
    let ranges: Vec<(u32, u32)> = match class {
        Class::Unicode(class) => class
            .ranges()
            .iter()
            .map(|range| (u32::from(range.start()), u32::from(range.end())))
            .collect(),
        Class::Bytes(class) => class
            .ranges()
            .iter()
            .map(|range| (u32::from(range.start()), u32::from(range.end())))
            .collect(),
    };
    let holds = |c: &char| {
        let code = u32::from(*c);
        ranges
            .iter()
            .any(|&(start, end)| start <= code && code <= end)
    };
    let typed: Vec<char> = (' '..='~').filter(holds).collect();
    let plain: Vec<char> = typed
        .iter()
        .copied()
        .filter(char::is_ascii_alphanumeric)
        .collect();
    let is_wide = typed.len() > 80;
    let choices = if is_wide && !plain.is_empty() {
        plain
    } else {
        typed
    };
    match choices.as_slice() {
        [] => draw_from_ranges(&ranges, draws),
        choices => Some(choices[draws.below(choices.len())]),
    }
}

fn draw_from_ranges(ranges: &[(u32, u32)], draws: &mut Draws) -> Option<char> {
    let size = |&(start, end): &(u32, u32)| (end - start) as usize + 1;
    let mut rest = draws.below(ranges.iter().map(size).sum());
    for range in ranges {
        if rest < size(range) {
            // Only a range around the surrogates holds numbers that are no characters.
            return char::from_u32(range.0 + rest as u32).or(char::from_u32(range.0));
        }
        rest -= size(range);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draw(pattern: &str, id: &str) -> String {
        let plant = Plant {
            name: "token".to_owned(),
            source: PlantSource::Matching(pattern.to_owned()),
        };
        planted(&plant, &ItemId(id.to_owned()))
    }

    #[test]
    fn values_match_their_expression_and_stay_the_same() {
        let patterns = [
            "sk-[a-z0-9]{16}",
            r"^[A-Z]{2}\d{2}( \d{4}){4,5}$",
            "(alpha|beta|gamma)-.+",
            r"\p{Greek}{3}",
            r"[^@]+@corp\.example",
            r"\bword\b",
        ];
        for pattern in patterns {
            let regex = regex::Regex::new(pattern).expect("the pattern is one");
            for id in ["a", "b", "c"] {
                let value = draw(pattern, id);
                assert!(regex.is_match(&value), "{pattern}: {value}");
                assert_eq!(value, draw(pattern, id));
            }
        }
    }

    #[test]
    fn different_items_have_different_values() {
        assert_ne!(draw("[a-z]{16}", "a"), draw("[a-z]{16}", "b"));
    }

    #[test]
    fn endless_expressions_end() {
        assert!(draw("(((a+)+)+)+", "a").len() <= MAX_BYTES);
        assert!(draw("((a{40}){40}){40}", "a").len() <= MAX_BYTES + 1);
    }
}
