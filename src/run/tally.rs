//! What the answers used by one trajectory come to: tokens, money, and who gave them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use crate::check::{Key, Role};
use crate::model::Usage;

/// Adds up answers; several may be under way at once.
#[derive(Debug, Default)]
pub(super) struct Tally(Mutex<Sums>);

/// What a tally has come to, in an order that does not depend on that of arrival.
#[derive(Debug, Clone, Default)]
pub(super) struct Sums {
    /// Whole numbers by model, so that no rounding depends on the order.
    pub usage: BTreeMap<Key, Usage>,
    pub players: BTreeMap<Role, BTreeSet<Key>>,
    /// Whether any answer was the simulated model's.
    pub simulated: bool,
    /// Whether a model was shown less than the whole history.
    pub shortened: bool,
}

impl Tally {
    /// Counts one answer.
    pub fn count(&self, role: Role, model: &Key, usage: Usage, simulated: bool) {
        let mut sums = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Mostly it is known, and its name need not be copied.
        match sums.usage.get_mut(model) {
            Some(sum) => *sum += usage,
            None => {
                sums.usage.insert(model.clone(), usage);
            }
        }
        let players = sums.players.entry(role).or_default();
        if !players.contains(model) {
            players.insert(model.clone());
        }
        sums.simulated |= simulated;
    }

    /// Takes note that a model was shown less than the whole history.
    pub fn note_shortened(&self) {
        let mut sums = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sums.shortened = true;
    }

    /// What was counted so far.
    pub fn sums(&self) -> Sums {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl Sums {
    /// All tokens.
    pub fn total(&self) -> Usage {
        let mut total = Usage::default();
        for usage in self.usage.values() {
            total += *usage;
        }
        total
    }

    /// `other` on top.
    pub fn merge(&mut self, other: &Self) {
        for (model, usage) in &other.usage {
            *self.usage.entry(model.clone()).or_default() += *usage;
        }
        self.simulated |= other.simulated;
        self.shortened |= other.shortened;
        for (role, models) in &other.players {
            self.players
                .entry(*role)
                .or_default()
                .extend(models.iter().cloned());
        }
    }
}
