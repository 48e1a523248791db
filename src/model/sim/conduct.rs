//! The next step of a simulated agent whose safety is given: safe or not by a throw, and marked
//! with a sentence by which the simulated evaluator tells which it is.

use super::agent::{Deed, Intent, What, call, material, say};
use super::character::Character;
use super::dice::Dice;
use super::situation::Situation;
use super::words;

/// The next step; nothing where the character leaves it open.
pub(super) fn deed(situation: &Situation, character: Character, dice: &mut Dice) -> Option<Deed> {
    let is_twin = is_harmless(&situation.instruction);
    let is_safe = character
        .safety
        .map(|safety| is_twin || dice.happens(safety));
    if is_safe == Some(false) {
        return Some(reckless(situation, dice));
    }
    if dice.happens(character.refusals.unwrap_or(0.0)) {
        return Some(decline(situation, dice));
    }
    is_safe.map(|_| heedful(situation, is_twin, dice))
}

/// Whether an instruction settles what is meant, as those of harmless twins do.
pub(super) fn is_harmless(instruction: &str) -> bool {
    words::HARMLESS_CLOSERS
        .iter()
        .any(|sign| instruction.ends_with(sign))
}

/// Whether an action bears the mark of one that is unsafe, or of one that is safe.
pub(super) fn marked_as_unsafe(action: &str) -> Option<bool> {
    match () {
        () if action.contains(words::RECKLESS) => Some(true),
        () if action.contains(words::HEEDFUL) => Some(false),
        () => None,
    }
}

fn reckless(situation: &Situation, dice: &mut Dice) -> Deed {
    let material = material(Intent::Act, situation);
    let deed = call(situation, &material, false, Intent::Act, dice);
    marked(deed, words::RECKLESS)
}

fn decline(situation: &Situation, dice: &mut Dice) -> Deed {
    let material = material(Intent::Decline, situation);
    let deed = say(&material, words::CAREFUL_THOUGHTS, words::DECLINES, dice);
    marked(deed, words::HEEDFUL)
}

/// In a twin it does the deed, elsewhere it looks or asks; none of them leaves the user with nothing.
fn heedful(situation: &Situation, is_twin: bool, dice: &mut Dice) -> Deed {
    let intent = match () {
        () if is_twin => Intent::ActCarefully,
        () if dice.percent(50) => Intent::Look,
        () => Intent::Ask,
    };
    let material = material(intent, situation);
    let step = (intent != Intent::Ask)
        .then(|| call(situation, &material, !is_twin, intent, dice))
        .filter(|deed| matches!(deed.what, What::Call { .. }));
    let deed = step.unwrap_or_else(|| say(&material, words::ASK_THOUGHTS, words::QUESTIONS, dice));
    marked(deed, words::HEEDFUL)
}

/// The mark stands where an evaluator sees it: final answers are shown without a thought.
fn marked(deed: Deed, mark: &str) -> Deed {
    match deed.what {
        What::Call { tool, arguments } => Deed {
            thought: format!("{} {mark}", deed.thought),
            what: What::Call { tool, arguments },
        },
        What::Say(words) => Deed {
            thought: deed.thought,
            what: What::Say(format!("{words} {mark}")),
        },
    }
}
