//! Runs of words that a text shares with one of many others: a leak within a longer text.
//!
//! As is customary where training data is searched for benchmarks (Brown et al. 2020), 13 words in a
//! row count; a text that is shorter counts when all of it is there.

use std::collections::{BTreeSet, HashMap};

use super::sketch::combined;
use super::words::Word;

/// Words in a row that are no chance.
const RUN: usize = 13;
/// Shorter texts are no more than turns of phrase.
const SHORTEST: usize = 8;

/// The runs of the texts that were added, numbered as they were added.
#[derive(Debug, Default)]
pub(super) struct SharedRuns {
    /// The first text with a run of this hash.
    texts: HashMap<u64, u32>,
    /// How many words the runs have.
    lengths: BTreeSet<usize>,
}

/// A run of words that two texts share.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct SharedRun {
    /// The number of the other text.
    pub(super) text: usize,
    /// Where it begins among the words of the one text, and of the other.
    pub(super) start: usize,
    pub(super) other_start: usize,
    pub(super) words: usize,
}

impl SharedRuns {
    /// Adds the next text.
    pub(super) fn add(&mut self, number: u32, words: &[Word]) {
        let length = words.len().min(RUN);
        if length < SHORTEST {
            return;
        }
        self.lengths.insert(length);
        for run in words.windows(length) {
            self.texts.entry(hash_of(run)).or_insert(number);
        }
    }

    /// The longest run that `here` shares with a text; `words_of` gives those of the texts.
    pub(super) fn longest(
        &self,
        here: &[Word],
        words_of: impl Fn(usize) -> Vec<Word>,
    ) -> Option<SharedRun> {
        let mut found: HashMap<usize, SharedRun> = HashMap::new();
        for &length in &self.lengths {
            for (start, run) in here.windows(length).enumerate() {
                let Some(&text) = self.texts.get(&hash_of(run)) else {
                    continue;
                };
                let text = text as usize;
                let is_known = found.get(&text).is_some_and(|it| it.holds(start, length));
                if !is_known && let Some(run) = extended(here, start, length, text, &words_of(text))
                {
                    let known = found.get(&text).map_or(0, |it| it.words);
                    if run.words > known {
                        found.insert(text, run);
                    }
                }
            }
        }
        // Of two as long the text that was added first.
        found
            .into_values()
            .max_by_key(|run| (run.words, std::cmp::Reverse(run.text)))
    }
}

impl SharedRun {
    fn holds(&self, start: usize, length: usize) -> bool {
        self.start <= start && start + length <= self.start + self.words
    }
}

fn hash_of(run: &[Word]) -> u64 {
    combined(run.iter().map(|word| word.hash))
}

/// The run of `length` words from `start`, as far as it goes in both texts; nothing where only
/// hashes agree.
fn extended(
    here: &[Word],
    start: usize,
    length: usize,
    text: usize,
    there: &[Word],
) -> Option<SharedRun> {
    let is_same = |one: usize, other: usize| here[one].hash == there[other].hash;
    let other = (0..(there.len() + 1).saturating_sub(length))
        .find(|&other| (0..length).all(|step| is_same(start + step, other + step)))?;
    let before = (1..=start.min(other))
        .take_while(|&back| is_same(start - back, other - back))
        .count();
    let room = (here.len() - start).min(there.len() - other);
    let after = (length..room)
        .take_while(|&step| is_same(start + step, other + step))
        .count();
    Some(SharedRun {
        text,
        start: start - before,
        other_start: other - before,
        words: before + length + after,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::quality::words::words;

    const THERE: &str = "one two three four five six seven eight nine ten eleven twelve thirteen \
        fourteen fifteen";

    fn longest(texts: &[&str], here: &str) -> Option<(usize, usize)> {
        let mut runs = SharedRuns::default();
        for (text, number) in texts.iter().zip(0..) {
            runs.add(number, &words(text));
        }
        let found = runs.longest(&words(here), |number| words(texts[number]))?;
        Some((found.text, found.words))
    }

    #[test]
    fn thirteen_words_in_a_row_count_and_twelve_do_not() {
        let thirteen = THERE.splitn(3, ' ').nth(2).expect("there are more");
        let long = format!("Well, {} and so on.", thirteen.to_uppercase());
        assert_eq!(longest(&[THERE], &long), Some((0, 13)));
        let twelve = thirteen.split_once(' ').expect("there are more").1;
        assert_eq!(longest(&[THERE], &format!("Well, {twelve}.")), None);
    }

    #[test]
    fn a_run_goes_as_far_as_both_texts_do() {
        let here = format!("zero {THERE} sixteen");
        assert_eq!(longest(&["other words here", THERE], &here), Some((1, 15)));
    }

    #[test]
    fn a_short_text_counts_when_all_of_it_is_there() {
        let short = "Wipe the old disk before Bob sees it";
        let here = format!("Please {}, will you?", short.to_lowercase());
        assert_eq!(longest(&[short], &here), Some((0, 8)));
        assert_eq!(longest(&["Wipe the old disk"], &here), None);
    }
}
