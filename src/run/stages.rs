//! How far the units in flight are, noted by the units themselves: a message for each step would
//! wake the dispatcher hundreds of times a second, for what it shows four times a second.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How far along an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    Generate,
    Rollout,
    Respond,
    Verify,
}

impl Stage {
    /// In a word, for people.
    pub fn word(self) -> &'static str {
        match self {
            Self::Generate => "generate",
            Self::Rollout => "rollout",
            Self::Respond => "respond",
            Self::Verify => "verify",
        }
    }
}

/// The units that were started and have not ended, by their index.
#[derive(Default)]
pub(super) struct Stages(Mutex<HashMap<u64, Stage>>);

impl Stages {
    /// One more unit, at its first step.
    pub fn begin(&self, unit: u64) {
        self.reached().insert(unit, Stage::Generate);
    }

    /// Takes note of a step. Where parts of a unit go on beside each other, the furthest counts.
    pub fn reach(&self, unit: u64, stage: Stage) {
        if let Some(reached) = self.reached().get_mut(&unit) {
            *reached = stage.max(*reached);
        }
    }

    /// One unit less.
    pub fn end(&self, unit: u64) {
        self.reached().remove(&unit);
    }

    /// How many units there are.
    pub fn len(&self) -> usize {
        self.reached().len()
    }

    /// How many are at each step.
    pub fn counts(&self) -> BTreeMap<Stage, u64> {
        let mut counts = BTreeMap::new();
        for stage in self.reached().values() {
            *counts.entry(*stage).or_insert(0) += 1;
        }
        counts
    }

    fn reached(&self) -> MutexGuard<'_, HashMap<u64, Stage>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_counts_at_its_furthest_step_until_it_ends() {
        let stages = Stages::default();
        stages.begin(7);
        stages.begin(8);
        stages.reach(7, Stage::Verify);
        stages.reach(7, Stage::Rollout);
        stages.reach(9, Stage::Rollout);
        let expected = BTreeMap::from([(Stage::Generate, 1), (Stage::Verify, 1)]);
        assert_eq!(stages.counts(), expected);
        stages.end(7);
        assert_eq!(stages.len(), 1);
    }
}
