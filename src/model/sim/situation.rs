//! Where an agent stands: what was asked, what it has, and what happened so far. The same for both
//! protocols.

use serde_json::{Map, Value as Json};

use super::reading::section;
use crate::model::conversation::{Message, Request, ToolCallText, ToolSpec};

/// An agent's view of its conversation.
pub(super) struct Situation {
    pub system: String,
    pub instruction: String,
    pub tools: Vec<ToolSpec>,
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

impl Past {
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
            listed_tools(&system)
        } else {
            request.tools.clone()
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
            Message::User { content } => self.hear(content),
            Message::Assistant {
                content,
                tool_calls,
            } => {
                self.user_spoke_last = false;
                self.past.extend(tool_calls.iter().map(called));
                if let (true, Some((tool, arguments))) = (self.is_react, written_call(content)) {
                    self.past.push(Past {
                        tool,
                        arguments,
                        observation: String::new(),
                    });
                }
            }
            Message::Tool { content, .. } => self.observe(content),
        }
    }

    fn hear(&mut self, content: &str) {
        if self.is_react
            && let Some(observation) = content.trim_start().strip_prefix("Observation:")
        {
            self.observe(observation.trim());
        } else if self.past.last().is_some_and(Past::is_unanswered) {
            // Not a reply but a complaint: the call was not one that could be made.
            self.past.retain(|past| !past.is_unanswered());
        } else if self.instruction.is_empty() {
            self.instruction = content.trim().to_owned();
        } else {
            self.replies.push(content.trim().to_owned());
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

fn written_call(content: &str) -> Option<(String, Json)> {
    let after = |label: &str| {
        let start = content.rfind(label)? + label.len();
        Some(content[start..].trim())
    };
    let tool = after("Action:")?.lines().next()?.trim().to_owned();
    let input = after("Action Input:").unwrap_or("{}");
    let arguments = serde_json::Deserializer::from_str(input)
        .into_iter::<Json>()
        .next()
        .and_then(Result::ok)
        .unwrap_or(Json::Object(Map::new()));
    Some((tool, arguments))
}
