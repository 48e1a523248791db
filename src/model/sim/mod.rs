//! The simulated model, in process and as a server.
//!
//! It needs no network and knows nothing beside the request: the properties of the schema that is
//! asked for tell it which part to play, the tags in the prompt where the material stands.

mod admission;
mod agent;
mod bad_day;
mod character;
mod conduct;
mod dialect;
mod dice;
mod evaluator;
mod faults;
mod fields;
mod fill;
mod generator;
mod identity;
mod material;
mod meaning;
mod messages;
mod protocol;
mod reading;
mod resettable;
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
pub(in crate::model) use identity::{FINGERPRINT, is_id_of_sim};
pub use server::{ServerOptions, ServerTally, serve};
pub use simulated::Sim;
