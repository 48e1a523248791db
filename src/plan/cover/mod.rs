//! Covering arrays: few rows that together hold every allowed combination of values of some axes.
//!
//! In come the allowed rows of a scenario and the groups of axes whose combinations are wanted; out
//! come rows. Three ways work together: algebra knows the fewest rows where axes are much alike
//! (`arrays`), a greedy pass finds rows for everything else (`greedy`), and a search takes rows out
//! one after the other (`tabu`). Invariant: every draw is seeded and every search ends after a count
//! of steps, never after a time, so the same scenario has the same rows on every machine.

mod arrays;
mod bounds;
mod covering;
mod field;
mod greedy;
mod starters;
mod tabu;
mod targets;

pub(super) use bounds::{MAX_COMBINATIONS, MAX_STEPS, combinations_of, least_steps};
pub(super) use covering::cover;
pub(super) use targets::Targets;
