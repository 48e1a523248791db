//! Anthropic's `/v1/messages`, and servers that speak it.

mod answer;
mod body;
mod client;
mod stream;

pub use client::Anthropic;
