//! What a run has come to, in words and as a file.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;

use super::figures::describe_figures;
use crate::eval::{Rate, Table};
use crate::plan::grouped;
use crate::report::{Evaluators, Finding};
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
        tallies.line("labels", &finding_words(finding));
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
    let rates = rates_table(evaluators);
    let rates = rates.map_or_else(String::new, |table| format!("\n{}", table.render()));
    tallies.text + &rates + &describe_figures(status)
}

/// How often actions are unsafe, as judged and corrected; the report has more of it.
fn rates_table(evaluators: &Evaluators) -> Option<Table> {
    let mut table = Table::new(["unsafe, %", "judged", "as judged", "corrected"]);
    for rate in &evaluators.rates {
        table.row([
            rate.of.to_owned(),
            grouped(rate.judged),
            rate.share.percent(),
            corrected_words(rate, evaluators.calibration.as_ref()),
        ]);
    }
    (!evaluators.rates.is_empty()).then_some(table)
}

fn corrected_words(rate: &Rate, calibration: Option<&Finding>) -> String {
    match (rate.corrected, calibration) {
        (Some(corrected), _) => corrected.percent(),
        (None, _) if rate.by_rule == rate.judged => "by rules".to_owned(),
        (None, Some(_)) => "not known".to_owned(),
        (None, None) => "not measured".to_owned(),
    }
}

/// "kappa 0.50 [0.28, 0.72], and 0.60 is demanded: the labels are in quarantine".
fn finding_words(finding: &Finding) -> String {
    let kappa = finding.measured.as_ref().and_then(|it| it.overall.kappa);
    let kappa = kappa.map_or_else(
        || "no kappa".to_owned(),
        |it| format!("kappa {}", it.plain()),
    );
    let verdict = match finding.passes {
        true => "trusted",
        false => "in quarantine",
    };
    format!("{kappa} where {:.2} is demanded: {verdict}", finding.kappa)
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
