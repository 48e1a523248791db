//! Histories that are longer than a model can read: dropped, or shortened where the plan says so.

use std::borrow::Cow;

use serde_json::{Value as Json, json};

use super::past_step::PastStep;
use crate::check::Overlong;
use crate::run::ask::Asker;
use crate::run::call_path::CallPath;
use crate::run::context::News;
use crate::run::departure::Departure;
use crate::run::record::{DropReason, Step};
use crate::run::tally::Tally;

/// Steps at the end that keep their observations, level by level; at the last level all are cut.
const KEPT: [usize; 3] = [4, 1, 0];

/// What is left of a text at the last level.
const CUT: usize = 400;

/// A history, as long as the models of a role can bear.
pub(super) struct Shortening<'h> {
    whole: &'h [PastStep],
    now: Cow<'h, [PastStep]>,
    /// 0 where nothing was left out.
    level: usize,
}

impl<'h> Shortening<'h> {
    /// The whole of `history`, to begin with.
    pub fn of(history: &'h [PastStep]) -> Self {
        Self {
            whole: history,
            now: Cow::Borrowed(history),
            level: 0,
        }
    }

    /// What is to be shown.
    pub fn history(&self) -> &[PastStep] {
        &self.now
    }

    /// The place of a call that shows it; `base` where nothing was left out.
    pub fn path(&self, base: &CallPath) -> CallPath {
        match self.level {
            0 => base.clone(),
            level => base.at("shortened", level),
        }
    }

    /// Whether to ask again, with less: only where the conversation was too long, the plan wants
    /// it, and there is something to leave out.
    pub fn goes_on<T>(
        &mut self,
        asker: &Asker<'_>,
        tally: &Tally,
        base: &CallPath,
        asked: &Result<T, Departure>,
    ) -> bool {
        let is_too_long = matches!(
            asked,
            Err(Departure::Dropped {
                reason: DropReason::ContextTooLong,
                ..
            })
        );
        let shortens = asker.run.plan.work.rollout.overlong == Overlong::Shorten;
        if !is_too_long || !shortens || !self.shorten() {
            return false;
        }
        tally.note_shortened();
        asker.run.tell(News::Shortened {
            item: asker.item(),
            path: self.path(base).as_str().to_owned(),
            level: self.level,
        });
        true
    }

    /// Goes on to the next level at which something is left out.
    fn shorten(&mut self) -> bool {
        while self.level < KEPT.len() {
            self.level += 1;
            let shorter = shortened(self.whole, self.level);
            if *shorter != *self.now {
                self.now = Cow::Owned(shorter);
                return true;
            }
        }
        false
    }
}

fn shortened(whole: &[PastStep], level: usize) -> Vec<PastStep> {
    let kept = KEPT[level - 1];
    let is_last = level == KEPT.len();
    let steps = whole.iter().enumerate();
    steps
        .map(|(index, step)| match index + kept < whole.len() {
            true => without_observation(step, is_last).into(),
            false => step.clone(),
        })
        .collect()
}

/// A step with a note in place of a long observation; at the last level its texts are cut as well.
/// What was called with which arguments stays: it is what the agent did.
fn without_observation(step: &Step, is_last: bool) -> Step {
    let text = |text: &String| if is_last { cut(text) } else { text.clone() };
    match step {
        Step::Call {
            thought,
            tool,
            arguments,
            observation,
        } => Step::Call {
            thought: text(thought),
            tool: tool.clone(),
            arguments: arguments.clone(),
            observation: note(observation),
        },
        Step::Said {
            thought,
            message,
            reply,
        } => Step::Said {
            thought: text(thought),
            message: text(message),
            reply: text(reply),
        },
    }
}

fn note(observation: &Json) -> Json {
    let letters = observation.to_string().chars().count();
    let note = format!("left out to save space: {letters} characters");
    match letters > note.len() {
        true => json!(note),
        false => observation.clone(),
    }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(CUT) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn history(count: usize) -> Vec<PastStep> {
        let step = |index: usize| Step::Call {
            thought: "t".to_owned(),
            tool: format!("tool_{index}"),
            arguments: serde_json::Map::new(),
            observation: json!("x".repeat(200)),
        };
        (0..count).map(step).map(PastStep::from).collect()
    }

    fn left_out(steps: &[PastStep]) -> Vec<bool> {
        let is_note = |step: &PastStep| matches!(&**step, Step::Call { observation, .. } if observation.to_string().contains("left out"));
        steps.iter().map(is_note).collect()
    }

    #[test]
    fn old_observations_go_first() {
        let history = history(6);
        let mut shortening = Shortening::of(&history);
        assert!(shortening.shorten());
        assert_eq!(
            left_out(shortening.history()),
            [true, true, false, false, false, false]
        );
        assert!(shortening.shorten());
        assert_eq!(
            left_out(shortening.history()),
            [true, true, true, true, true, false]
        );
        assert!(shortening.shorten());
        assert_eq!(left_out(shortening.history()), [true; 6]);
        assert!(!shortening.shorten());
    }

    #[test]
    fn levels_at_which_nothing_goes_are_passed_over() {
        let history = history(1);
        let mut shortening = Shortening::of(&history);
        assert!(shortening.shorten());
        assert_eq!(shortening.level, 3);
        assert!(!Shortening::of(&[]).shorten());
    }
}
