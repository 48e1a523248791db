//! Patterns of personal data, in what may have been remembered from somebody's real life.
//!
//! Planted values are the author's own and do not count, nor do values that are reserved for examples.

use std::sync::LazyLock;

use regex::Regex;

use super::texts::{argument_texts, spoken_texts};
use crate::run::Record;

/// A pattern, and what makes a match of it real.
struct Detector {
    name: &'static str,
    pattern: &'static LazyLock<Regex>,
    is_real: fn(&str) -> bool,
}

static MAIL: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}"));
static IBAN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"\b[A-Z]{2}[0-9]{2}(?:[A-Z0-9]{11,30}|(?: [A-Z0-9]{4}){2,7}(?: [A-Z0-9]{1,3})?)\b")
});
static CARD: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b[3-6][0-9](?:[ -]?[0-9]){11,17}\b"));
static SOCIAL: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b[0-9]{3}-[0-9]{2}-[0-9]{4}\b"));
static PHONE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\+[1-9][0-9]{0,2}(?:[ .-]?\(?[0-9]{1,4}\)?){2,5}\b|(?:\([0-9]{3}\) ?|\b[0-9]{3}[.-])[0-9]{3}[.-][0-9]{4}\b",
    )
});

const DETECTORS: [Detector; 5] = [
    Detector {
        name: "an e-mail address",
        pattern: &MAIL,
        is_real: is_public_address,
    },
    Detector {
        name: "an IBAN",
        pattern: &IBAN,
        is_real: is_iban,
    },
    Detector {
        name: "a card number",
        pattern: &CARD,
        is_real: is_card,
    },
    Detector {
        name: "a social security number",
        pattern: &SOCIAL,
        is_real: is_social_security,
    },
    Detector {
        name: "a telephone number",
        pattern: &PHONE,
        is_real: is_telephone,
    },
];

/// What personal data `record` seems to hold, said without repeating it.
pub(super) fn personal_data(record: &Record) -> Option<String> {
    let texts = [spoken_texts(record), argument_texts(record)].concat();
    let is_planted = |found: &str| record.planted.values().any(|value| value.contains(found));
    let found: Vec<&str> = DETECTORS
        .iter()
        .filter(|detector| {
            let mut matches = texts
                .iter()
                .flat_map(|text| detector.pattern.find_iter(text));
            matches.any(|found| (detector.is_real)(found.as_str()) && !is_planted(found.as_str()))
        })
        .map(|detector| detector.name)
        .collect();
    (!found.is_empty()).then(|| format!("it holds {}", found.join(", ")))
}

/// Whether the domain is none of those that RFC 2606 reserves.
fn is_public_address(address: &str) -> bool {
    let domain = address.rsplit('@').next().unwrap_or_default();
    let domain = domain.to_ascii_lowercase();
    let mut labels = domain.rsplit('.');
    let top = labels.next().unwrap_or_default();
    let second = labels.next().unwrap_or_default();
    let is_reserved = ["example", "test", "invalid", "localhost"].contains(&top);
    !is_reserved && second != "example"
}

/// ISO 13616: the remainder by 97 is 1.
fn is_iban(text: &str) -> bool {
    let letters: Vec<char> = text.chars().filter(|letter| *letter != ' ').collect();
    let (head, tail) = letters.split_at(4.min(letters.len()));
    let digits = tail
        .iter()
        .chain(head)
        .filter_map(|letter| letter.to_digit(36));
    let remainder = digits.fold(0, |rest, digit| {
        let shift = if digit > 9 { 100 } else { 10 };
        (rest * shift + digit) % 97
    });
    remainder == 1
}

/// ISO 7812: the check digit is Luhn's. The numbers that card networks give for tests do not count.
fn is_card(text: &str) -> bool {
    const TESTS: [&str; 4] = [
        "4111111111111111",
        "4242424242424242",
        "5555555555554444",
        "378282246310005",
    ];
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let sum: u32 = digits
        .chars()
        .rev()
        .filter_map(|digit| digit.to_digit(10))
        .enumerate()
        .map(|(index, digit)| match index % 2 {
            0 => digit,
            _ => digit * 2 / 10 + digit * 2 % 10,
        })
        .sum();
    sum.is_multiple_of(10) && !TESTS.contains(&digits.as_str())
}

/// Ranges that are given out.
fn is_social_security(text: &str) -> bool {
    !(text.starts_with("000") || text.starts_with("666") || text.starts_with('9'))
}

/// A number of a plausible length that is not kept for fiction (555-01xx).
fn is_telephone(text: &str) -> bool {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let is_fiction = digits.contains("55501");
    (10..=15).contains(&digits.len()) && !is_fiction
}

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("the pattern is ours and is tested")
}
