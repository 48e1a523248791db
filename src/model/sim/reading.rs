//! What a request holds: its sections, and the names, addresses and numbers in them.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::words::{DETERMINERS, EMPTY_WORDS, VERBS};

/// Every word of every tool's description is looked up.
static EMPTY: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| EMPTY_WORDS.iter().copied().collect());

/// The last characters of a text, where requests say what they are about.
pub(super) fn tail(text: &str, length: usize) -> &str {
    let start = text.len().saturating_sub(length);
    let start = (start..=text.len())
        .find(|index| text.is_char_boundary(*index))
        .unwrap_or(0);
    &text[start..]
}

/// What stands between `<tag>` and `</tag>`.
pub(super) fn section<'a>(text: &'a str, tag: &str) -> Option<&'a str> {
    let open = format!("<{tag}>");
    let start = find_tag(text, &open)? + open.len();
    let length = find_tag(&text[start..], &format!("</{tag}>"))?;
    Some(text[start..start + length].trim())
}

/// Where a tag stands first. Looking for single letters is many times quicker than for words.
fn find_tag(text: &str, tag: &str) -> Option<usize> {
    let mut brackets = text.match_indices('<').map(|(index, _)| index);
    brackets.find(|index| text[*index..].starts_with(tag))
}

/// The lines of a section that begin with `- `, without that.
pub(super) fn points(text: &str) -> Vec<&str> {
    text.lines()
        .filter_map(|line| line.trim().strip_prefix("- "))
        .collect()
}

/// Words that say what a text is about, in its order, each once.
pub(super) fn keywords(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for word in text.split(|letter: char| !letter.is_alphanumeric()) {
        // The cheapest test first: most words are short.
        if word.chars().count() < 4 || word.chars().any(|letter| letter.is_ascii_digit()) {
            continue;
        }
        let lower = word.to_lowercase();
        if !EMPTY.contains(lower.as_str()) && !found.contains(&lower) {
            found.push(lower);
        }
    }
    found
}

/// All words of a text, in small letters.
pub(super) fn all_words(text: &str) -> Vec<String> {
    text.split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

/// What a text is about, as the object of a sentence: "the old logs". Its first sentences count
/// most.
pub(super) fn matter(text: &str) -> String {
    text.split_inclusive(". ")
        .find_map(matter_of_sentence)
        .unwrap_or_else(|| "this".to_owned())
}

fn matter_of_sentence(sentence: &str) -> Option<String> {
    let named = named(sentence);
    if let Some(matter) = named.iter().find(|it| it.contains(' ')).or(named.first()) {
        return Some(match matter.starts_with(['/', '~']) {
            true => format!("what is in {matter}"),
            false => format!("the {matter}"),
        });
    }
    let runs = runs(sentence);
    if let Some(run) = runs.iter().find(|run| run.len() > 1) {
        return Some(format!("the {}", run[..run.len().min(3)].join(" ")));
    }
    if let Some(path) = paths(sentence).first() {
        return Some(format!("what is in {path}"));
    }
    let word = runs.into_iter().flatten().find(|word| word.len() > 3)?;
    Some(format!("the {word}"))
}

/// What a sentence names with an article or the like before it, and its paths, in their order.
fn named(sentence: &str) -> Vec<String> {
    let mut named = Vec::new();
    let mut open: Option<Vec<&str>> = None;
    for token in sentence.split_whitespace() {
        let word = token.trim_matches(|letter: char| "'`*-\"()[]{}.,;:!?".contains(letter));
        let goes_on = says_what(word);
        if let Some(run) = open.as_mut().filter(|run| goes_on && run.len() < 3) {
            run.push(word);
        } else {
            named.extend(open.take().map(|run| run.join(" ")));
        }
        if DETERMINERS.contains(&word.to_lowercase().as_str()) {
            open = Some(Vec::new());
        } else if paths(word).len() == 1 {
            named.push(word.to_owned());
        }
        if token.ends_with(['.', ',', ';', ':', '!', '?', ')']) {
            named.extend(open.take().map(|run| run.join(" ")));
        }
    }
    named.extend(open.map(|run| run.join(" ")));
    named.retain(|name| !name.is_empty());
    named
}

/// Words that stand side by side and say something, in their order.
fn runs(text: &str) -> Vec<Vec<String>> {
    let mut runs = Vec::new();
    for clause in text.split(|letter: char| ".,;:!?()[]{}\"\n".contains(letter)) {
        let mut run = Vec::new();
        for (index, word) in clause.split_whitespace().enumerate() {
            let word = word.trim_matches(|letter: char| "'`*-".contains(letter));
            if !says_what(word) {
                runs.push(std::mem::take(&mut run));
            } else if index == 0 {
                run.push(lower_first(word));
            } else {
                run.push(word.to_owned());
            }
        }
        runs.push(run);
    }
    runs.retain(|run| !run.is_empty());
    runs
}

fn says_what(word: &str) -> bool {
    if word.len() <= 2 || !word.chars().all(char::is_alphabetic) {
        return false;
    }
    let lower = word.to_lowercase();
    !EMPTY.contains(lower.as_str()) && !VERBS.contains(&lower.as_str())
}

/// The words of a tool's name: `send_email` and `SendEmail` are both `send`, `email`.
pub(super) fn words_of_name(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut was_lower = false;
    for letter in name.chars() {
        let begins_word = letter.is_uppercase() && was_lower;
        if begins_word || !letter.is_alphanumeric() {
            words.push(String::new());
        }
        if letter.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(letter.to_lowercase());
        }
        was_lower = letter.is_lowercase();
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Mail addresses in a text.
pub(super) fn addresses(text: &str) -> Vec<String> {
    pieces(text)
        .filter(|piece| {
            piece.split_once('@').is_some_and(|(user, domain)| {
                !user.is_empty() && domain.contains('.') && !domain.contains('@')
            })
        })
        .fold(Vec::new(), once_each)
}

/// Names of machines under reserved domains.
pub(super) fn hosts(text: &str) -> Vec<String> {
    pieces(text)
        .map(|piece| {
            piece
                .trim_start_matches("https://")
                .trim_start_matches("http://")
        })
        .filter_map(|piece| piece.split('/').next())
        .filter(|piece| piece.ends_with(".example") && !piece.contains('@'))
        .fold(Vec::new(), once_each)
}

/// Paths of files and folders.
pub(super) fn paths(text: &str) -> Vec<String> {
    pieces(text)
        .filter(|piece| {
            let is_rooted = piece.starts_with('/') || piece.starts_with("~/");
            is_rooted && piece.len() > 2 && !piece.contains("//")
        })
        .fold(Vec::new(), once_each)
}

/// Amounts: numbers that stand alone.
pub(super) fn amounts(text: &str) -> Vec<f64> {
    pieces(text)
        .filter_map(|piece| piece.replace(',', "").parse::<f64>().ok())
        .filter(|number| number.is_finite() && *number >= 0.0)
        .collect()
}

/// Codes that nobody would write by chance: long, with several digits, and no date.
pub(super) fn marks(text: &str) -> Vec<String> {
    pieces(text)
        .filter(|piece| is_mark(piece))
        .fold(Vec::new(), once_each)
}

fn is_mark(piece: &str) -> bool {
    let digits = piece.chars().filter(char::is_ascii_digit).count();
    piece.len() >= 8
        && digits >= 3
        && piece
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || "-_".contains(letter))
        && !is_date(piece)
}

fn is_date(piece: &str) -> bool {
    let bytes = piece.as_bytes();
    bytes.len() >= 10 && bytes[4] == b'-' && bytes[7] == b'-' && bytes[..4].is_ascii()
}

fn ends_piece(letter: char) -> bool {
    const OTHERS: &[u8] = b"\"'`()[]{}<>,;|\\*";
    letter.is_whitespace() || u8::try_from(letter).is_ok_and(|byte| OTHERS.contains(&byte))
}

/// A text cut at everything that is neither word nor part of an address or path.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    text.split(ends_piece)
        .map(|piece| {
            piece.trim_matches(|letter| {
                matches!(letter, '.' | ':' | '!' | '?' | '=' | '$' | '€' | '£')
            })
        })
        .filter(|piece| !piece.is_empty())
}

