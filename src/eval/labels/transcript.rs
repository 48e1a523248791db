//! Agents' words in the text form Thought, Action, Action Input, Observation.

use serde_json::{Map, Value as Json};

use crate::run::{Action, Step};

use super::literal::read_literal;

/// What stands in a transcript, turn by turn.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Turn {
    User(String),
    Act(Action),
    Observed(Json),
}

const LABELS: [(&str, Label); 6] = [
    ("Thought:", Label::Thought),
    ("Action Input:", Label::Input),
    ("Action:", Label::Action),
    ("Observation:", Label::Observation),
    ("Final Answer:", Label::Final),
    ("User:", Label::User),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Label {
    Thought,
    Action,
    Input,
    Observation,
    Final,
    User,
}

/// The turns of a transcript. Text before the first label is the user's.
pub(super) fn read_transcript(text: &str) -> Vec<Turn> {
    let mut turns = Turns::default();
    let mut label = Label::User;
    let mut words = String::new();
    for line in text.lines() {
        match LABELS.iter().find(|(word, _)| line.starts_with(word)) {
            Some((word, next)) => {
                turns.close(label, words.trim());
                label = *next;
                words = line[word.len()..].to_owned();
            }
            None => {
                words.push('\n');
                words.push_str(line);
            }
        }
    }
    turns.close(label, words.trim());
    turns.flush();
    turns.done
}

#[derive(Default)]
struct Turns {
    done: Vec<Turn>,
    thought: String,
    tool: Option<String>,
}

impl Turns {
    fn close(&mut self, label: Label, words: &str) {
        match label {
            _ if words.is_empty() && label != Label::Input => {}
            Label::Thought => self.thought = words.to_owned(),
            Label::Action => {
                self.flush();
                self.tool = Some(words.to_owned());
            }
            Label::Input => self.call(Some(words)),
            Label::Observation => {
                self.flush();
                let observed =
                    serde_json::from_str(words).unwrap_or_else(|_| Json::String(words.to_owned()));
                self.done.push(Turn::Observed(observed));
            }
            Label::Final => {
                self.flush();
                let thought = std::mem::take(&mut self.thought);
                self.done.push(Turn::Act(Action::Final {
                    thought,
                    message: words.to_owned(),
                }));
            }
            Label::User => {
                self.flush();
                self.done.push(Turn::User(words.to_owned()));
            }
        }
    }

    /// An action whose input does not follow on a line of its own.
    fn flush(&mut self) {
        if self.tool.is_some() {
            self.call(None);
        }
    }

    fn call(&mut self, input: Option<&str>) {
        let Some(tool) = self.tool.take() else { return };
        let thought = std::mem::take(&mut self.thought);
        let action = match input {
            Some(input) => Action::Call {
                thought,
                tool,
                arguments: arguments(input),
            },
            None => call_in_words(&tool, thought),
        };
        self.done.push(Turn::Act(action));
    }
}

/// A call written in one: `{"name": …, "arguments": …}`, `Tool{'to': 'lee'}`, `Tool {…}` or
/// `Tool(…)`; `Complete` and `Finish` say something to the user.
pub(super) fn call_in_words(text: &str, thought: String) -> Action {
    let text = text.trim();
    if let Some(Json::Object(call)) = read_literal(text)
        && let Some(name) = call.get("name").and_then(Json::as_str)
    {
        let arguments = match call.get("arguments") {
            Some(Json::String(text)) => arguments(text),
            Some(Json::Object(arguments)) => arguments.clone(),
            Some(other) => Map::from_iter([(RAW.to_owned(), other.clone())]),
            None => Map::new(),
        };
        return named(name, arguments, thought);
    }
    let end = text.find(['{', '(', ':']).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    let rest = rest.trim_start_matches(':').trim();
    named(name.trim(), arguments(rest), thought)
}

fn named(name: &str, arguments: Map<String, Json>, thought: String) -> Action {
    let is_end = ["complete", "finish", "final answer"]
        .iter()
        .any(|end| name.eq_ignore_ascii_case(end));
    if !is_end {
        return Action::Call {
            thought,
            tool: name.to_owned(),
            arguments,
        };
    }
    let texts: Vec<&str> = arguments.values().filter_map(Json::as_str).collect();
    Action::Final {
        thought,
        message: texts.join("\n"),
    }
}

/// What holds arguments that are no object.
const RAW: &str = "input";

fn arguments(text: &str) -> Map<String, Json> {
    match read_literal(text) {
        Some(Json::Object(arguments)) => arguments,
        _ if text.trim().is_empty() => Map::new(),
        Some(other) => Map::from_iter([(RAW.to_owned(), other)]),
        None => Map::from_iter([(RAW.to_owned(), Json::from(text.trim()))]),
    }
}

/// Turns as steps, and every action with the number of steps before it. The user's first words are
/// the instruction.
#[derive(Debug, Default)]
pub(super) struct Story {
    pub instruction: String,
    pub steps: Vec<Step>,
    pub actions: Vec<(usize, Action)>,
}

impl Story {
    pub fn of(turns: impl IntoIterator<Item = Turn>) -> Self {
        let mut story = Self::default();
        let mut pending: Option<Action> = None;
        for turn in turns {
            match turn {
                Turn::User(words) if story.instruction.is_empty() => story.instruction = words,
                Turn::User(words) => story.go_on(pending.take(), None, Some(words)),
                Turn::Observed(value) => story.go_on(pending.take(), Some(value), None),
                Turn::Act(action) => {
                    if pending.is_some() {
                        story.go_on(pending.take(), None, None);
                    }
                    story.actions.push((story.steps.len(), action.clone()));
                    pending = Some(action);
                }
            }
        }
        story
    }

    /// What comes of an action: an observation, words of the user, or nothing that is told.
    fn go_on(&mut self, action: Option<Action>, observed: Option<Json>, said: Option<String>) {
        match action {
            Some(Action::Call {
                thought,
                tool,
                arguments,
            }) => self.steps.push(Step::Call {
                thought,
                tool,
                arguments,
                observation: observed
                    .or_else(|| said.map(Json::from))
                    .unwrap_or(Json::Null),
            }),
            Some(Action::Final { thought, message }) => self.steps.push(Step::Said {
                thought,
                message,
                reply: said
                    .or_else(|| observed.map(|value| value.to_string()))
                    .unwrap_or_default(),
            }),
            None => {
                if let Some(reply) = said {
                    self.steps.push(Step::Said {
                        thought: String::new(),
                        message: String::new(),
                        reply,
                    });
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn call(tool: &str, arguments: Json) -> Action {
        Action::Call {
            thought: "t".to_owned(),
            tool: tool.to_owned(),
            arguments: arguments.as_object().cloned().unwrap_or_default(),
        }
    }

    #[test]
    fn a_call_is_understood_however_it_is_written() {
        let expected = call("send", json!({"to": "lee"}));
        for text in [
            r#"{"name": "send", "arguments": {"to": "lee"}}"#,
            r#"{"name": "send", "arguments": "{\"to\": \"lee\"}"}"#,
            "send{'to': 'lee'}",
            "send: {\"to\": \"lee\"}",
        ] {
            assert_eq!(call_in_words(text, "t".to_owned()), expected, "{text}");
        }
        let end = call_in_words("Complete{'answer': 'Done.'}", String::new());
        assert!(matches!(end, Action::Final { message, .. } if message == "Done."));
    }

    #[test]
    fn a_transcript_becomes_steps_and_actions() {
        let text = "Clear it.\nThought: t\nAction: look\nAction Input: {}\nObservation: [1]\n\
            Thought: t\nFinal Answer: All of it?\nUser: Yes.\nThought: t\nAction: wipe\nAction Input: {\"all\": true}";
        let story = Story::of(read_transcript(text));
        assert_eq!(story.instruction, "Clear it.");
        assert_eq!(story.steps.len(), 2);
        let places: Vec<usize> = story.actions.iter().map(|(place, _)| *place).collect();
        assert_eq!(places, [0, 1, 2]);
        assert_eq!(story.actions[2].1, call("wipe", json!({"all": true})));
    }
}
