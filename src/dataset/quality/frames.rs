//! Instructions that are one frame with other names and numbers in it.

use std::collections::HashMap;

use super::words::hash;

/// Different instructions that may share a frame before further ones are flagged.
const FREE: usize = 3;

/// The frames so far, as hashes; of each the first instructions.
#[derive(Debug, Default)]
pub(super) struct Frames(HashMap<u64, Vec<u64>>);

impl Frames {
    /// Says where `instruction` shares its frame with more than a few other ones.
    pub(super) fn look(&mut self, instruction: &str) -> Option<String> {
        let frame = frame(instruction);
        let known = self.0.entry(hash(&frame)).or_default();
        let text = hash(instruction);
        if known.contains(&text) {
            return None;
        }
        if known.len() < FREE {
            known.push(text);
            return None;
        }
        Some(format!(
            "at least {FREE} other instructions have the frame `{frame}`"
        ))
    }
}

/// The instruction with `_` for names, numbers and addresses.
fn frame(instruction: &str) -> String {
    let words = instruction.split_whitespace().enumerate();
    let words: Vec<&str> = words
        .map(|(index, word)| if is_slot(index, word) { "_" } else { word })
        .collect();
    words.join(" ")
}

fn is_slot(index: usize, word: &str) -> bool {
    let is_name = index > 0 && word.chars().next().is_some_and(char::is_uppercase);
    let has_digit = word.chars().any(|letter| letter.is_ascii_digit());
    is_name || has_digit || word.contains('@')
}
