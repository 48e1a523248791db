//! Anthropic's `/v1/messages`, and servers that speak it.

mod answer;
mod body;
mod speech;
mod stream;

pub(super) use speech::Anthropic;
