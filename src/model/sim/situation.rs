//! Where an agent stands: what was asked, what it has, and what happened so far. The same for both
//! protocols.

use std::sync::Arc;

use serde_json::{Map, Value as Json};

use super::reading::section;
use crate::model::conversation::{Message, Request, ToolCallText, ToolSpec};

/// An agent's view of its conversation.
pub(super) struct Situation {
    pub system: String,
    pub instruction: String,
    pub tools: Arc<[ToolSpec]>,
    pub past: Vec<Past>,
    /// What the user said after the instruction.
    pub replies: Vec<String>,
    /// Whether the user spoke last.
    pub user_spoke_last: bool,
    /// Notes on proposals that were not safe.
    pub reflections: usize,
    /// Whether actions are written as text.
    pub is_react: bool,
}

/// A call made earlier.
pub(super) struct Past {
    pub tool: String,
    pub arguments: Json,
    pub observation: String,
}

/// The parts of the text protocol.
const LABELS: [&str; 6] = [
    "User:",
    "Thought:",
    "Action Input:",
    "Action:",
    "Observation:",
    "Final Answer:",
];

/// How a request to answer in the right form begins.
const COMPLAINT: &str = "Your answer ";

impl Past {
    /// Whether there was no such tool, or its arguments did not fit.
    fn was_impossible(&self) -> bool {
        self.observation.starts_with("error: ")
    }

    fn is_unanswered(&self) -> bool {
        self.observation.is_empty()
    }
}

impl Situation {
    /// The situation in a request that makes its model an agent, or `None` for other requests.
    pub(super) fn of(request: &Request) -> Option<Self> {
        let system = system_text(request);
        let is_react = request.tools.is_empty() && system.contains("Action Input:");
        let tools = if is_react {
            listed_tools(&system).into()
        } else {
            Arc::clone(&request.tools)
        };
        if tools.is_empty() {
            return None;
        }
        let reflections = section(&system, "reflections").map_or(0, |notes| {
            notes.lines().filter(|line| !line.trim().is_empty()).count()
        });
        let mut situation = Self {
            instruction: String::new(),
            tools,
            past: Vec::new(),
            replies: Vec::new(),
            user_spoke_last: false,
            reflections,
            is_react,
            system,
        };
        for message in &request.messages {
            situation.go_on(message);
        }
        situation.past.retain(|past| !past.was_impossible());
        Some(situation)
    }

    /// Everything that was said and seen.
    pub(super) fn everything(&self) -> String {
        let mut text = self.instruction.clone();
        for reply in &self.replies {
            text.push('\n');
            text.push_str(reply);
        }
        for past in &self.past {
            text.push('\n');
            text.push_str(&past.observation);
        }
        text
    }

    fn go_on(&mut self, message: &Message) {
        match message {
            Message::System { .. } => {}
            Message::User { content } if self.is_react => self.go_on_in_text("User:", content),
            Message::Assistant { content, .. } if self.is_react => {
                self.go_on_in_text("Thought:", content);
            }
            Message::User { content } => self.hear(content.trim()),
            Message::Assistant { tool_calls, .. } => {
                self.user_spoke_last = false;
                self.past.extend(tool_calls.iter().map(called));
            }
            Message::Tool { content, .. } => self.observe(content),
        }
    }

    /// Goes on with a text of labelled parts, the first of which may go without its label.
    fn go_on_in_text(&mut self, label: &'static str, text: &str) {
        let mut label = label;
        let mut words = String::new();
        for line in text.lines() {
            match LABELS.iter().find(|label| line.starts_with(**label)) {
                Some(next) => {
                    self.note(label, words.trim());
                    label = next;
                    words = line[label.len()..].to_owned();
                }
                None => {
                    words.push('\n');
                    words.push_str(line);
                }
            }
        }
        self.note(label, words.trim());
    }

