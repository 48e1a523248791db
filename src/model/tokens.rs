//! A plain estimate of tokens, for limits and for servers that report none.

use super::conversation::{AnswerFormat, Message, Request};

/// About how many tokens `text` is: four characters each.
pub fn estimated_tokens(text: &str) -> u64 {
    text.chars().count().div_ceil(4) as u64
}

/// About how many tokens a request is, with its tools and the schema of its answer.
pub fn estimated_request_tokens(request: &Request) -> u64 {
    let messages: u64 = request.messages.iter().map(message_tokens).sum();
    let tools: u64 = request
        .tools
        .iter()
        .map(|tool| {
            estimated_tokens(&tool.name)
                + estimated_tokens(&tool.description)
                + estimated_tokens(tool.parameters.text())
        })
        .sum();
    let schema = match &request.answer {
        AnswerFormat::Text => 0,
        AnswerFormat::Json { schema, .. } => estimated_tokens(schema.text()),
    };
    messages + tools + schema
}

fn message_tokens(message: &Message) -> u64 {
    match message {
        Message::System { content } | Message::User { content } => estimated_tokens(content),
        Message::Tool { content, .. } => estimated_tokens(content),
        Message::Assistant {
            content,
            tool_calls,
        } => {
            let calls: u64 = tool_calls
                .iter()
                .map(|call| estimated_tokens(&call.name) + estimated_tokens(&call.arguments))
                .sum();
            estimated_tokens(content) + calls
        }
    }
}
