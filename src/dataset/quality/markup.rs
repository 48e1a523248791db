//! Markup that would run where a page shows a text as HTML.

use std::sync::LazyLock;

use regex::Regex;

use super::texts::{argument_texts, spoken_texts};
use crate::run::Record;

static ACTIVE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r#"(?xi)
        < \s* / ? \s* (?: script | iframe | object | embed | svg | base | meta | link ) \b [^<>]* >?
        | < [a-z][^<>]* \s on[a-z]+ \s* = [^<>]*            # <img onerror=…>
        | \b (?: javascript | vbscript ) \s* : \s* \S+"#,
    )
    .expect("the pattern is ours and is tested")
});

/// Characters that are quoted of what was found.
const QUOTED: usize = 60;

/// The first piece of active markup in anything that the record holds.
pub(super) fn active_markup(record: &Record) -> Option<String> {
    let place = |texts: Vec<&str>, place: &str| {
        let found = texts.into_iter().find_map(|text| ACTIVE.find(text))?;
        let quoted: String = found.as_str().chars().take(QUOTED).collect();
        Some(format!("{place} `{quoted}`"))
    };
    place(vec![&record.instruction], "the instruction holds")
        .or_else(|| place(argument_texts(record), "an argument holds"))
        .or_else(|| place(spoken_texts(record), "the trajectory holds"))
}
