//! What calls are expected to take, learned for each role and model from what earlier ones took.

use crate::check::{Key, Role};
use crate::model::Usage;

/// Output that is expected of a call of which nothing is known yet.
const FIRST_OUTPUT: f64 = 1024.0;

/// How far above our own count of a request a server's may be, before any was seen.
const FIRST_FACTOR: f64 = 1.25;

/// Over so many calls an expectation follows what it is told.
const MEMORY: f64 = 32.0;

/// So many usual deviations above what is usual: one call in twenty or so takes more.
const MARGIN: f64 = 2.0;

/// What the calls of one role by one model take.
#[derive(Debug)]
struct Expectation {
    role: Role,
    model: Key,
    seen: f64,
    /// The server's count of a request, as a multiple of ours.
    factor: f64,
    output: f64,
    deviation: f64,
}

/// All that is known; found by a place in it.
#[derive(Debug, Default)]
pub(super) struct Expectations(Vec<Expectation>);

impl Expectations {
    /// The place of a role and model; a run has a handful.
    pub fn place(&mut self, role: Role, model: &Key) -> usize {
        let known = self
            .0
            .iter()
            .position(|it| it.role == role && it.model == *model);
        known.unwrap_or_else(|| {
            self.0.push(Expectation::new(role, model.clone()));
            self.0.len() - 1
        })
    }

    /// What a call is not likely to exceed, whose request measures so much by our own count.
    pub fn bound(&self, place: usize, measured: u64, most_output: Option<u32>) -> Usage {
        let it = &self.0[place];
        let output = (it.output + MARGIN * it.deviation).ceil() as u64;
        Usage {
            input: (measured as f64 * it.factor).ceil() as u64,
            output: most_output.map_or(output, |most| output.min(u64::from(most))),
            ..Usage::default()
        }
    }

    /// Takes note of what a call took whose request measured so much.
    pub fn learn(&mut self, place: usize, measured: u64, usage: Usage) {
        let it = &mut self.0[place];
        it.seen += 1.0;
        let share = 1.0 / it.seen.min(MEMORY);
        if measured > 0 && usage.input > 0 {
            let factor = (usage.input as f64 / measured as f64).clamp(0.1, 10.0);
            it.factor += (factor - it.factor) * share;
        }
        let surprise = usage.output as f64 - it.output;
        // The first answer says nothing of how far others are from it.
        let distance = if it.seen > 1.0 {
            surprise.abs()
        } else {
            usage.output as f64
        };
        it.output += surprise * share;
        it.deviation += (distance - it.deviation) * share;
    }
}

impl Expectation {
    fn new(role: Role, model: Key) -> Self {
        Self {
            role,
            model,
            seen: 0.0,
            factor: FIRST_FACTOR,
            output: FIRST_OUTPUT,
            deviation: 0.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usage(input: u64, output: u64) -> Usage {
        Usage {
            input,
            output,
            ..Usage::default()
        }
    }

    #[test]
    fn a_bound_comes_close_to_what_calls_take() {
        let mut known = Expectations::default();
        let place = known.place(Role::Agent, &Key("M".to_owned()));
        assert_eq!(known.bound(place, 100, None), usage(125, 1024));
        assert_eq!(known.bound(place, 100, Some(50)), usage(125, 50));
        for round in 0..100 {
            known.learn(place, 100, usage(110, 190 + round % 20));
        }
        let bound = known.bound(place, 200, None);
        assert!((220..=221).contains(&bound.input), "{bound:?}");
        assert!((205..=225).contains(&bound.output), "{bound:?}");
    }

    #[test]
    fn roles_and_models_are_kept_apart() {
        let mut known = Expectations::default();
        let key = Key("M".to_owned());
        let agent = known.place(Role::Agent, &key);
        let evaluator = known.place(Role::Evaluator, &key);
        known.learn(agent, 100, usage(100, 10));
        assert_ne!(agent, evaluator);
        assert_eq!(known.place(Role::Agent, &key), agent);
        assert_eq!(known.bound(evaluator, 0, None).output, 1024);
    }
}
