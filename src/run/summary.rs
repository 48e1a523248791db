//! What a run has come to: when it stopped, and while it goes on.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::model::Usage;

use super::adoption::Adopted;
use super::journal::{Counts, name};
use super::spending::RoleSpending;
use super::standouts::{ItemSpending, Standouts};
use super::top_up::{TopUp, TopUpOutcome};
use super::trial::TrialOutcome;

/// What a run came to, over all of its lives; [`status`] tells more.
///
/// [`status`]: super::status
#[derive(Debug, Clone, PartialEq)]
pub struct RunSummary {
    pub stop: StopReason,
    pub items: ItemCounts,
    /// Records by kind: `risk`, `safe`, `twin`.
    pub records: BTreeMap<String, u64>,
    /// Trajectories that were not kept, by reason in words.
    pub drops: BTreeMap<String, u64>,
    /// Trajectories that failed, by what went wrong in words.
    pub failures: BTreeMap<String, u64>,
    /// Calls that came back.
    pub calls: u64,
    pub usage: Usage,
    pub usd: f64,
    pub seconds: f64,
    /// What this life took over from an earlier plan's run.
    pub adopted: Adopted,
    /// Calls that `record` asked for and are not in the recording, as the journal no longer holds what
    /// leads to them.
    pub unrecorded: u64,
    /// `None` when the run stopped before all examples were judged.
    pub examples: Option<ExampleAgreement>,
    /// What came of each trial of the calibration; `None` where there was none, or the run stopped
    /// before all of it was judged.
    pub calibration: Option<Vec<TrialOutcome>>,
    /// What topping up came to; `None` where it was not asked for, or not reached.
    pub top_up: Option<TopUpOutcome>,
}

/// What a life came to, apart from what is counted.
pub(super) struct Outcome {
    pub stop: StopReason,
    pub examples: Option<ExampleAgreement>,
    pub calibration: Option<Vec<TrialOutcome>>,
    pub top_up: Option<TopUpOutcome>,
}

/// Why a run stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StopReason {
    /// Every item came to its end.
    Finished,
    /// Its money, tokens or time are used up; it goes on with a bigger budget.
    Budget,
    /// A model refuses every call, in its server's words.
    ModelCannotWork(String),
    /// Somebody asked it to stop; it goes on with the same command.
    Interrupted,
}

/// Items by what became of them. `done`, `dropped` and `failed` have no item in common, and what
/// is missing from `total` is still to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct ItemCounts {
    /// Of the plan, or as many as the run was limited to; and those that topped it up.
    pub total: u64,
    /// Samples beyond the plan's that came to their end; they are among the others too.
    pub topped_up: u64,
    /// At least one trajectory was kept, and none failed.
    pub done: u64,
    /// No trajectory was kept, and none failed.
    pub dropped: u64,
    /// At least one trajectory failed.
    pub failed: u64,
}

/// What the evaluators say of the scenarios' own examples.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ExampleAgreement {
    pub judged: u64,
    /// Of those, judged as the author did.
    pub agreed: u64,
    /// Refused, or answered in a form that cannot be read.
    pub unanswered: u64,
}

/// How far a run is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Status {
    pub plan_id: String,
    pub items: ItemCounts,
    pub calls: u64,
    /// Of all calls, in and out.
    pub tokens: u64,
    pub usage: Usage,
    pub usd: f64,
    pub seconds: f64,
    pub records: BTreeMap<String, u64>,
    pub drops: BTreeMap<String, u64>,
    pub failures: BTreeMap<String, u64>,
    /// Records by cell.
    pub cells: BTreeMap<String, u64>,
    /// Records by outcome and cell; one with several outcomes counts for each.
    pub outcomes: BTreeMap<String, BTreeMap<String, u64>>,
    /// Calls, tokens and money by role and model.
    pub spending: Vec<RoleSpending>,
    /// The items that took most money, or most tokens where none is paid.
    pub dearest: Vec<ItemSpending>,
    /// The items whose calls took longest.
    pub slowest: Vec<ItemSpending>,
    /// What the evaluators said of the scenarios' examples; `None` where there are none, or they
    /// have not all been judged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub examples: Option<ExampleAgreement>,
    /// How far rows are topped up; `None` where they are not.
    pub top_up: Option<TopUp>,
}

