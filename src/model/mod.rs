//! A conversation to an answer: the only room that knows HTTP.

mod admitted;
mod allowance;
mod anthropic;
mod concurrency;
mod conversation;
mod error;
mod forms;
mod gate;
mod gateway;
mod http;
mod json_schema;
mod json_text;
mod latency;
mod line;
mod notices;
mod openai;
mod pace;
mod provider;
mod recording;
mod refusal;
mod remote;
mod retries;
mod schema;
mod secret;
mod setup;
mod share;
pub mod sim;
mod structured;
mod token_guess;
mod tokens;
mod usage_habit;
mod waiting;

pub use allowance::{Allowance, Quota};
pub use conversation::{
    Answer, AnswerFormat, Finish, Message, Request, ToolCallText, ToolSpec, Usage,
};
pub use error::CallError;
pub use gateway::{CallFailure, Gateway, Reply, Served, Traffic};
pub use http::choose_tls;
pub use json_schema::JsonSchema;
pub use provider::{Endpoint, Model};
pub use recording::{Kept, RECORDING_FORMAT, Recorder, RecordingError, Replay};
pub use refusal::is_refusal;
pub use retries::Retries;
pub use schema::{SchemaError, fits};
pub use secret::Secret;
pub use setup::SetupError;
pub use sim::{BadFaultPlan, FaultPlan, ServerOptions, ServerTally, Sim, serve};
pub use structured::{Misfit, Repair, Repaired, read_answer};
pub use tokens::{estimated_request_tokens, estimated_tokens};
