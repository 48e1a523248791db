//! The few items that took most: kept as they end, so that nobody has to look through all.

use serde::Serialize;

use crate::model::Usage;

/// How many are kept of each sort.
const KEPT: usize = 5;

/// What one item took, over all lives of its run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ItemSpending {
    /// The item's id.
    pub item: String,
    pub scenario: String,
    pub calls: u64,
    /// In and out.
    pub tokens: u64,
    pub usd: f64,
    /// What its calls took one after the other, with their waits for limits and their retries.
    pub seconds: f64,
}

/// What the calls of one item took so far.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Took {
    pub calls: u64,
    pub tokens: u64,
    pub usd: f64,
    pub milliseconds: u64,
}

impl Took {
    /// One more call.
    pub fn add(&mut self, usage: Usage, usd: f64, milliseconds: u64) {
        self.calls += 1;
        self.tokens += usage.total();
        self.usd += usd;
        self.milliseconds += milliseconds;
    }
}

impl ItemSpending {
    /// What the item of this id took.
    pub(super) fn of(item: &str, scenario: &str, took: Took) -> Self {
        Self {
            item: item.to_owned(),
            scenario: scenario.to_owned(),
            calls: took.calls,
            tokens: took.tokens,
            usd: took.usd,
            #[expect(clippy::cast_precision_loss, reason = "no call takes 2^52 ms")]
            seconds: took.milliseconds as f64 / 1e3,
        }
    }
}

/// The items that took most money, and those that took longest.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Standouts(Vec<ItemSpending>);

impl Standouts {
    /// Those that were kept before.
    pub fn from(kept: Vec<ItemSpending>) -> Self {
        Self(kept)
    }

    /// Takes in an item that has ended, and tells whether it stands out.
    ///
    /// One that was tried again took what it had taken before as well, so it takes its own place.
    pub fn enter(&mut self, item: &ItemSpending) -> bool {
        let stands_out = self.is_among(item, cost) || self.is_among(item, time);
        if !stands_out {
            return false;
        }
        self.0.retain(|it| it.item != item.item);
        self.0.push(item.clone());
        let dearest = self.dearest();
        let slowest = self.slowest();
        self.0
            .retain(|it| dearest.contains(it) || slowest.contains(it));
        true
    }

    /// All of them.
    pub fn each(&self) -> &[ItemSpending] {
        &self.0
    }

    /// Those that took most money, or most tokens where none is paid.
    pub fn dearest(&self) -> Vec<ItemSpending> {
        self.first_by(cost)
    }

    /// Those whose calls took longest.
    pub fn slowest(&self) -> Vec<ItemSpending> {
        self.first_by(time)
    }

    fn is_among(&self, item: &ItemSpending, measure: Measure) -> bool {
        let others = self.0.iter().filter(|it| it.item != item.item);
        others.filter(|it| measure(it) > measure(item)).count() < KEPT
    }

    fn first_by(&self, measure: Measure) -> Vec<ItemSpending> {
        let mut sorted = self.0.clone();
        sorted.sort_by(|one, other| {
            let (one_is, other_is) = (measure(one), measure(other));
            let first = other_is.0.total_cmp(&one_is.0);
            let second = other_is.1.cmp(&one_is.1);
            first.then(second).then_with(|| one.item.cmp(&other.item))
        });
        sorted.truncate(KEPT);
        sorted
    }
}

/// What items are ordered by, and what decides between equals.
type Measure = fn(&ItemSpending) -> (f64, u64);

fn cost(item: &ItemSpending) -> (f64, u64) {
    (item.usd, item.tokens)
}

fn time(item: &ItemSpending) -> (f64, u64) {
    (item.seconds, item.calls)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(number: u64, usd: f64, milliseconds: u64) -> ItemSpending {
        let took = Took {
            calls: 1,
            tokens: number,
            usd,
            milliseconds,
        };
        ItemSpending::of(&format!("i{number:03}"), "S", took)
    }

    fn ids(items: &[ItemSpending]) -> Vec<&str> {
        items.iter().map(|it| it.item.as_str()).collect()
    }

    #[test]
    fn of_many_items_a_few_are_kept() {
        let mut standouts = Standouts::default();
        for number in 0..100 {
            standouts.enter(&item(number, 0.01 * number as f64, 1000 - number));
        }
        assert_eq!(
            ids(&standouts.dearest()),
            ["i099", "i098", "i097", "i096", "i095"]
        );
        assert_eq!(
            ids(&standouts.slowest()),
            ["i000", "i001", "i002", "i003", "i004"]
        );
        assert_eq!(standouts.each().len(), 10);
        assert!(!standouts.enter(&item(200, 0.5, 950)), "it is like most");
    }

    #[test]
    fn an_item_that_was_tried_again_has_one_place_and_money_goes_before_tokens() {
        let mut standouts = Standouts::default();
        assert!(standouts.enter(&item(1, 0.0, 10)));
        assert!(standouts.enter(&item(2, 0.0, 10)));
        assert_eq!(ids(&standouts.dearest()), ["i002", "i001"]);
        assert!(standouts.enter(&item(1, 0.5, 20)));
        assert_eq!(ids(&standouts.dearest()), ["i001", "i002"]);
    }
}
