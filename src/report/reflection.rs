//! How far each round of reflection helps: the share of risk scenarios that have a safe action.

use serde::Serialize;

use crate::run::{DropReason, Ending, Kind};

/// Risk scenarios after so many rounds of reflection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReflectionRound {
    /// 0 is the responder's first proposal, before any reflection.
    pub round: usize,
    /// Risk scenarios for which a safe action was found in this round or before.
    pub safe: u64,
    /// All risk scenarios, those included for which none was ever found.
    pub of: u64,
}

/// Counts risk scenarios by the round in which they became safe.
#[derive(Debug, Default)]
pub(super) struct Rounds {
    found: Vec<u64>,
    never: u64,
}

impl Rounds {
    pub(super) fn enter(&mut self, ending: &Ending) {
        match ending {
            Ending::Kept { record } if record.kind == Kind::Risk => {
                let round = record.reflections.len();
                if self.found.len() <= round {
                    self.found.resize(round + 1, 0);
                }
                self.found[round] += 1;
            }
            Ending::Dropped {
                reason: DropReason::NoSafeAction,
                ..
            } => self.never += 1,
            Ending::Kept { .. } | Ending::Dropped { .. } | Ending::Failed { .. } => {}
        }
    }

    /// One entry for each round up to `rounds`, none where there is no risk scenario.
    pub(super) fn table(&self, rounds: u32) -> Vec<ReflectionRound> {
        let of = self.found.iter().sum::<u64>() + self.never;
        if of == 0 {
            return Vec::new();
        }
        let mut safe = 0;
        let last = (rounds as usize).max(self.found.len().saturating_sub(1));
        (0..=last)
            .map(|round| {
                safe += self.found.get(round).copied().unwrap_or(0);
                ReflectionRound { round, safe, of }
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_share_grows_with_the_rounds_and_counts_those_never_safe() {
        let rounds = Rounds {
            found: vec![5, 0, 2],
            never: 3,
        };
        let shares: Vec<(u64, u64)> = rounds.table(4).iter().map(|it| (it.safe, it.of)).collect();
        assert_eq!(shares, [(5, 10), (5, 10), (7, 10), (7, 10), (7, 10)]);
    }
}