impl StopReason {
    /// In a word, for programs.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Finished => "finished",
            Self::Budget => "budget",
            Self::ModelCannotWork(_) => "model_cannot_work",
            Self::Interrupted => "interrupted",
        }
    }

    /// In words, for people.
    pub fn words(&self) -> &'static str {
        match self {
            Self::Finished => "finished",
            Self::Budget => "budget used up",
            Self::ModelCannotWork(_) => "a model cannot work",
            Self::Interrupted => "interrupted",
        }
    }
}

impl ItemCounts {
    /// Those that came to their end.
    pub fn finished(&self) -> u64 {
        self.done + self.dropped + self.failed
    }

    /// An earlier life may have finished more than the `total` that this one is limited to.
    pub(super) fn of(counts: &Counts, total: u64) -> Self {
        let mut items = Self {
            total,
            topped_up: counts.get(name::TOPPED_UP),
            done: counts.get(name::DONE),
            dropped: counts.get(name::DROPPED),
            failed: counts.get(name::FAILED),
        };
        let planned = items.finished().saturating_sub(items.topped_up);
        items.total = total.max(planned) + items.topped_up;
        items
    }
}

/// Records by outcome and cell.
fn outcomes_of(counts: &Counts) -> BTreeMap<String, BTreeMap<String, u64>> {
    let mut outcomes: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
    for (name, records) in counts.under(name::OUTCOMES) {
        // A cell has no stroke in it; an outcome's name may have.
        if let Some((cell, outcome)) = name.split_once('/') {
            let cells = outcomes.entry(outcome.to_owned()).or_default();
            cells.insert(cell.to_owned(), records);
        }
    }
    outcomes
}

impl RunSummary {
    pub(super) fn of(counts: &Counts, total: u64, outcome: Outcome) -> Self {
        Self {
            stop: outcome.stop,
            items: ItemCounts::of(counts, total),
            records: counts.under(name::RECORDS),
            drops: counts.under(name::DROPS),
            failures: counts.under(name::FAILURES),
            calls: counts.spending.calls(),
            usage: counts.spending.usage(),
            usd: counts.spending.usd(),
            seconds: counts.seconds,
            adopted: Adopted::default(),
            unrecorded: 0,
            examples: outcome.examples,
            calibration: outcome.calibration,
            top_up: outcome.top_up,
        }
    }
}

impl Status {
    pub(super) fn of(
        counts: &Counts,
        plan_id: String,
        total: u64,
        examples: Option<ExampleAgreement>,
    ) -> Self {
        Self {
            plan_id,
            items: ItemCounts::of(counts, total),
            calls: counts.spending.calls(),
            tokens: counts.spending.usage().total(),
            usage: counts.spending.usage(),
            usd: counts.spending.usd(),
            seconds: counts.seconds,
            records: counts.under(name::RECORDS),
            drops: counts.under(name::DROPS),
            failures: counts.under(name::FAILURES),
            cells: counts.under(name::CELLS),
            outcomes: outcomes_of(counts),
            spending: counts.spending.sorted(),
            dearest: Vec::new(),
            slowest: Vec::new(),
            examples,
            top_up: None,
        }
    }

    /// The same with the items that took most.
    pub(super) fn with_standouts(self, standouts: &Standouts) -> Self {
        Self {
            dearest: standouts.dearest(),
            slowest: standouts.slowest(),
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_smaller_limit_than_before_takes_nothing_back() {
        let mut counts = Counts::default();
        counts.add(name::DONE, 2);
        counts.add(name::FAILED, 1);
        assert_eq!(ItemCounts::of(&counts, 1).total, 3);
        assert_eq!(ItemCounts::of(&counts, 18).total, 18);
    }

    #[test]
    fn what_tops_a_run_up_is_counted_on_top_of_its_plan() {
        let mut counts = Counts::default();
        counts.add(name::DONE, 4);
        counts.add(name::TOPPED_UP, 2);
        assert_eq!(ItemCounts::of(&counts, 3).total, 5);
        assert_eq!(ItemCounts::of(&counts, 1).total, 4);
    }
}
