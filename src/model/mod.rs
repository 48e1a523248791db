//! A conversation to an answer: the only room that knows HTTP.

mod conversation;
mod error;
mod provider;

pub use conversation::{
    Answer, AnswerFormat, Finish, Message, Request, ToolCallText, ToolSpec, Usage,
};
pub use error::CallError;
pub use provider::Model;
