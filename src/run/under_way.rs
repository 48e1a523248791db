//! The calls that are under way: what a run that is stopping waits for.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::check::{Key, Role};

/// Every call from its admission to its place in the journal.
#[derive(Default)]
pub(super) struct UnderWay(Mutex<Slots>);

/// Slots are used again, so that a call takes no more than a look and a write.
#[derive(Default)]
struct Slots {
    calls: Vec<Option<Call>>,
    free: Vec<usize>,
}

struct Call {
    role: Role,
    model: Key,
    since: Instant,
}

/// One call; it is under way until this is dropped.
pub(super) struct OnItsWay<'u> {
    all: &'u UnderWay,
    slot: usize,
}

/// Calls that somebody waits for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WaitingFor {
    /// How many there are by role and model.
    pub calls: BTreeMap<(Role, Key), u64>,
    /// For how long the oldest is under way.
    pub oldest: Duration,
}

impl UnderWay {
    /// One more call, which began at `since`.
    pub fn begin(&self, role: Role, model: &Key, since: Instant) -> OnItsWay<'_> {
        let call = Some(Call {
            role,
            model: model.clone(),
            since,
        });
        let mut slots = self.slots();
        let slot = match slots.free.pop() {
            Some(slot) => {
                slots.calls[slot] = call;
                slot
            }
            None => {
                slots.calls.push(call);
                slots.calls.len() - 1
            }
        };
        OnItsWay { all: self, slot }
    }

    /// Those that are under way now.
    pub fn now(&self) -> WaitingFor {
        let slots = self.slots();
        let mut waiting = WaitingFor::default();
        for call in slots.calls.iter().flatten() {
            let key = (call.role, call.model.clone());
            *waiting.calls.entry(key).or_insert(0) += 1;
            waiting.oldest = waiting.oldest.max(call.since.elapsed());
        }
        waiting
    }

    fn slots(&self) -> MutexGuard<'_, Slots> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for OnItsWay<'_> {
    fn drop(&mut self) {
        let mut slots = self.all.slots();
        slots.calls[self.slot] = None;
        slots.free.push(self.slot);
    }
}

impl WaitingFor {
    /// All of them.
    pub fn count(&self) -> u64 {
        self.calls.values().sum()
    }

    /// "3 calls (2 agent by Gpt, 1 evaluator by Judge), the oldest for 12 s"
    pub fn words(&self) -> String {
        let count = match self.count() {
            0 => return "what was answered to be written".to_owned(),
            1 => "1 call".to_owned(),
            count => format!("{count} calls"),
        };
        let each = self.calls.iter();
        let each: Vec<_> = each
            .map(|((role, model), count)| format!("{count} {} by {model}", role.word()))
            .collect();
        let seconds = self.oldest.as_secs();
        format!("{count} ({}), the oldest for {seconds} s", each.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn calls_are_named_by_role_and_model_for_as_long_as_they_last() {
        let all = UnderWay::default();
        let (gpt, judge) = (Key("Gpt".to_owned()), Key("Judge".to_owned()));
        let first = all.begin(Role::Agent, &gpt, Instant::now());
        tokio::time::advance(Duration::from_secs(9)).await;
        let _second = all.begin(Role::Agent, &gpt, Instant::now());
        let third = all.begin(Role::Evaluator, &judge, Instant::now());
        tokio::time::advance(Duration::from_secs(3)).await;
        assert_eq!(
            all.now().words(),
            "3 calls (2 agent by Gpt, 1 evaluator by Judge), the oldest for 12 s"
        );
        drop((first, third));
        assert_eq!(
            all.now().words(),
            "1 call (1 agent by Gpt), the oldest for 3 s"
        );
    }
}
