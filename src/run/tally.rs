//! What the answers used by one trajectory come to: tokens, money, and who gave them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use crate::check::{Key, Role};
use crate::model::Usage;

/// Adds up answers; several may be under way at once.
#[derive(Debug, Default)]
pub(super) struct Tally(Mutex<Sums>);

/// What a tally has come to.
#[derive(Debug, Clone, Default)]
pub(super) struct Sums {
    /// A handful, in the order of arrival.
    shares: Vec<Share>,
    /// Whether any answer was the simulated model's.
    pub simulated: bool,
    /// Whether a model was shown less than the whole history.
    pub shortened: bool,
}

/// The answers of one model in one role.
#[derive(Debug, Clone)]
struct Share {
    role: Role,
    model: Key,
    usage: Usage,
}

impl Tally {
    /// Counts one answer.
    pub fn count(&self, role: Role, model: &Key, usage: Usage, simulated: bool) {
        let mut sums = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sums.add(role, model, usage);
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
        for share in &self.shares {
            total += share.usage;
        }
        total
    }

    /// Tokens by model: whole numbers, in an order that does not depend on that of arrival, so that no
    /// rounding does.
    pub fn by_model(&self) -> BTreeMap<&Key, Usage> {
        let mut by_model: BTreeMap<&Key, Usage> = BTreeMap::new();
        for share in &self.shares {
            *by_model.entry(&share.model).or_default() += share.usage;
        }
        by_model
    }

    /// The models that answered, by their role.
    pub fn players(&self) -> BTreeMap<Role, BTreeSet<&Key>> {
        let mut players: BTreeMap<Role, BTreeSet<&Key>> = BTreeMap::new();
        for share in &self.shares {
            players.entry(share.role).or_default().insert(&share.model);
        }
        players
    }

    /// `other` on top.
    pub fn merge(&mut self, other: &Self) {
        for share in &other.shares {
            self.add(share.role, &share.model, share.usage);
        }
        self.simulated |= other.simulated;
        self.shortened |= other.shortened;
    }

    fn add(&mut self, role: Role, model: &Key, usage: Usage) {
        let mut known = self.shares.iter_mut();
        match known.find(|share| share.role == role && share.model == *model) {
            Some(share) => share.usage += usage,
            None => self.shares.push(Share {
                role,
                model: model.clone(),
                usage,
            }),
        }
    }
}
