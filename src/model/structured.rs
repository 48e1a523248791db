//! Answers that should be JSON of a given form: read, repaired where that is certain, and checked.

use serde_json::Value as Json;

use super::conversation::{Answer, Finish};
use super::schema::{SchemaError, fits};

/// How much of an answer a message shows.
const SHOWN: usize = 400;

/// What was mended in an answer before it could be read. Nothing here can change a value.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Repaired {
    pub repairs: Vec<Repair>,
}

impl Repaired {
    /// Whether anything was mended at all.
    pub fn is_any(&self) -> bool {
        !self.repairs.is_empty()
    }
}

/// One thing that was mended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repair {
    /// A byte-order mark was taken off.
    ByteOrderMark,
    /// A code fence around the object was taken off.
    CodeFence,
    /// Words before or after the object were taken off.
    WordsAround,
    /// Commas before a closing bracket were taken out.
    TrailingComma,
}

/// An answer that is not what was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}; the model said: {}", problems.join("; "), shortened(said))]
pub struct Misfit {
    /// The model's words.
    pub said: String,
    /// What is wrong with them.
    pub problems: Vec<String>,
}

impl Misfit {
    /// What to say to the model so that it answers again.
    pub fn follow_up(&self) -> String {
        let mut text = "Your answer cannot be used:\n".to_owned();
        for problem in &self.problems {
            text.push_str("- ");
            text.push_str(problem);
            text.push('\n');
        }
        text.push_str(
            "Answer again with one JSON object of the form asked for, whole, and with nothing before or after it.",
        );
        text
    }
}

/// Gives the JSON in an answer when it fits `schema`, and what had to be mended to read it.
pub fn read_answer(answer: &Answer, schema: &Json) -> Result<(Json, Repaired), Misfit> {
    let misfit = |problems| Misfit {
        said: answer.content.clone(),
        problems,
    };
    let (value, repaired) =
        parse(&answer.content).map_err(|problem| misfit(vec![explain(answer, problem)]))?;
    match fits(&value, schema) {
        Ok(()) => Ok((value, repaired)),
        Err(errors) => Err(misfit(errors.iter().map(SchemaError::to_string).collect())),
    }
}

fn explain(answer: &Answer, problem: String) -> String {
    if answer.content.trim().is_empty() {
        return "the answer is empty".to_owned();
    }
    match answer.finish {
        Finish::Length => "the answer was cut off before it was whole".to_owned(),
        Finish::Stop | Finish::ToolCalls | Finish::ContentFilter => problem,
    }
}

/// Parses strictly first, and mends only what stands in the way.
fn parse(text: &str) -> Result<(Json, Repaired), String> {
    let error = match serde_json::from_str(text) {
        Ok(value) => return Ok((value, Repaired::default())),
        Err(error) => format!("the answer is no JSON: {error}"),
    };
    let mut repairs = Vec::new();
    let mut rest = text.trim();
    if let Some(bare) = rest.strip_prefix('\u{feff}') {
        repairs.push(Repair::ByteOrderMark);
        rest = bare.trim();
    }
    if let Some(inside) = inside_fence(rest) {
        repairs.push(Repair::CodeFence);
        rest = inside;
    } else if let Some(object) = only_object(rest) {
        repairs.push(Repair::WordsAround);
        rest = object;
    }
    let mended = without_trailing_commas(rest);
    if mended.len() != rest.len() {
        repairs.push(Repair::TrailingComma);
    }
    let value = serde_json::from_str(&mended).map_err(|_| error)?;
    Ok((value, Repaired { repairs }))
}

/// What stands between the two fences of a text that is one fenced block.
fn inside_fence(text: &str) -> Option<&str> {
    let inside = text.strip_prefix("```")?.strip_suffix("```")?;
    let (language, inside) = inside.split_once('\n')?;
    let is_name = language.trim().chars().all(char::is_alphanumeric);
    (is_name && !inside.contains("```")).then(|| inside.trim())
}

