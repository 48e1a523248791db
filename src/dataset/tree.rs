//! A record as a tree: one shared history, and the actions that were proposed at its end.
//!
//! Every export walks this tree, so that no two can disagree. The history holds only what was judged
//! safe before it was carried out; what was judged unsafe is a branch, and nothing comes after it.
//! Turns alternate: first the user, then what the agent does, then what it meets (a tool's answer or
//! the user's), and so on. Trainers skip rows where they do not.

use std::borrow::Cow;

use serde_json::{Map, Value as Json};

use crate::run::{Action, JudgedAction, Kind, Record, Step};

/// A record, taken apart once for all exports.
#[derive(Debug)]
pub(super) struct Tree<'a> {
    pub(super) record: &'a Record,
    /// What happened before the branches, the user's instruction first; of odd length.
    pub(super) history: Vec<Turn<'a>>,
    /// The trigger, what the responder proposed in vain, then the safe action; never executed.
    pub(super) branches: Vec<Branch<'a>>,
}

/// One action at the end of the shared history.
#[derive(Debug, Clone)]
pub(super) struct Branch<'a> {
    /// `unsafe`, `proposal/<round>` or `safe`: which of the record's actions.
    pub(super) name: Cow<'static, str>,
    pub(super) judged: &'a JudgedAction,
    /// What the responder was told about it.
    pub(super) reflection: Option<&'a str>,
}

/// One turn of a trajectory.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Turn<'a> {
    /// The user speaks.
    User(&'a str),
    /// The agent calls a tool.
    Call {
        thought: &'a str,
        tool: &'a str,
        arguments: &'a Map<String, Json>,
    },
    /// The tool that was called answers.
    Observed { tool: &'a str, answer: Cow<'a, str> },
    /// The agent speaks to the user.
    Said { thought: &'a str, message: &'a str },
}

impl<'a> Tree<'a> {
    /// The tree of `record`.
    pub(super) fn of(record: &'a Record) -> Self {
        let mut history = vec![Turn::User(&record.instruction)];
        history.extend(record.steps.iter().flat_map(turns_of_step));
        Self {
            record,
            history,
            branches: branches(record),
        }
    }

    /// The branch that a model may be trained to take.
    ///
    /// None where there is no safe one, and in twins that refused, stalled or did harm: what they did
    /// is not what an agent should do.
    pub(super) fn target(&self) -> Option<&Branch<'a>> {
        let fit = match self.record.kind {
            Kind::Risk => true,
            Kind::Safe => self.record.unsafe_action.is_none(),
            Kind::Twin => self.record.unsafe_action.is_none() && !self.is_over_refusal(),
        };
        let branch = self.branches.last()?;
        (fit && branch.name == "safe" && branch.is_safe()).then_some(branch)
    }

    /// The safe and the unsafe action of a risk scenario.
    pub(super) fn preference(&self) -> Option<(&Branch<'a>, &Branch<'a>)> {
        let chosen = self.target()?;
        let rejected = self.branches.first()?;
        let is_pair = self.record.kind == Kind::Risk && rejected.name == "unsafe";
        is_pair.then_some((chosen, rejected))
    }

    /// The branches at which whole trajectories end: the trigger and the safe action.
    pub(super) fn endings(&self) -> impl Iterator<Item = &Branch<'a>> {
        let branches = self.branches.iter();
        branches.filter(|branch| !branch.is_proposal())
    }

    /// The branches without those that do and are labelled the same as an earlier one.
    pub(super) fn distinct(&self) -> Vec<&Branch<'a>> {
        let mut kept: Vec<&Branch<'a>> = Vec::new();
        for branch in &self.branches {
            if !kept.iter().any(|other| other.does_the_same(branch)) {
                kept.push(branch);
            }
        }
        kept
    }

    /// The history, and `branch` as its last turn.
    pub(super) fn with(&self, branch: &Branch<'a>) -> Vec<Turn<'a>> {
        let mut turns = self.history.clone();
        turns.push(branch.turn());
        turns
    }

    /// The id of the row that ends in `branch`.
    pub(super) fn id(&self, branch: &Branch<'_>) -> String {
        format!("{}/{}", self.record.id, branch.name)
    }

    /// Whether it is a twin in which the agent refused or stalled.
    pub(super) fn is_over_refusal(&self) -> bool {
        self.record.over_refusal == Some(true)
    }
}

impl<'a> Branch<'a> {
    /// The turn in which the action is taken.
    pub(super) fn turn(&self) -> Turn<'a> {
        match &self.judged.action {
            Action::Call {
                thought,
                tool,
                arguments,
            } => Turn::Call {
                thought,
                tool,
                arguments,
            },
            Action::Final { thought, message } => Turn::Said { thought, message },
        }
    }

    /// What the action was judged to be.
    pub(super) fn is_safe(&self) -> bool {
        self.judged.label == SAFE
    }

    /// `safe` or `unsafe`.
    pub(super) fn verdict(&self) -> &'static str {
        if self.is_safe() { "safe" } else { "unsafe" }
    }

    /// The type of the risk; empty where there is none.
    pub(super) fn risk_type(&self) -> &'a str {
        if self.is_safe() {
            ""
        } else {
            &self.judged.risk_type
        }
    }

    fn is_proposal(&self) -> bool {
        self.reflection.is_some()
    }

    /// Whether two branches do the same and are labelled the same, whatever the agent thought.
    fn does_the_same(&self, other: &Self) -> bool {
        let same_act = match (&self.judged.action, &other.judged.action) {
            (
                Action::Call {
                    tool, arguments, ..
                },
                Action::Call {
                    tool: other_tool,
                    arguments: other_arguments,
                    ..
                },
            ) => tool == other_tool && arguments == other_arguments,
            (Action::Final { message, .. }, Action::Final { message: other, .. }) => {
                message == other
            }
            (Action::Call { .. }, Action::Final { .. })
            | (Action::Final { .. }, Action::Call { .. }) => false,
        };
        same_act && self.judged.label == other.judged.label
    }
}

impl Turn<'_> {
    /// Whether it is the agent's.
    pub(super) fn is_agents(&self) -> bool {
        matches!(self, Self::Call { .. } | Self::Said { .. })
    }
}

/// The label of a safe action.
const SAFE: u8 = 1;

fn branches(record: &Record) -> Vec<Branch<'_>> {
    let ending = |name, judged| Branch {
        name: Cow::Borrowed(name),
        judged,
        reflection: None,
    };
    let trigger = record.unsafe_action.iter();
    let proposals = record.reflections.iter().enumerate();
    let safe = record.safe_action.iter();
    trigger
        .map(|judged| ending("unsafe", judged))
        .chain(proposals.map(|(round, reflection)| Branch {
            name: Cow::Owned(format!("proposal/{round}")),
            judged: &reflection.proposal,
            reflection: Some(&reflection.text),
        }))
        .chain(safe.map(|judged| ending("safe", judged)))
        .collect()
}

fn turns_of_step(step: &Step) -> [Turn<'_>; 2] {
    match step {
        Step::Call {
            thought,
            tool,
            arguments,
            observation,
        } => [
            Turn::Call {
                thought,
                tool,
                arguments,
            },
            Turn::Observed {
                tool,
                answer: plain_text(observation),
            },
        ],
        Step::Said {
            thought,
            message,
            reply,
        } => [Turn::Said { thought, message }, Turn::User(reply)],
    }
}

/// A text as it is, anything else as JSON.
fn plain_text(value: &Json) -> Cow<'_, str> {
    match value {
        Json::String(text) => Cow::Borrowed(text),
        other => Cow::Owned(other.to_string()),
    }
}
