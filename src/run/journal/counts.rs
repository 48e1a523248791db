//! Running counts of a run, kept beside the entries that they count.
//!
//! They are written in the same commit as what they count, so that a status is read at once,
//! however many items there are, and never disagrees with the rest.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Bound;

use crate::run::spending::Spending;

/// Counts by name, and the calls and the time that went with them.
#[derive(Debug, Clone, Default, PartialEq)]
pub(in crate::run) struct Counts {
    /// Most names are constants, which are not copied.
    pub of: BTreeMap<Cow<'static, str>, i64>,
    pub spending: Spending,
    pub seconds: f64,
}

/// The names of counts.
pub(in crate::run) mod name {
    pub const DONE: &str = "items/done";
    pub const DROPPED: &str = "items/dropped";
    pub const FAILED: &str = "items/failed";
    /// Of those, samples beyond the plan's.
    pub const TOPPED_UP: &str = "items/topped_up";
    /// Followed by the record's kind.
    pub const RECORDS: &str = "records/";
    /// Followed by the cell.
    pub const CELLS: &str = "cells/";
    /// Followed by the cell, and after a stroke by the outcome.
    pub const OUTCOMES: &str = "outcomes/";
    /// Followed by the reason.
    pub const DROPS: &str = "drops/";
    /// Followed by the kind of failure.
    pub const FAILURES: &str = "failures/";
}

impl Counts {
    /// How many there are of `name`.
    pub fn get(&self, name: &str) -> u64 {
        self.of
            .get(name)
            .map_or(0, |count| u64::try_from(*count).unwrap_or(0))
    }

    /// Those whose name begins with `prefix`, by the rest of it.
    pub fn under(&self, prefix: &str) -> BTreeMap<String, u64> {
        let from = (Bound::Included(prefix), Bound::Unbounded);
        let named = self.of.range::<str, _>(from);
        named
            .map_while(|(name, _)| name.strip_prefix(prefix).map(|rest| (name, rest)))
            .map(|(name, rest)| (rest.to_owned(), self.get(name)))
            .filter(|(_, count)| *count > 0)
            .collect()
    }

    /// One more of `name`.
    pub fn increase(&mut self, name: impl Into<Cow<'static, str>>) {
        self.add(name, 1);
    }

    /// `more` of `name`.
    pub fn add(&mut self, name: impl Into<Cow<'static, str>>, more: i64) {
        *self.of.entry(name.into()).or_default() += more;
    }

    /// All of `other` on top.
    pub fn merge(&mut self, other: &Self) {
        for (name, more) in &other.of {
            self.add(name.clone(), *more);
        }
        for more in other.spending.each() {
            self.spending.add(more);
        }
        self.seconds += other.seconds;
    }
}
