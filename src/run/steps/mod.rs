//! The steps of an item, as straight-line code: generate, rollout, respond, verify, twin.
//!
//! Nothing here knows of files, time or other items; every model is asked through an
//! [`Asker`](super::ask::Asker), so that the same code run again takes the same way.

mod act;
mod conversation;
mod examples;
mod form;
mod generate;
mod item;
mod judge;
mod past_step;
mod propose;
mod recording;
mod respond;
mod rollout;
mod shortening;
mod simulate;
mod situation;
mod trial;
mod twin;
mod user;
mod variables;
mod verify;

pub(super) use examples::judge_examples;
pub(super) use item::{internal_failure, run_item};
pub(super) use trial::run_trial;
