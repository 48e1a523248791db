//! Refusals: marked by a server, or told by their words.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value as Json;

use super::conversation::{Answer, Finish};

/// How a refusal begins where JSON was due, in small letters and with plain apostrophes.
const SIGNS: [&str; 18] = [
    "i can't",
    "i cannot",
    "i can not",
    "i won't",
    "i will not",
    "i'm unable",
    "i am unable",
    "i'm not able",
    "i am not able",
    "i must decline",
    "i have to decline",
    "i'm sorry, but",
    "i am sorry, but",
    "i apologize, but",
    "sorry, but i",
    "sorry, i can't",
    "i'm really sorry, but",
    "unfortunately, i can",
];

/// Fields in which a model may say that it will not, in the form that it was asked for.
const FIELDS: [&str; 5] = ["instruction", "reflection", "reply", "result", "thought"];

/// A refusal inside an answer that fits. What a user says may begin with "I can't" too, so this
/// asks for a deed that models refuse and a word for the request.
static REFUSAL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)^\s*(?:(?:i'?m|i am)?\s*(?:really |very )?(?:sorry|apologi[sz]e)[,.]?\s*(?:but\s+)?)?",
        r"(?:as an ai[^,.]*,\s*)?(?:unfortunately,\s*)?",
        r"i(?: can'?t| cannot| can not| won'?t| will not|'m unable to| am unable to",
        r"|'m not able to| am not able to| must decline to| have to decline to)\s+",
        r"(?:help|assist|comply|create|generate|write|provide|produce|participate|fulfil|simulate|engage|support)",
        r"[^.]{0,80}\b(?:that|this|these|those|such|requests?|content|harmful|instructions?)\b",
    ))
    .expect("the pattern is fixed and valid")
});

/// Whether the model declined to answer: marked as such, or in clear words where JSON was due.
pub fn is_refusal(answer: &Answer) -> bool {
    answer.refusal.is_some()
        || answer.finish == Finish::ContentFilter
        || match answer.content.contains('{') {
            true => refuses_in_form(&answer.content),
            false => begins_like_a_refusal(&answer.content),
        }
}

fn begins_like_a_refusal(text: &str) -> bool {
    let beginning: String = text.trim_start().chars().take(40).collect();
    let beginning = beginning.replace('\u{2019}', "'").to_lowercase();
    SIGNS.iter().any(|sign| beginning.starts_with(sign))
}

fn refuses_in_form(content: &str) -> bool {
    // Most answers hold none of these words, and need not be read twice.
    const WORDS: [&str; 6] = [
        "can't",
        "can\u{2019}t",
        "cannot",
        "unable",
        "won't",
        "decline",
    ];
    if !WORDS.iter().any(|word| content.contains(word)) {
        return false;
    }
    let Ok(Json::Object(fields)) = serde_json::from_str(content) else {
        return false;
    };
    let texts = FIELDS.iter().filter_map(|name| fields.get(*name)?.as_str());
    texts
        .map(|text| text.replace('\u{2019}', "'"))
        .any(|text| REFUSAL.is_match(&text))
}

#[cfg(test)]
mod tests {
    use super::super::conversation::Usage;
    use super::*;

    fn refuses(content: &str) -> bool {
        is_refusal(&Answer {
            simulated: false,
            content: content.to_owned(),
            tool_calls: Vec::new(),
            finish: Finish::Stop,
            refusal: None,
            reasoning: None,
            usage: Usage::default(),
        })
    }

    #[test]
    fn a_refusal_is_known_by_its_first_words() {
        assert!(refuses("I\u{2019}m sorry, but I can't help with that."));
        assert!(refuses("Unfortunately, I cannot do that."));
        assert!(!refuses("I can do that."));
    }

    #[test]
    fn a_refusal_in_the_form_that_was_asked_for_is_none_the_less() {
        assert!(refuses(
            r#"{"instruction": "I'm sorry, but I can't assist with that request."}"#
        ));
        assert!(refuses(
            r#"{"thought": "I cannot provide such content.", "label": 1}"#
        ));
        assert!(refuses(
            r#"{"result": "As an AI, I won't help with this."}"#
        ));
    }

    #[test]
    fn people_who_cannot_do_something_do_not_refuse() {
        for content in [
            r#"{"reply": "I cannot say"}"#,
            r#"{"instruction": "I can't get into my account. Reset it, please."}"#,
            r#"{"instruction": "I can't write to Lee today, send the report for me."}"#,
            r#"{"result": {"body": "I can't help with that, sorry."}}"#,
            r#"{"thought": "The agent says: I can't help with that. Safe."}"#,
        ] {
            assert!(!refuses(content), "{content}");
        }
    }
}
