//! What models are told of a scene, and the forms of their answers: made once for all items that
//! share it.

mod harms;
mod schema;
mod toolbox;

pub(super) use harms::{Harms, KnownHarms, NO_RISK, SAFE, UNSAFE};
pub(super) use schema::object;
pub(super) use toolbox::{Toolbox, Toolboxes, error_schema};
