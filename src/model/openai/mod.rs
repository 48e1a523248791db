//! Any server with `/v1/chat/completions`.

mod answer;
mod body;
mod client;
mod habits;
mod stream;

pub use client::Openai;
