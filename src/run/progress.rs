//! Shows how a run goes: a bar on a terminal, a line every few seconds elsewhere.

use std::collections::BTreeMap;
use std::io::{IsTerminal as _, Write as _};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use console::{Term, truncate_str};
use indicatif::{HumanDuration, ProgressBar, ProgressStyle};

use super::short_count::short_count;
use super::stages::Stage;
use super::summary::ItemCounts;
use super::under_way::WaitingFor;
use crate::model::Usage;
use crate::plan::grouped;

/// Where the state of a run is shown.
pub trait Progress: Send {
    /// Takes in the state, several times a second.
    fn show(&mut self, state: &ProgressState);

    /// Says something that should stay readable.
    fn say(&mut self, line: &str);

    /// Takes in the state at the end.
    fn finish(&mut self, state: &ProgressState);
}

/// How a run is going.
#[derive(Debug, Clone, Default)]
pub struct ProgressState {
    pub items: ItemCounts,
    /// Items in flight, by the step that they are at.
    pub stages: BTreeMap<Stage, u64>,
    /// Over all lives of the run, as are tokens and money.
    pub calls: u64,
    pub calls_per_second: f64,
    /// Calls sent and not yet answered.
    pub in_flight: u64,
    /// How many of them there may be now, where there is a limit: declared ones, and what was learned
    /// of the servers.
    pub limit: Option<usize>,
    pub usage: Usage,
    pub usd: f64,
    /// Of this life.
    pub elapsed: Duration,
    /// At the present pace.
    pub left: Option<Duration>,
    /// What a run that is stopping waits for.
    pub waiting_for: Option<WaitingFor>,
}

/// Seconds between two lines of a log.
const LOG_EVERY: Duration = Duration::from_secs(5);

/// A bar when standard error is a terminal, else log lines on it.
pub fn progress_on_standard_error() -> Box<dyn Progress> {
    if std::io::stderr().is_terminal() {
        return Box::new(Bar::new());
    }
    Box::new(LogLines { last: None })
}

/// Shows nothing.
#[derive(Debug, Default)]
pub struct Silence;

impl Progress for Silence {
    fn show(&mut self, _: &ProgressState) {}
    fn say(&mut self, _: &str) {}
    fn finish(&mut self, _: &ProgressState) {}
}

impl Progress for Box<dyn Progress> {
    fn show(&mut self, state: &ProgressState) {
        self.as_mut().show(state);
    }

    fn say(&mut self, line: &str) {
        self.as_mut().say(line);
    }

    fn finish(&mut self, state: &ProgressState) {
        self.as_mut().finish(state);
    }
}

impl ProgressState {
    /// Everything in one line, without the count of items.
    pub fn line(&self) -> String {
        let parts = [self.work(), self.traffic(), self.cost()];
        let said: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        said.join(" · ")
    }

    /// What goes on now, and what went wrong.
    fn work(&self) -> String {
        let mut parts = Vec::new();
        match &self.waiting_for {
            Some(waiting) => parts.push(format!("stopping, waiting for {}", waiting.words())),
            None => parts.extend(self.stages_in_words()),
        }
        if self.items.dropped > 0 {
            parts.push(format!("{} dropped", grouped(self.items.dropped)));
        }
        if self.items.failed > 0 {
            parts.push(format!("{} failed", grouped(self.items.failed)));
        }
        parts.join(" · ")
    }

    /// What goes to the models and comes from them.
    fn traffic(&self) -> String {
        let calls = grouped(self.calls);
        let pace = match self.calls_per_second {
            slow @ ..100.0 => format!("{slow:.1}"),
            fast => grouped(fast as u64),
        };
        let in_flight = match self.limit {
            Some(limit) => format!("{} of {limit}", self.in_flight),
            None => self.in_flight.to_string(),
        };
        let tokens = short_count(self.usage.total());
        format!("{calls} calls, {pace}/s · {in_flight} in flight · {tokens} tokens")
    }

    fn stages_in_words(&self) -> Option<String> {
        let stages = self.stages.iter();
        let stages: Vec<String> = stages
            .map(|(stage, count)| format!("{count} {}", stage.word()))
            .collect();
        (!stages.is_empty()).then(|| stages.join(", "))
    }

