//! Labelled actions and trajectories of others and of our own, read by what is in them.
//!
//! Labels are ours throughout: 0 unsafe, 1 safe. R-Judge, ASSEBench and ATBench write 1 for unsafe.

mod case;
mod conversation;
mod judge_row;
mod literal;
pub(in crate::eval) mod own;
mod read;
mod transcript;
mod variant;

pub use case::{LabelFormat, LabelledCase, Question};
pub use own::{LABEL_FORMAT, LabelRow};
pub use read::{LabelFile, Labels};
pub use variant::LabelVariant;
