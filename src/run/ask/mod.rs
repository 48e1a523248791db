//! Durable questions: asked of models once, answered from the journal ever after.
//!
//! A question goes to the first model of its seat. An answer that cannot be read is asked again
//! with what is wrong; a refusal or an overlong conversation goes to the next model; an outage is
//! the business of the gateway, and goes to nobody else.

mod asker;
mod call;

pub(super) use asker::{Asker, Misread, Question, Said, shortened};