/// The object in a text with words around it, if it is the only one and there are such words.
fn only_object(text: &str) -> Option<&str> {
    let start = text.find('{')?;
    let end = start + end_of_object(&text[start..])?;
    let is_alone = !text[end..].contains(['{', '}']);
    let has_words = start > 0 || end < text.len();
    (is_alone && has_words).then(|| &text[start..end])
}

/// Where the object that `text` begins with ends.
fn end_of_object(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (index, letter) in outside_strings(text) {
        match letter {
            '{' => depth += 1,
            '}' if depth == 1 => return Some(index + 1),
            '}' => depth = depth.checked_sub(1)?,
            _ => {}
        }
    }
    None
}

fn without_trailing_commas(text: &str) -> String {
    let mut superfluous = Vec::new();
    let mut comma = None;
    for (index, letter) in outside_strings(text) {
        match letter {
            ',' => comma = Some(index),
            '}' | ']' => superfluous.extend(comma.take()),
            _ if letter.is_whitespace() => {}
            _ => comma = None,
        }
    }
    let mut mended = text.to_owned();
    for index in superfluous.into_iter().rev() {
        mended.remove(index);
    }
    mended
}

/// The characters of a JSON text that stand in no string, quotes included.
fn outside_strings(text: &str) -> impl Iterator<Item = (usize, char)> {
    let mut is_inside = false;
    let mut is_escaped = false;
    text.char_indices().filter(move |(_, letter)| {
        if !is_inside {
            is_inside = *letter == '"';
            return true;
        }
        match letter {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '"' => is_inside = false,
            _ => {}
        }
        false
    })
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::conversation::Usage;
    use super::*;
    use serde_json::json;

    fn said(content: &str) -> Answer {
        Answer {
            simulated: false,
            content: content.to_owned(),
            tool_calls: Vec::new(),
            finish: Finish::Stop,
            refusal: None,
            reasoning: None,
            usage: Usage::default(),
        }
    }

    fn schema() -> Json {
        json!({"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]})
    }

    fn repairs(content: &str) -> Vec<Repair> {
        let (value, repaired) = read_answer(&said(content), &schema()).expect("it can be read");
        assert_eq!(value["a"], 1);
        repaired.repairs
    }

    #[test]
    fn good_json_is_left_alone() {
        assert_eq!(repairs(r#" {"a": 1} "#), []);
    }

    #[test]
    fn what_is_certain_is_mended_and_marked() {
        assert_eq!(repairs("```json\n{\"a\": 1}\n```"), [Repair::CodeFence]);
        assert_eq!(repairs("Here: {\"a\": 1} Bye."), [Repair::WordsAround]);
        assert_eq!(repairs("{\"a\": 1,}"), [Repair::TrailingComma]);
        assert_eq!(repairs("\u{feff}{\"a\": 1}"), [Repair::ByteOrderMark]);
        assert_eq!(repairs(r#"{"a": 1, "b": ",}",}"#), [Repair::TrailingComma]);
    }

    #[test]
    fn what_is_not_certain_is_asked_for_again() {
        for content in ["{\"a\": 1", "{\"a\": 1} or {\"a\": 2}", "{'a': 1}", "one"] {
            let misfit = read_answer(&said(content), &schema()).expect_err("nothing certain");
            assert!(misfit.to_string().contains("no JSON"), "{misfit}");
        }
    }

    #[test]
    fn the_follow_up_repeats_the_validators_words() {
        let misfit = read_answer(&said(r#"{"a": "one"}"#), &schema()).expect_err("no integer");
        assert!(
            misfit
                .follow_up()
                .contains("- `/a` should be integer, and is string\n")
        );
    }

    #[test]
    fn an_answer_cut_off_is_called_that() {
        let mut answer = said("{\"a\": ");
        answer.finish = Finish::Length;
        let misfit = read_answer(&answer, &schema()).expect_err("it is cut off");
        assert!(misfit.to_string().starts_with("the answer was cut off"));
    }
}
