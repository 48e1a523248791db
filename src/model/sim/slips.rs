//! Wrong forms: a few in a hundred structured answers are not what was asked for, as with any model.

use serde_json::Value as Json;

use super::dice::Dice;
use super::words;

/// A structured answer as text; in a few cases with a slip.
pub(super) fn as_text(answer: Json, dice: &mut Dice) -> Said {
    let text = answer.to_string();
    let said = match dice.below(1000) {
        0..12 => format!("```json\n{text}\n```"),
        12..20 => format!("Here is the answer:\n{text}"),
        20..26 => with_trailing_comma(&text),
        26..32 => cut_off(&text),
        32..40 => without_a_property(answer, dice),
        40..43 => "I have looked at it, and it seems fine to me.".to_owned(),
        43..45 => return Said::Refusal(dice.word(words::REFUSALS).to_owned()),
        _ => text,
    };
    Said::Text(said)
}

/// Words, or a refusal that is marked as one.
pub(super) enum Said {
    Text(String),
    Refusal(String),
}

fn with_trailing_comma(text: &str) -> String {
    match text.strip_suffix('}') {
        Some(open) => format!("{open},}}"),
        None => text.to_owned(),
    }
}

fn cut_off(text: &str) -> String {
    let length = text.chars().count();
    text.chars().take(length * 2 / 3).collect()
}

fn without_a_property(mut answer: Json, dice: &mut Dice) -> String {
    if let Some(fields) = answer.as_object_mut() {
        let names: Vec<String> = fields.keys().cloned().collect();
        if let Some(name) = dice.one(&names) {
            fields.shift_remove(name);
        }
    }
    answer.to_string()
}