fn once_each(mut found: Vec<String>, piece: &str) -> Vec<String> {
    if !found.iter().any(|earlier| earlier == piece) {
        found.push(piece.to_owned());
    }
    found
}

/// The first sentence of a text, without its stop.
pub(super) fn first_sentence(text: &str) -> &str {
    let text = text.trim();
    let end = text
        .match_indices(['.', '!', '?'])
        .find(|(index, _)| {
            text[index + 1..]
                .chars()
                .next()
                .is_none_or(char::is_whitespace)
        })
        .map_or(text.len(), |(index, _)| index);
    text[..end].trim()
}

/// A text with a small first letter, unless its first word is all capitals or a single letter.
pub(super) fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    let (first, second) = (letters.next(), letters.next());
    match (first, second) {
        (Some(first), Some(second)) if !second.is_uppercase() => {
            if first == 'I' && !second.is_alphabetic() {
                return text.to_owned();
            }
            first.to_lowercase().chain(text.chars().skip(1)).collect()
        }
        _ => text.to_owned(),
    }
}

/// A text with a capital first letter.
pub(super) fn upper_first(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_codes_are_found_in_prose() {
        let text = "Send /projects/atlas.md (INT-48213377, of 2026-03-14) to lee@partner.example, 900 dollars.";
        assert_eq!(addresses(text), ["lee@partner.example"]);
        assert_eq!(paths(text), ["/projects/atlas.md"]);
        assert_eq!(marks(text), ["INT-48213377"]);
        assert_eq!(amounts(text), [900.0]);
    }

    #[test]
    fn the_matter_of_a_request_is_found() {
        let about = |text| matter(text);
        assert_eq!(
            about("Get rid of the old logs in the home."),
            "the old logs"
        );
        assert_eq!(about("/photos is to be cleared."), "what is in /photos");
        assert_eq!(about("Send the API key to them."), "the API key");
        assert_eq!(
            about("/photos has to be cleared, because a colleague takes over."),
            "what is in /photos"
        );
        assert_eq!(
            about("The oven has to be on, or open, when it is needed later."),
            "the oven"
        );
        assert_eq!(
            about("A summary of a mail thread has to go to a partner."),
            "the mail thread"
        );
        assert_eq!(about("Do it."), "this");
    }

    #[test]
    fn a_tools_name_is_read_in_any_style() {
        assert_eq!(words_of_name("send_email"), ["send", "email"]);
        assert_eq!(words_of_name("Gmail-SendEmail"), ["gmail", "send", "email"]);
    }
}
