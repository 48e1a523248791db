//! What the calls of a run took, by role and model.

use serde::Serialize;

use crate::check::{Key, Role};
use crate::model::Usage;
use crate::run::money::total_usd;

/// What the calls of one role by one model came to, over all lives of a run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RoleSpending {
    pub role: Role,
    /// As the model is declared.
    pub model: Key,
    /// Calls that came back.
    pub calls: u64,
    /// Tokens of these calls, as the servers count them.
    pub usage: Usage,
    /// At the prices that held when each call was made; 0 for models without a price.
    pub usd: f64,
}

/// Spendings with no role and model twice: a handful, so that looking through all is quickest.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Spending(Vec<RoleSpending>);

impl Spending {
    /// `more` on top.
    pub fn add(&mut self, more: &RoleSpending) {
        let is_same = |it: &&mut RoleSpending| it.role == more.role && it.model == more.model;
        match self.0.iter_mut().find(is_same) {
            None => self.0.push(more.clone()),
            Some(known) => {
                known.calls += more.calls;
                known.usage += more.usage;
                known.usd += more.usd;
            }
        }
    }

    /// Every role and model that was called, in no order.
    pub fn each(&self) -> &[RoleSpending] {
        &self.0
    }

    /// In the order of the roles, the dearest model of each first.
    pub fn sorted(&self) -> Vec<RoleSpending> {
        let mut sorted = self.0.clone();
        sorted.sort_by(|one, other| {
            let dearest = other.usd.total_cmp(&one.usd);
            let largest = other.usage.total().cmp(&one.usage.total());
            let of_role = one.role.cmp(&other.role);
            let by_cost = of_role.then(dearest).then(largest);
            by_cost.then_with(|| one.model.cmp(&other.model))
        });
        sorted
    }

    /// All calls.
    pub fn calls(&self) -> u64 {
        self.0.iter().map(|it| it.calls).sum()
    }

    /// The tokens of all calls.
    pub fn usage(&self) -> Usage {
        let mut all = Usage::default();
        for it in &self.0 {
            all += it.usage;
        }
        all
    }

    /// The money of all calls.
    pub fn usd(&self) -> f64 {
        total_usd(self.0.iter().map(|it| it.usd))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(role: Role, model: &str, input: u64, usd: f64) -> RoleSpending {
        RoleSpending {
            role,
            model: Key(model.to_owned()),
            calls: 1,
            usage: Usage {
                input,
                output: 1,
                ..Usage::default()
            },
            usd,
        }
    }

    #[test]
    fn calls_add_up_by_role_and_model_and_come_in_the_order_of_the_roles() {
        let mut spending = Spending::default();
        for (role, model, input, usd) in [
            (Role::Evaluator, "A", 5, 0.0),
            (Role::Agent, "A", 10, 0.5),
            (Role::Agent, "B", 20, 2.0),
            (Role::Agent, "A", 30, 0.5),
        ] {
            spending.add(&call(role, model, input, usd));
        }
        let sorted = spending.sorted();
        let shown: Vec<_> = sorted
            .iter()
            .map(|it| (it.role, it.model.as_str(), it.calls, it.usage.input, it.usd))
            .collect();
        assert_eq!(
            shown,
            [
                (Role::Agent, "B", 1, 20, 2.0),
                (Role::Agent, "A", 2, 40, 1.0),
                (Role::Evaluator, "A", 1, 5, 0.0),
            ]
        );
        assert_eq!((spending.calls(), spending.usd()), (4, 3.0));
        assert_eq!(spending.usage().total(), 69);
    }
}
