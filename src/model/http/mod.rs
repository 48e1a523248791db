//! The way to a server, whatever dialect is spoken on it.
//!
//! A body goes out, and what came back is taken in whole: bounded in time and size, without any
//! secret that the server repeats, and classified where it is a failure.

mod connection;
mod door;
mod events;
mod plain;
mod received;
mod response_model;
mod road;
mod tls;
mod wire;

pub(super) use connection::{Connection, Dialect};
pub(super) use door::Door;
pub(super) use events::events;
pub(super) use received::Received;
pub use tls::choose_tls;
