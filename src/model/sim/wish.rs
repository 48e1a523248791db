//! What somebody wants done, and which tools would do it.

use std::borrow::Cow;

use super::reading::{addresses, all_words, keywords, paths, words_of_name};
use super::words;

/// A request, taken apart to be compared with tools.
pub(super) struct Wish {
    words: Vec<String>,
    /// Of what was met on the way; it weighs less.
    met: Vec<String>,
    has_address: bool,
    has_path: bool,
}

impl Wish {
    /// The wish in a request, and in everything that was met since.
    pub(super) fn of(request: &str, met: &str) -> Self {
        Self {
            words: all_words(request),
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
        points += 4 * words::DEEDS
            .iter()
            .filter(|deed| self.means(deed, &name))
            .count();
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

    fn means(&self, (asks, does): &(&[&str], &[&str]), name: &[String]) -> bool {
        let is_asked = self.words.iter().any(|word| asks.contains(&word.as_str()));
        is_asked && name.iter().any(|word| does.contains(&word.as_str()))
    }
}

/// Whether a tool only looks, by its name.
pub(super) fn is_reading(name: &str) -> bool {
    words_of_name(name)
        .iter()
        .any(|word| words::READING_VERBS.contains(&word.as_str()))
}
