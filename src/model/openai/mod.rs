//! Any server with `/v1/chat/completions`.

mod answer;
mod body;
mod client;
mod failure;

pub use client::Openai;
