//! The simulated model, in process and as a server.
//!
//! It needs no network and knows nothing beside the request: the properties of the schema that is
//! asked for tell it which part to play, the tags in the prompt where the material stands.

mod agent;
mod character;
mod conduct;
mod dice;
mod evaluator;
mod faults;
mod fill;
mod generator;
mod material;
mod meaning;
mod protocol;
mod reading;
mod roles;
mod server;
mod simulated;
mod situation;
mod slips;
mod wire;
mod wish;
mod words;
mod world;

pub use faults::{BadFaultPlan, FaultPlan};
pub use server::{ServerOptions, serve};
pub use simulated::Sim;
pub(in crate::model) use wire::FINGERPRINT;
