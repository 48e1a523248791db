//! What a run has come to, in words.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::eval::Calibrated;
use crate::plan::grouped;
use crate::run::{ItemCounts, RunSummary, Status};

/// How a run ended, for standard output.
pub fn describe_summary(
    campaign: &str,
    summary: &RunSummary,
    calibrated: Option<&Calibrated>,
) -> String {
    let mut tallies = Tallies::new(format!("{campaign}: {}", summary.stop.words()));
    tallies.line("items", &items(&summary.items));
    tallies.counts("records", &summary.records);
    tallies.counts("dropped", &summary.drops);
    tallies.counts("failed", &summary.failures);
    if let Some(examples) = summary.examples.filter(|examples| examples.judged > 0) {
        let words = format!(
            "the evaluator agrees with {} of {}",
            examples.agreed, examples.judged
        );
        tallies.line("examples", &words);
    }
    if let Some(calibrated) = calibrated {
        tallies.line("labels", &calibrated.words());
    }
    if summary.adopted.calls > 0 {
        let (items, calls) = (summary.adopted.items, summary.adopted.calls);
        let words = format!(
            "{} calls of {} items, taken over from the earlier run",
            grouped(calls),
            grouped(items)
        );
        tallies.line("adopted", &words);
    }
    tallies.line(
        "calls",
        &spent(summary.calls, summary.usage.total(), summary.usd),
    );
    tallies.text
}

/// How far a run is, for standard output.
pub fn describe_status(status: &Status) -> String {
    let plan = status.plan_id.get(..8).unwrap_or(&status.plan_id);
    let mut tallies = Tallies::new(format!("plan {plan}"));
    tallies.line("items", &items(&status.items));
    tallies.counts("records", &status.records);
    tallies.counts("dropped", &status.drops);
    tallies.counts("failed", &status.failures);
    tallies.line("calls", &spent(status.calls, status.tokens, status.usd));
    tallies.line("time", &format!("{:.1} s", status.seconds));
    tallies.text
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

    /// "12: risk 7, safe 5"; nothing where there are none.
    fn counts(&mut self, word: &str, counts: &BTreeMap<String, u64>) {
        let total: u64 = counts.values().sum();
        if total == 0 {
            return;
        }
        let parts: Vec<_> = counts
            .iter()
            .map(|(name, count)| format!("{name} {count}"))
            .collect();
        self.line(word, &format!("{total} ({})", parts.join(", ")));
    }
}

fn items(items: &ItemCounts) -> String {
    let mut words = format!("{} of {} done", items.done, items.total);
    if items.topped_up > 0 {
        let _ = write!(words, " ({} beyond the plan)", items.topped_up);
    }
    if items.dropped > 0 {
        let _ = write!(words, ", {} with nothing kept", items.dropped);
    }
    if items.failed > 0 {
        let _ = write!(words, ", {} failed", items.failed);
    }
    words
}

fn spent(calls: u64, tokens: u64, usd: f64) -> String {
    let (calls, tokens) = (grouped(calls), grouped(tokens));
    format!("{calls} ({tokens} tokens, ${usd:.2})")
}
