//! Reads the text protocol: Thought, Action, Action Input, Final Answer.
//!
//! Models are careless with it: labels in bold or in another case, the tool in backquotes, the
//! input in a fence, an observation of their own invention at the end. All of that is understood;
//! what is left over is asked again by the caller, with the words of the error.

/// What a model wrote, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ReactTurn {
    Call {
        thought: String,
        tool: String,
        /// What stood for the arguments, without a fence around it.
        input: String,
    },
    Final {
        thought: String,
        message: String,
    },
}

/// Takes `text` apart, or says what is wrong with it.
pub(super) fn parse_react(text: &str) -> Result<ReactTurn, String> {
    let parts = Parts::of(text);
    let thought = parts.thought;
    if let Some(message) = parts.final_answer {
        return finish(thought, message);
    }
    let Some(action) = parts.action else {
        return Err(
            "there is neither an `Action:` nor a `Final Answer:` line in your answer".to_owned(),
        );
    };
    let (tool, inline_input) = split_action(&action);
    if is_final_answer(&tool) {
        return finish(thought, parts.input.or(inline_input).unwrap_or_default());
    }
    if tool.is_empty() {
        return Err("the `Action:` line names no tool".to_owned());
    }
    let input = parts.input.or(inline_input).ok_or_else(|| {
        format!("`Action: {tool}` is not followed by an `Action Input:` line with a JSON object")
    })?;
    let input = first_object(unfenced(&input)).to_owned();
    Ok(ReactTurn::Call {
        thought,
        tool,
        input,
    })
}

/// The labelled parts of an answer, each without its label.
#[derive(Debug, Default)]
struct Parts {
    thought: String,
    action: Option<String>,
    input: Option<String>,
    final_answer: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Label {
    Thought,
    Action,
    Input,
    FinalAnswer,
    Observation,
}

impl Parts {
    /// Reads line by line; a part ends where the next label begins.
    ///
    /// Reading stops at an observation, which is not the model's to write, and at a second
    /// action, which could only rest on one.
    fn of(text: &str) -> Self {
        let mut parts = Self::default();
        let mut current = Label::Thought;
        let mut lines: Vec<&str> = Vec::new();
        for line in text.lines() {
            let Some((label, rest)) = label_of(line) else {
                lines.push(line);
                continue;
            };
            parts.close(current, &lines);
            if label == Label::Observation || parts.is_complete() {
                return parts;
            }
            current = label;
            lines = vec![rest];
        }
        parts.close(current, &lines);
        parts
    }

    fn close(&mut self, label: Label, lines: &[&str]) {
        let text = lines.join("\n").trim().to_owned();
        match label {
            Label::Thought if self.thought.is_empty() => self.thought = text,
            Label::Thought => {
                self.thought.push('\n');
                self.thought.push_str(&text);
            }
            Label::Action => self.action = Some(text),
            Label::Input => self.input = Some(text),
            Label::FinalAnswer => self.final_answer = Some(text),
            Label::Observation => {}
        }
    }

