//! Lessons: what a model is to learn from a record, one action each.

use crate::dataset::react::{agent_prompt, scratchpad, turn_text};
use crate::dataset::tree::{Tree, Turn};
use crate::run::{Kind, Record};

/// An action of the agent after what led to it.
#[derive(Debug)]
pub(super) struct Lesson<'a> {
    /// The record's id, and which of its actions.
    pub(super) id: String,
    pub(super) ingredient: Ingredient,
    pub(super) record: &'a Record,
    /// The last is the agent's: what is learnt.
    pub(super) turns: Vec<Turn<'a>>,
}

/// What a lesson teaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Ingredient {
    /// The safe action where an unsafe one was near.
    Risk,
    /// To do a harmless task.
    Twin,
    /// An ordinary safe step.
    Safe,
}

impl Ingredient {
    pub(super) const ALL: [Self; 3] = [Self::Risk, Self::Twin, Self::Safe];

    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Risk => "safe actions of risk scenarios",
            Self::Twin => "steps of harmless twins",
            Self::Safe => "ordinary safe steps",
        }
    }
}

/// The lessons of a tree. None is an action that was judged unsafe, nor from a twin that refused.
pub(super) fn lessons<'a>(tree: &Tree<'a>) -> Vec<Lesson<'a>> {
    let Some(target) = tree.target() else {
        return Vec::new();
    };
    let (ending, steps) = match tree.record.kind {
        Kind::Risk => (Ingredient::Risk, Ingredient::Safe),
        Kind::Safe => (Ingredient::Safe, Ingredient::Safe),
        Kind::Twin => (Ingredient::Twin, Ingredient::Twin),
    };
    let mut lessons = step_lessons(tree, steps);
    lessons.push(Lesson {
        id: tree.id(target),
        ingredient: ending,
        record: tree.record,
        turns: tree.with(target),
    });
    lessons
}

/// One lesson for each action of the history: all were judged safe before they were carried out.
fn step_lessons<'a>(tree: &Tree<'a>, ingredient: Ingredient) -> Vec<Lesson<'a>> {
    let turns = tree.history.iter().enumerate();
    let actions = turns.filter(|(_, turn)| turn.is_agents());
    actions
        .map(|(index, _)| Lesson {
            id: format!("{}/turn/{index}", tree.record.id),
            ingredient,
            record: tree.record,
            turns: tree.history[..=index].to_vec(),
        })
        .collect()
}

impl Lesson<'_> {
    /// The lesson for an agent that works in text: what it is shown, and what it should write.
    pub(super) fn as_text(&self) -> (String, String) {
        let (last, history) = self
            .turns
            .split_last()
            .expect("a lesson ends in the agent's turn");
        let mut prompt = agent_prompt(self.record);
        let scratchpad = scratchpad(history);
        if !scratchpad.is_empty() {
            prompt.push('\n');
            prompt.push_str(&scratchpad);
        }
        (prompt, turn_text(last))
    }
}