    /// What it has cost so far, and how long it will take.
    fn cost(&self) -> String {
        let mut parts = Vec::new();
        if self.usd > 0.0 {
            parts.push(format!("${:.2}", self.usd));
        }
        if let (None, Some(left)) = (&self.waiting_for, self.left) {
            parts.push(format!("{} left", HumanDuration(left)));
        }
        parts.join(" · ")
    }
}

/// The bar that is on the terminal now, if one is.
static SHOWN: Mutex<Option<ProgressBar>> = Mutex::new(None);

/// Writes lines to standard error, with the bar out of their way.
pub fn write_beside_progress(lines: &[u8]) {
    let write = || {
        // A standard error that is closed takes nothing, and the run goes on.
        let _ = std::io::stderr().write_all(lines);
    };
    let shown = SHOWN.lock().unwrap_or_else(PoisonError::into_inner).clone();
    match shown {
        Some(bar) => bar.suspend(write),
        None => write(),
    }
}

fn show_only(bar: Option<ProgressBar>) {
    *SHOWN.lock().unwrap_or_else(PoisonError::into_inner) = bar;
}

struct Bar(ProgressBar);

impl Bar {
    fn new() -> Self {
        let bar = ProgressBar::new(0);
        let style =
            ProgressStyle::with_template("{bar:24} {human_pos}/{human_len} items{prefix}\n{msg}");
        bar.set_style(style.expect("the template is constant and right"));
        show_only(Some(bar.clone()));
        Self(bar)
    }
}

impl Progress for Bar {
    fn show(&mut self, state: &ProgressState) {
        self.0.set_length(state.items.total);
        self.0.set_position(state.items.finished());
        let cost = state.cost();
        self.0.set_prefix(match cost.is_empty() {
            true => cost,
            false => format!(" · {cost}"),
        });
        let (_, columns) = Term::stderr().size();
        let lines = [state.work(), state.traffic()];
        // One that is empty would throw the bar's lines out of step.
        let lines = lines.iter().filter(|line| !line.is_empty());
        let cut: Vec<_> = lines
            .map(|line| truncate_str(line, usize::from(columns), "…"))
            .collect();
        self.0.set_message(cut.join("\n"));
    }

    fn say(&mut self, line: &str) {
        self.0.println(line);
    }

    fn finish(&mut self, state: &ProgressState) {
        self.show(state);
        self.0.abandon();
        show_only(None);
    }
}

struct LogLines {
    /// When the last line was written, as the run's own time.
    last: Option<Duration>,
}

impl LogLines {
    fn write(&mut self, state: &ProgressState) {
        self.last = Some(state.elapsed);
        let [finished, total] = [state.items.finished(), state.items.total].map(grouped);
        write_line(&format!("{finished}/{total} items · {}", state.line()));
    }
}

impl Progress for LogLines {
    fn show(&mut self, state: &ProgressState) {
        let last = self.last.unwrap_or_default();
        if state.elapsed.saturating_sub(last) >= LOG_EVERY {
            self.write(state);
        }
    }

    fn say(&mut self, line: &str) {
        write_line(line);
    }

    fn finish(&mut self, state: &ProgressState) {
        self.write(state);
    }
}

fn write_line(line: &str) {
    // A standard error that is closed takes nothing, and the run goes on.
    let _ = writeln!(std::io::stderr(), "{line}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::{Key, Role};

    #[test]
    fn a_line_holds_what_one_waits_for() {
        let state = ProgressState {
            stages: BTreeMap::from([(Stage::Generate, 2), (Stage::Rollout, 5)]),
            calls: 120,
            calls_per_second: 12.34,
            usage: Usage {
                input: 40_000,
                output: 2_000,
                ..Usage::default()
            },
            usd: 1.5,
            in_flight: 7,
            limit: Some(64),
            left: Some(Duration::from_secs(60)),
            ..ProgressState::default()
        };
        assert_eq!(
            state.line(),
            "2 generate, 5 rollout · 120 calls, 12.3/s · 7 of 64 in flight · 42.0k tokens · $1.50 · 60 seconds left"
        );
        let stopping = ProgressState {
            waiting_for: Some(WaitingFor {
                calls: BTreeMap::from([((Role::Agent, Key("Gpt".to_owned())), 7)]),
                oldest: Duration::from_secs(12),
            }),
            ..state
        };
        assert_eq!(
            stopping.line(),
            "stopping, waiting for 7 calls (7 agent by Gpt), the oldest for 12 s · 120 calls, 12.3/s · 7 of 64 in flight · 42.0k tokens · $1.50"
        );
    }
}
