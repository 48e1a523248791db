//! Marks of values that nobody filled in.

use std::sync::LazyLock;

use regex::Regex;

static SLOT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?x)
        \{\{ [^{}]* \}\} | \{% [^%]* %\}                    # template variables
        | \[ [A-Z][A-Z\ _-]+ \]                             # [NAME]
        | \[ (?i: your | insert | recipient | user | name | date | address | phone | e-?mail | amount )
          [A-Za-z\ _-]* \]                                  # [your name]
        | (?i: \b lorem\ ipsum \b )",
    )
});

static ANGLE: LazyLock<Regex> = LazyLock::new(|| pattern(r"<([A-Za-z][A-Za-z _-]{1,30})>"));

static STAND_IN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?x)
        (?i: \b your [_-] [a-z_-]+ )                        # your_api_key
        | (?i: \b x{3,} \b )
        | \b (?: TODO | TBD | FIXME | PLACEHOLDER ) \b
        | (?i: \b example \. (?: com | org | net ) \b )
        | \b 123-456 (?: -7890 )? \b | \b 1234567890 \b",
    )
});

/// A slot that was left open in `text`: `{{ name }}`, `[NAME]`, `<name>`, lorem ipsum.
pub(super) fn slot(text: &str) -> Option<&str> {
    let found = SLOT.find(text).map(|found| found.as_str());
    found.or_else(|| angle(text))
}

/// A slot, or a value that stands for one: `your_key`, `xxx`, `TODO`, `example.com`, `123-456`.
pub(super) fn placeholder(text: &str) -> Option<&str> {
    slot(text).or_else(|| STAND_IN.find(text).map(|found| found.as_str()))
}

/// A name in angle brackets that is no element of HTML.
fn angle(text: &str) -> Option<&str> {
    ANGLE.captures_iter(text).find_map(|found| {
        let (whole, [name]) = found.extract();
        let is_element = VOID.contains(&name) || text.contains(&format!("</{name}"));
        (!is_element).then_some(whole)
    })
}

/// Elements of HTML that are never closed.
const VOID: [&str; 4] = ["br", "hr", "li", "img"];

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("the pattern is ours and is tested")
}