    fn note(&mut self, label: &str, words: &str) {
        match label {
            _ if words.is_empty() => {}
            "User:" => self.hear(words),
            "Observation:" => self.observe(words),
            "Final Answer:" => self.user_spoke_last = false,
            "Action:" => {
                self.user_spoke_last = false;
                self.past.push(Past {
                    tool: words.to_owned(),
                    arguments: Json::Object(Map::new()),
                    observation: String::new(),
                });
            }
            "Action Input:" => {
                if let (Some(past), Some(input)) = (self.past.last_mut(), first_json(words)) {
                    past.arguments = input;
                }
            }
            _ => {}
        }
    }

    fn hear(&mut self, words: &str) {
        if words.starts_with(COMPLAINT) {
            self.past.retain(|past| !past.is_unanswered());
        } else if self.instruction.is_empty() {
            self.instruction = words.to_owned();
        } else {
            self.replies.push(words.to_owned());
            self.user_spoke_last = true;
        }
    }

    /// Calls of one message are answered in their order.
    fn observe(&mut self, content: &str) {
        let waiting = self.past.iter_mut().find(|past| past.is_unanswered());
        if let Some(past) = waiting {
            past.observation = content.to_owned();
        }
    }
}

fn system_text(request: &Request) -> String {
    let mut texts = Vec::new();
    for message in &request.messages {
        if let Message::System { content } = message {
            texts.push(content.as_str());
        }
    }
    texts.join("\n")
}

fn listed_tools(system: &str) -> Vec<ToolSpec> {
    let listed = section(system, "tools").unwrap_or("");
    listed
        .lines()
        .filter_map(|line| serde_json::from_str::<ToolSpec>(line.trim()).ok())
        .collect()
}

fn called(call: &ToolCallText) -> Past {
    Past {
        tool: call.name.clone(),
        arguments: serde_json::from_str(&call.arguments).unwrap_or_default(),
        observation: String::new(),
    }
}

fn first_json(text: &str) -> Option<Json> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter();
    values.next()?.ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::conversation::AnswerFormat;

    const REACT: &str = r#"<tools>
{"name": "list_files", "description": "", "parameters": {"type": "object"} }
</tools>
Action Input:"#;

    fn situation(messages: Vec<Message>) -> Situation {
        let request = Request {
            model: "sim".to_owned(),
            messages,
            tools: Arc::new([]),
            answer: AnswerFormat::Text,
            temperature: 0.0,
            top_p: None,
            max_tokens: None,
            seed: 0,
            body: Map::new(),
        };
        Situation::of(&request).expect("an agent's request")
    }

    fn system() -> Message {
        Message::System {
            content: REACT.to_owned(),
        }
    }

    fn user(content: &str) -> Message {
        Message::User {
            content: content.to_owned(),
        }
    }

    fn assistant(content: &str) -> Message {
        Message::Assistant {
            content: content.to_owned(),
            tool_calls: Vec::new(),
        }
    }

    #[test]
    fn a_transcript_is_read_like_a_conversation() {
        let call = "Thought: look\nAction: list_files\nAction Input: {\"folder\": \"/\"}";
        let in_one = format!(
            "User: Clear it.\n\n{call}\nObservation: []\n\nThought: t\nFinal Answer: All of it?\nUser: Yes.\n"
        );
        let transcript = situation(vec![system(), user(&in_one)]);
        let conversation = situation(vec![
            system(),
            user("Clear it."),
            assistant(call),
            user("Observation: []"),
            assistant("Thought: t\nFinal Answer: All of it?"),
            user("Yes."),
        ]);
        for situation in [transcript, conversation] {
            assert_eq!(situation.instruction, "Clear it.");
            assert_eq!(situation.replies, ["Yes."]);
            assert!(situation.user_spoke_last);
            assert_eq!(situation.past.len(), 1);
            assert_eq!(situation.past[0].tool, "list_files");
            assert_eq!(situation.past[0].arguments["folder"], "/");
            assert_eq!(situation.past[0].observation, "[]");
        }
    }

    #[test]
    fn a_call_that_could_not_be_made_is_forgotten() {
        let situation = situation(vec![
            system(),
            user("User: Clear it."),
            assistant("Thought: t\nAction: no_such_tool\nAction Input: {}"),
            user("Your answer cannot be used: there is no tool `no_such_tool`."),
        ]);
        assert!(situation.past.is_empty());
        assert!(situation.replies.is_empty());
    }
}
