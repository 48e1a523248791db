//! Any server with `/v1/chat/completions`.

mod answer;
mod body;
mod habits;
mod speech;
mod stream;

pub(super) use speech::Openai;
