//! Instructions that come from a file of references: nearly the same, or with a long run of its words.

use super::alike::Alike;
use super::shared_runs::SharedRuns;
use super::sketch::Sketch;
use super::words::{Word, excerpt, excerpt_of_words, words};
use crate::check::Reference;

/// The texts of all references, as signatures and runs of words.
#[derive(Debug)]
pub(super) struct Leakage<'a> {
    references: &'a [Reference],
    threshold: f64,
    /// The file and the text in it, by number.
    places: Vec<(usize, usize)>,
    similar: Alike,
    runs: SharedRuns,
    /// The trajectories of an item have one instruction, and come one after the other.
    last: Option<(String, Option<Leak>)>,
}

/// Where an instruction seems to come from.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Leak {
    pub(super) why: String,
    pub(super) ours: String,
    pub(super) theirs: String,
}

impl<'a> Leakage<'a> {
    /// The texts of `references`, of which similar ones are found from `threshold` on.
    pub(super) fn of(references: &'a [Reference], threshold: f64) -> Self {
        let mut leakage = Self {
            references,
            threshold,
            places: Vec::new(),
            similar: Alike::default(),
            runs: SharedRuns::default(),
            last: None,
        };
        for (file, reference) in references.iter().enumerate() {
            for (text, entry) in reference.texts.iter().enumerate() {
                let number = u32::try_from(leakage.places.len()).unwrap_or(u32::MAX);
                leakage.places.push((file, text));
                let words = words(&entry.text);
                leakage.similar.add(Sketch::of_words(&words));
                leakage.runs.add(number, &words);
            }
        }
        leakage
    }

    /// Where `instruction` seems to come from.
    pub(super) fn look(&mut self, instruction: &str) -> Option<Leak> {
        match &self.last {
            Some((known, leak)) if known == instruction => leak.clone(),
            _ => {
                let words = words(instruction);
                let near = self.near(instruction, &words);
                let leak = near.or_else(|| self.within(instruction, &words));
                self.last = Some((instruction.to_owned(), leak.clone()));
                leak
            }
        }
    }

    fn near(&self, instruction: &str, ours: &[Word]) -> Option<Leak> {
        let sketch = Sketch::of_words(ours);
        let like = self.similar.like(&sketch, self.threshold);
        let (number, similarity) = like.max_by(|one, other| {
            let by_similarity = one.1.total_cmp(&other.1);
            by_similarity.then(other.0.cmp(&one.0))
        })?;
        let place = self.place_words(number);
        Some(Leak {
            why: format!("{:.0}% like {place}", similarity * 100.0),
            ours: excerpt(instruction),
            theirs: excerpt(self.text(number)),
        })
    }

    fn within(&self, instruction: &str, ours: &[Word]) -> Option<Leak> {
        let run = self.runs.longest(ours, |number| words(self.text(number)))?;
        let text = self.text(run.text);
        let theirs = words(text);
        let place = self.place_words(run.text);
        Some(Leak {
            why: format!("{} words in a row are in {place}", run.words),
            ours: excerpt_of_words(instruction, &ours[run.start..run.start + run.words]),
            theirs: excerpt_of_words(text, &theirs[run.other_start..run.other_start + run.words]),
        })
    }

    fn text(&self, number: usize) -> &'a str {
        let (file, text) = self.places[number];
        &self.references[file].texts[text].text
    }

    fn place_words(&self, number: usize) -> String {
        let (file, text) = self.places[number];
        let reference = &self.references[file];
        format!("row {} of {}", reference.texts[text].row, reference.file)
    }
}