    fn is_complete(&self) -> bool {
        self.final_answer.is_some() || (self.action.is_some() && self.input.is_some())
    }
}

const LABELS: [(&str, Label); 6] = [
    ("thought", Label::Thought),
    ("action input", Label::Input),
    ("action_input", Label::Input),
    ("action", Label::Action),
    ("final answer", Label::FinalAnswer),
    ("observation", Label::Observation),
];

/// The label that `line` begins with, and what stands after it.
fn label_of(line: &str) -> Option<(Label, &str)> {
    let bare = line.trim_start_matches(['*', '#', '>', '-', ' ', '\t', '_']);
    for (word, label) in LABELS {
        let Some((start, rest)) = bare.split_at_checked(word.len()) else {
            continue;
        };
        if !start.eq_ignore_ascii_case(word) {
            continue;
        }
        let rest = rest.trim_start_matches(['*', '_', ' ']);
        if let Some(rest) = rest.strip_prefix([':', '：']) {
            return Some((label, rest.trim_start_matches(['*', '_'])));
        }
    }
    None
}

/// The tool's name, and the arguments where they stand behind it: `Tool({…})`, `Tool[{…}]`.
fn split_action(action: &str) -> (String, Option<String>) {
    let line = action.lines().next().unwrap_or_default().trim();
    let end = line.find(['(', '[', '{']).unwrap_or(line.len());
    let name = line[..end].trim().trim_matches(['`', '"', '\'', '*', '.']);
    let start = action.find(['{']);
    let input = start.map(|start| first_object(&action[start..]).to_owned());
    (name.trim().to_owned(), input)
}

fn is_final_answer(tool: &str) -> bool {
    tool.eq_ignore_ascii_case("final answer")
        || tool.eq_ignore_ascii_case("final_answer")
        || tool.eq_ignore_ascii_case("finalanswer")
}

fn finish(thought: String, message: String) -> Result<ReactTurn, String> {
    if message.is_empty() {
        return Err("the `Final Answer:` is empty".to_owned());
    }
    Ok(ReactTurn::Final { thought, message })
}

/// `text` without the code fence around it.
fn unfenced(text: &str) -> &str {
    let text = text.trim();
    let Some(inside) = text.strip_prefix("```") else {
        return text;
    };
    let inside = inside.split_once('\n').map_or(inside, |(_, body)| body);
    inside.split("```").next().unwrap_or(inside).trim()
}

/// The JSON object that `text` begins with; all of `text` where it begins with none.
fn first_object(text: &str) -> &str {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<serde_json::Value>();
    match values.next() {
        Some(Ok(serde_json::Value::Object(_))) => text[..values.byte_offset()].trim(),
        _ => text.trim(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(thought: &str, tool: &str, input: &str) -> Result<ReactTurn, String> {
        Ok(ReactTurn::Call {
            thought: thought.to_owned(),
            tool: tool.to_owned(),
            input: input.to_owned(),
        })
    }

    fn final_answer(thought: &str, message: &str) -> Result<ReactTurn, String> {
        Ok(ReactTurn::Final {
            thought: thought.to_owned(),
            message: message.to_owned(),
        })
    }

    #[test]
    fn the_plain_form_is_read() {
        let text = "Thought: look first\nAction: read_file\nAction Input: {\"path\": \"a\"}";
        let expected = call("look first", "read_file", r#"{"path": "a"}"#);
        assert_eq!(parse_react(text), expected);
    }

    #[test]
    fn an_invented_observation_and_what_follows_is_left_out() {
        let text = "Thought: t\nAction: a\nAction Input: {}\nObservation: {\"x\": 1}\nThought: u\nFinal Answer: done";
        assert_eq!(parse_react(text), call("t", "a", "{}"));
    }

    #[test]
    fn a_second_action_is_left_out() {
        let text = "Thought: t\nAction: a\nAction Input: {}\nAction: b\nAction Input: {}";
        assert_eq!(parse_react(text), call("t", "a", "{}"));
    }

    #[test]
    fn bold_labels_backquotes_and_fences_are_understood() {
        let text =
            "**Thought:** t\n**Action:** `a`\n**Action Input:**\n```json\n{\n \"x\": 1\n}\n```";
        assert_eq!(parse_react(text), call("t", "a", "{\n \"x\": 1\n}"));
    }

    #[test]
    fn arguments_behind_the_tool_are_understood() {
        assert_eq!(
            parse_react("thought: t\naction: a({\"x\": [1]})"),
            call("t", "a", r#"{"x": [1]}"#)
        );
    }

    #[test]
    fn words_after_the_arguments_are_left_out() {
        let text = "Action: a\nAction Input: {\"x\": 1} which reads the file.";
        assert_eq!(parse_react(text), call("", "a", r#"{"x": 1}"#));
    }

    #[test]
    fn both_forms_of_a_final_answer_are_read() {
        assert_eq!(
            parse_react("Thought: t\nFinal Answer: one\ntwo"),
            final_answer("t", "one\ntwo")
        );
        assert_eq!(
            parse_react("Thought: t\nAction: Final Answer\nAction Input: one"),
            final_answer("t", "one")
        );
    }

    #[test]
    fn what_is_missing_is_said() {
        let no_action = parse_react("I would rather not.").unwrap_err();
        assert!(no_action.contains("`Action:`"), "{no_action}");
        let no_input = parse_react("Action: a").unwrap_err();
        assert!(no_input.contains("`Action Input:`"), "{no_input}");
        assert!(parse_react("").is_err());
    }
}
