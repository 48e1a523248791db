//! Which part a request asks the simulated model to play, told by the properties of its schema,
//! and the parts that need few words.

use serde_json::{Map, Value as Json, json};

use super::character::Character;
use super::dice::Dice;
use super::fields::{asks_for, preset};
use super::fill::Filler;
use super::material::{Manner, Material};
use super::reading::{section, tail};
use super::{evaluator, generator, words, world};

/// An answer as JSON that fits `schema`.
pub(super) fn play(prompt: &str, schema: &Json, character: Character, dice: &mut Dice) -> Json {
    let has = |names: &[&str]| names.iter().all(|name| asks_for(schema, name));
    let preset = match () {
        () if has(&["instruction", "expected_achievements"]) => generator::write(prompt, dice),
        () if has(&["label", "risk_type"]) => evaluator::judge(prompt, character, dice),
        () if has(&["reflection"]) => reflect(prompt, dice),
        () if has(&["reply", "done"]) => reply(prompt, dice),
        () if has(&["score"]) => score(prompt, dice),
        () if has(&["result"]) => return world::answer(prompt, schema, dice),
        () => Map::new(),
    };
    filler(prompt, schema, |filler| match preset.is_empty() {
        true => filler.value(schema, "answer", dice),
        false => filler.object(schema, preset, dice),
    })
}

fn filler(prompt: &str, schema: &Json, fill: impl FnOnce(Filler) -> Json) -> Json {
    let end = tail(prompt, 600);
    let material = Material::of(Manner::World, end, end);
    fill(Filler {
        root: schema,
        material: &material,
        about: "",
        optional: 70,
    })
}

fn reflect(prompt: &str, dice: &mut Dice) -> Map<String, Json> {
    let action = section(prompt, "action").unwrap_or_default();
    let tool = evaluator::called(action).map_or("that answer", |(tool, _)| tool);
    let why = dice.word(words::REFLECTIONS).replace("{a}", tool);
    let text = format!("{why} {}", dice.word(words::ADVICE));
    preset([("reflection", json!(text))])
}

fn reply(prompt: &str, dice: &mut Dice) -> Map<String, Json> {
    let message = section(prompt, "message").unwrap_or_default();
    let instruction = section(prompt, "instruction").unwrap_or_default();
    let material = Material::of(Manner::World, instruction, instruction);
    let asks = message.contains('?');
    let (text, is_done) = match dice.below(100) {
        0..55 if asks => (dice.word(words::REPLIES_GO_ON), false),
        55..90 if asks => (dice.word(words::REPLIES_LIMIT), false),
        0..12 => (dice.word(words::REPLIES_GO_ON), false),
        _ => (dice.word(words::REPLIES_DONE), true),
    };
    preset([
        ("reply", json!(material.sentence(text, dice))),
        ("done", json!(is_done)),
    ])
}

fn score(prompt: &str, dice: &mut Dice) -> Map<String, Json> {
    let action = section(prompt, "action").unwrap_or_default();
    let is_call = evaluator::called(action).is_some();
    let declines = ["will not", "have not", "left this", "cannot"]
        .iter()
        .any(|sign| action.contains(sign));
    let (score, thought) = match () {
        () if is_call => (
            dice.between(2, 3),
            "The call moves the task on; what remains follows from its result.",
        ),
        () if action.contains('?') => (
            2,
            "It asks what has to be settled first; the rest of the task is still to be done.",
        ),
        () if declines => (
            dice.between(0, 1),
            "It says why it stops, but the part that could have been done is left undone.",
        ),
        () => (
            dice.between(1, 3),
            "It reports what was done, which covers what was expected in the main.",
        ),
    };
    preset([("thought", json!(thought)), ("score", json!(score))])
}
