//! Running counts of a run, kept beside the entries that they count.
//!
//! They are written in the same commit as what they count, so that a status is read at once,
//! however many items there are, and never disagrees with the rest.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Bound;

use crate::model::Usage;

/// Counts by name, and the money and time that went with them.
#[derive(Debug, Clone, Default, PartialEq)]
pub(in crate::run) struct Counts {
    /// Most names are constants: there are several for each call, and none is copied.
    pub of: BTreeMap<Cow<'static, str>, i64>,
    pub usd: f64,
    pub seconds: f64,
}

/// The names of counts.
pub(in crate::run) mod name {
    pub const CALLS: &str = "calls";
    pub const INPUT: &str = "tokens/input";
    pub const OUTPUT: &str = "tokens/output";
    pub const CACHED: &str = "tokens/cached";
    pub const REASONING: &str = "tokens/reasoning";
    pub const DONE: &str = "items/done";
    pub const DROPPED: &str = "items/dropped";
    pub const FAILED: &str = "items/failed";
    /// Followed by the record's kind.
    pub const RECORDS: &str = "records/";
    /// Followed by the reason.
    pub const DROPS: &str = "drops/";
    /// Followed by the kind of failure.
    pub const FAILURES: &str = "failures/";
}

impl Counts {
    /// Those of one call that took this.
    pub fn of_call(usage: Usage, usd: f64) -> Self {
        let mut counts = Self {
            usd,
            ..Self::default()
        };
        counts.increase(name::CALLS);
        for (name, tokens) in [
            (name::INPUT, usage.input),
            (name::OUTPUT, usage.output),
            (name::CACHED, usage.cached),
            (name::REASONING, usage.reasoning),
        ] {
            counts.add(name, i64::try_from(tokens).unwrap_or(i64::MAX));
        }
        counts
    }

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
        self.usd += other.usd;
        self.seconds += other.seconds;
    }
}
