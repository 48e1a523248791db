//! What models are asked and what they answer, apart from any provider's wire.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::json_schema::JsonSchema;

/// One call of a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// The model's name on the wire.
    pub model: String,
    pub messages: Vec<Message>,
    /// Tools that the model may call; none for a plain answer.
    #[serde(default = "no_tools", skip_serializing_if = "is_empty")]
    pub tools: Arc<[ToolSpec]>,
    pub answer: AnswerFormat,
    pub temperature: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub top_p: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_tokens: Option<u32>,
    /// Derived from the call's key; at most 2^53 - 1, so that every JSON reader keeps it.
    pub seed: u64,
    /// Further fields of the body.
    #[serde(default, skip_serializing_if = "serde_json::Map::is_empty")]
    pub body: serde_json::Map<String, Json>,
}

fn no_tools() -> Arc<[ToolSpec]> {
    Arc::new([])
}

fn is_empty(tools: &Arc<[ToolSpec]>) -> bool {
    tools.is_empty()
}

/// One turn of a conversation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "role", rename_all = "snake_case")]
pub enum Message {
    System {
        content: String,
    },
    User {
        content: String,
    },
    Assistant {
        content: String,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        tool_calls: Vec<ToolCallText>,
    },
    Tool {
        call_id: String,
        name: String,
        content: String,
    },
}

/// A tool as a model is given it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ToolSpec {
    pub name: String,
    pub description: String,
    /// JSON Schema of an object.
    pub parameters: JsonSchema,
}

/// A tool call as a model wrote it: its arguments may be no JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolCallText {
    pub id: String,
    pub name: String,
    pub arguments: String,
}

/// The form that an answer should have.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnswerFormat {
    Text,
    /// JSON that fits `schema`.
    Json {
        name: String,
        schema: JsonSchema,
    },
}

/// What a model said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    pub content: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tool_calls: Vec<ToolCallText>,
    pub finish: Finish,
    /// The words of a refusal, where the server marks one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusal: Option<String>,
    /// A reasoning model's thoughts, where the server hands them out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reasoning: Option<String>,
    pub usage: Usage,
    /// Whether the simulated model said it, in process or behind a server.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub simulated: bool,
}

impl Answer {
    /// No answer, because a filter of the server's withheld it with these words.
    pub fn withheld(words: String) -> Self {
        Self {
            content: String::new(),
            tool_calls: Vec::new(),
            finish: Finish::ContentFilter,
            refusal: Some(words),
            reasoning: None,
            usage: Usage::default(),
            simulated: false,
        }
    }
}

/// Why a model stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Finish {
    Stop,
    ToolCalls,
    /// The answer was cut off.
    Length,
    /// A filter of the server's withheld the answer, or the rest of it.
    ContentFilter,
}

/// Tokens of one call, or of many added up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Usage {
    pub input: u64,
    pub output: u64,
    /// Of `input`, those that the server had cached.
    #[serde(default)]
    pub cached: u64,
    /// Of `output`, those spent on reasoning.
    #[serde(default)]
    pub reasoning: u64,
}

impl std::ops::AddAssign for Usage {
    fn add_assign(&mut self, other: Self) {
        self.input += other.input;
        self.output += other.output;
        self.cached += other.cached;
        self.reasoning += other.reasoning;
    }
}

impl Usage {
    /// Input and output together.
    pub fn total(self) -> u64 {
        self.input + self.output
    }
}
