//! What was not kept and why, with a few of each to look at.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::run::Ending;

/// Trajectories shown for each reason.
const SHOWN: usize = 5;

/// What a failure is counted as when its words are not understood.
const LONGEST_KIND: usize = 60;

/// One reason for which trajectories were not kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Loss {
    /// `dropped` or `failed`.
    pub fate: &'static str,
    /// In words.
    pub why: String,
    pub count: u64,
    /// The first few.
    pub examples: Vec<LostTrajectory>,
}

/// One trajectory that was not kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LostTrajectory {
    pub id: String,
    /// What was said about it.
    pub detail: String,
}

/// Gathers losses by reason.
#[derive(Debug, Default)]
pub(super) struct Losses(BTreeMap<(&'static str, String), (u64, Vec<LostTrajectory>)>);

impl Losses {
    pub(super) fn enter(&mut self, ending: &Ending) {
        match ending {
            Ending::Kept { .. } => {}
            Ending::Dropped { id, reason, detail } => {
                self.add("dropped", reason.words().to_owned(), id, detail);
            }
            Ending::Failed { id, error } => self.add("failed", kind_of(error), id, error),
        }
    }

    fn add(&mut self, fate: &'static str, why: String, id: &str, detail: &str) {
        let (count, examples) = self.0.entry((fate, why)).or_default();
        *count += 1;
        if examples.len() < SHOWN {
            examples.push(LostTrajectory {
                id: id.to_owned(),
                detail: detail.to_owned(),
            });
        }
    }

    pub(super) fn table(self) -> Vec<Loss> {
        let losses = self.0.into_iter();
        losses
            .map(|((fate, why), (count, examples))| Loss {
                fate,
                why,
                count,
                examples,
            })
            .collect()
    }
}

/// The beginning of an error, up to where it speaks of its own case.
fn kind_of(error: &str) -> String {
    let kind = error.split(&['`', '('][..]).next().unwrap_or(error).trim();
    let kind: String = kind.chars().take(LONGEST_KIND).collect();
    match kind.trim_end_matches(':') {
        "" => "another error".to_owned(),
        kind => kind.to_owned(),
    }
}
