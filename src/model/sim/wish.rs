//! What somebody wants done, and which tools would do it.

use std::borrow::Cow;

use super::reading::{addresses, all_words, keywords, paths, words_of_name};
use super::words;

/// A request, taken apart to be compared with tools.
pub(super) struct Wish {
    words: Vec<String>,
    /// What words of a tool's name would do it, for each kind of deed that is asked for.
    does: Vec<&'static [&'static str]>,
    /// Of what was met on the way; it weighs less.
    met: Vec<String>,
    has_address: bool,
    has_path: bool,
}

impl Wish {
    /// The wish in a request, and in everything that was met since.
    pub(super) fn of(request: &str, met: &str) -> Self {
        let words = all_words(request);
        let is_asked = |asks: &[&str]| words.iter().any(|word| asks.contains(&word.as_str()));
        Self {
            does: words::DEEDS
                .iter()
                .filter(|(asks, _)| is_asked(asks))
                .map(|(_, does)| *does)
                .collect(),
            words,
            met: keywords(met),
            has_address: !addresses(request).is_empty(),
            has_path: !paths(request).is_empty(),
        }
    }

    /// How well a tool suits; 0 when nothing speaks for it. The text of its parameters is made only
    /// where it matters.
    pub(super) fn fitness<'t>(
        &self,
        name: &str,
        description: &str,
        parameters: impl FnOnce() -> Cow<'t, str>,
    ) -> usize {
        let name = words_of_name(name);
        let wanted = |word: &&String| self.words.contains(word);
        let mut points = 3 * name.iter().filter(wanted).count();
        points += keywords(description).iter().filter(wanted).count();
        points += name.iter().filter(|word| self.met.contains(word)).count();
        let does = |does: &&&[&str]| name.iter().any(|word| does.contains(&word.as_str()));
        points += 4 * self.does.iter().filter(does).count();
        if !self.has_address && !self.has_path {
            return points;
        }
        let parameters = parameters();
        let takes = |signs: &[&str]| signs.iter().any(|sign| parameters.contains(sign));
        if self.has_address && takes(&["\"to\"", "mail", "recipient"]) {
            points += 3;
        }
        if self.has_path && takes(&["path", "folder", "director"]) {
            points += 4;
        }
        points
    }
}

/// Whether a tool only looks, by its name.
pub(super) fn is_reading(name: &str) -> bool {
    words_of_name(name)
        .iter()
        .any(|word| words::READING_VERBS.contains(&word.as_str()))
}
