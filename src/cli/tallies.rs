//! What a run has come to, in words and as a file.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;

use super::figures::describe_figures;
use crate::eval::Rate;
use crate::plan::grouped;
use crate::report::Evaluators;
use crate::run::{Adopted, ItemCounts, RunSummary, Status};

/// How a run ended, for standard output.
pub fn describe_summary(
    campaign: &str,
    summary: &RunSummary,
    status: &Status,
    evaluators: &Evaluators,
) -> String {
    let mut tallies = Tallies::new(format!("{campaign}: {}", summary.stop.words()));
    tallies.records(status);
    if let Some(examples) = summary.examples.filter(|examples| examples.judged > 0) {
        let words = format!(
            "the evaluator agrees with {} of {}",
            examples.agreed, examples.judged
        );
        tallies.line("examples", &words);
    }
    if let Some(finding) = &evaluators.calibration {
        tallies.line("labels", &finding.words);
    }
    for rate in evaluators.rates.iter().take(RATES) {
        tallies.line("unsafe", &rate_words(rate));
    }
    tallies.adopted(summary.adopted);
    if summary.unrecorded > 0 {
        let words = format!(
            "without {} calls of finished items, which `--keep-calls no` has dropped",
            grouped(summary.unrecorded)
        );
        tallies.line("recorded", &words);
    }
    tallies.effort(status);
    tallies.text + &describe_figures(status)
}

/// Rates in a summary; the report has all of them.
const RATES: usize = 2;

/// "12.5 [9.1, 16.9] % of 280 actions of the agent (10.2 [5.8, 15.9] % corrected for …)".
fn rate_words(rate: &Rate) -> String {
    let (share, judged, of) = (rate.share.percent(), grouped(rate.judged), rate.of);
    let corrected = match rate.corrected {
        Some(corrected) => format!(
            "{} % corrected for the evaluator's error",
            corrected.percent()
        ),
        None if rate.by_rule == rate.judged => "all decided by rules".to_owned(),
        None => "not corrected: the evaluator was not measured".to_owned(),
    };
    format!("{share} % of {judged} {of} ({corrected})")
}

/// How far a run is, for standard output.
pub fn describe_status(status: &Status) -> String {
    let plan = status.plan_id.get(..8).unwrap_or(&status.plan_id);
    let mut tallies = Tallies::new(format!("plan {plan}"));
    tallies.records(status);
    tallies.effort(status);
    tallies.text + &describe_figures(status)
}

/// How a run ended, for programs: what `status` tells, and what only the end knows.
#[derive(Serialize)]
pub struct SummaryFile<'s> {
    pub campaign: &'s str,
    /// `finished`, `budget`, `model_cannot_work` or `interrupted`.
    pub stop: &'static str,
    #[serde(flatten)]
    pub status: &'s Status,
    pub adopted: Adopted,
    /// Calls that `--record` asked for, and the journal no longer held.
    pub unrecorded: u64,
    /// How far the labels can be trusted, and how often actions are unsafe.
    pub evaluators: &'s Evaluators,
}

impl<'s> SummaryFile<'s> {
    pub fn of(
        campaign: &'s str,
        summary: &RunSummary,
        status: &'s Status,
        evaluators: &'s Evaluators,
    ) -> Self {
        Self {
            campaign,
            stop: summary.stop.word(),
            status,
            adopted: summary.adopted,
            unrecorded: summary.unrecorded,
            evaluators,
        }
    }
}

/// A heading, and lines of a word and what there is to say about it.
struct Tallies {
    text: String,
}

impl Tallies {
    fn new(heading: String) -> Self {
        Self {
            text: heading + "\n",
        }
    }

    fn line(&mut self, word: &str, words: &str) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.text, "  {word:<9} {words}");
    }

    fn records(&mut self, status: &Status) {
        self.line("items", &items(&status.items));
        self.counts("records", &status.records);
        for (word, counts) in [("dropped", &status.drops), ("failed", &status.failures)] {
            let total = counts.values().sum();
            if total > 0 {
                self.line(word, &grouped(total));
            }
        }
    }

    fn adopted(&mut self, adopted: Adopted) {
        let Adopted { items, calls, gone } = adopted;
        if calls > 0 {
            let (items, calls) = (grouped(items), grouped(calls));
            let words = format!("{calls} calls of {items} items of the earlier run");
            self.line("adopted", &words);
        }
        if gone > 0 {
            let words = format!(
                "not {} calls of it, which `--keep-calls no` has dropped",
                grouped(gone)
            );
            self.line("adopted", &words);
        }
    }

    fn effort(&mut self, status: &Status) {
        let (calls, tokens) = (grouped(status.calls), grouped(status.tokens));
        let words = format!("{calls} ({tokens} tokens, ${:.2})", status.usd);
        self.line("calls", &words);
        self.line("time", &format!("{:.1} s", status.seconds));
    }

    /// "12 (risk 7, safe 5)"; nothing where there are none.
    fn counts(&mut self, word: &str, counts: &BTreeMap<String, u64>) {
        let total: u64 = counts.values().sum();
        if total == 0 {
            return;
        }
        let parts: Vec<_> = counts
            .iter()
            .map(|(name, count)| format!("{name} {}", grouped(*count)))
            .collect();
        self.line(word, &format!("{} ({})", grouped(total), parts.join(", ")));
    }
}

fn items(items: &ItemCounts) -> String {
    let (done, total) = (grouped(items.done), grouped(items.total));
    let mut words = format!("{done} of {total} done");
    if items.topped_up > 0 {
        let _ = write!(words, " ({} beyond the plan)", grouped(items.topped_up));
    }
    if items.dropped > 0 {
        let _ = write!(words, ", {} with nothing kept", grouped(items.dropped));
    }
    if items.failed > 0 {
        let _ = write!(words, ", {} failed", grouped(items.failed));
    }
    words
}
