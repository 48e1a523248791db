//! What the simulated agent does next: it looks, acts, asks or ends.

use serde_json::{Map, Value as Json};

use super::dice::Dice;
use super::fill::Filler;
use super::material::{Manner, Material};
use super::reading::{first_sentence, lower_first, upper_first, words_of_name};
use super::situation::{Past, Situation};
use super::wish::{Wish, is_reading};
use super::words;
use crate::model::conversation::ToolSpec;

/// The next step.
pub(super) struct Deed {
    pub thought: String,
    pub what: What,
}

pub(super) enum What {
    Call {
        tool: String,
        arguments: Map<String, Json>,
    },
    Say(String),
}

/// What kind of step to take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Intent {
    Look,
    Act,
    ActCarefully,
    Ask,
    Decline,
    End,
}

/// Decides on the next step.
pub(super) fn decide(situation: &Situation, dice: &mut Dice) -> Deed {
    let intent = intent(situation, dice);
    let material = material(intent, situation);
    match intent {
        Intent::Look => call(situation, &material, true, intent, dice),
        Intent::Act | Intent::ActCarefully => call(situation, &material, false, intent, dice),
        Intent::Ask => say(&material, words::ASK_THOUGHTS, words::QUESTIONS, dice),
        Intent::Decline => say(&material, words::CAREFUL_THOUGHTS, words::DECLINES, dice),
        Intent::End => end(situation, &material, dice),
    }
}

/// What a step of this kind is made from.
pub(super) fn material(intent: Intent, situation: &Situation) -> Material {
    let manner = match intent {
        Intent::ActCarefully | Intent::Look => Manner::Careful,
        _ => Manner::Careless,
    };
    let mut material = Material::of(manner, &situation.instruction, &situation.everything());
    for past in &situation.past {
        if let Ok(observation) = serde_json::from_str(&past.observation) {
            material.remember("observation", &observation);
        }
    }
    material
}

fn intent(situation: &Situation, dice: &mut Dice) -> Intent {
    if situation.reflections > 0 {
        let share = (55 + 15 * situation.reflections as u32).min(94);
        if dice.percent(share) {
            return careful_intent(dice);
        }
        return Intent::Act;
    }
    let is_warned = situation.system.contains("without harm");
    let is_alarmed = words::MALICIOUS_SIGNS
        .iter()
        .any(|sign| situation.instruction.contains(sign));
    let careful = 25 * u32::from(is_warned) + 15 * u32::from(is_alarmed);
    if dice.percent(careful) {
        return careful_intent(dice);
    }
    if is_warned && !situation.past.is_empty() && dice.percent(70) {
        return Intent::Act;
    }
    eager_intent(situation, dice)
}

fn careful_intent(dice: &mut Dice) -> Intent {
    match dice.below(100) {
        0..38 => Intent::Ask,
        38..62 => Intent::ActCarefully,
        62..78 => Intent::Look,
        _ => Intent::Decline,
    }
}

fn eager_intent(situation: &Situation, dice: &mut Dice) -> Intent {
    let has_acted = situation.past.iter().any(|past| !is_reading(&past.tool));
    let [look, act, ask] = match (situation.past.len(), has_acted) {
        _ if situation.user_spoke_last => [10, 78, 2],
        (0, _) => [84, 12, 3],
        (1, false) => [46, 44, 6],
        (2, false) => [22, 62, 6],
        (3..6, false) => [10, 60, 8],
        (0..6, true) => [8, 30, 2],
        _ => [0, 10, 0],
    };
    match dice.below(100) as u32 {
        roll if roll < look => Intent::Look,
        roll if roll < look + act => Intent::Act,
        roll if roll < look + act + ask => Intent::Ask,
        _ => Intent::End,
    }
}

/// Whether a tool runs commands, which may be either.
fn runs_commands(tool: &ToolSpec) -> bool {
    tool.parameters.pointer("/properties/command").is_some()
}

/// The call that suits best, or the end where every call was made before.
pub(super) fn call(
    situation: &Situation,
    material: &Material,
    looks: bool,
    intent: Intent,
    dice: &mut Dice,
) -> Deed {
    let suits = |tool: &&ToolSpec| runs_commands(tool) || is_reading(&tool.name) == looks;
    let mut candidates: Vec<&ToolSpec> = situation.tools.iter().filter(suits).collect();
    if candidates.is_empty() {
        candidates = situation.tools.iter().collect();
    }
    let wish = Wish::of(&situation.instruction, &situation.everything());
    let best = candidates
        .into_iter()
        .map(|tool| (fitness(tool, &wish, situation, looks, dice), tool))
        .max_by_key(|(fitness, _)| *fitness);
    let Some((_, tool)) = best else {
        return end(situation, material, dice);
    };
    let arguments = arguments(tool, material, looks, dice);
    if was_called(&situation.past, &tool.name, &arguments) {
        return end(situation, material, dice);
    }
    Deed {
        thought: material.sentence(dice.word(thoughts(intent, situation)), dice),
        what: What::Call {
            tool: tool.name.clone(),
            arguments,
        },
    }
}

fn thoughts(intent: Intent, situation: &Situation) -> &'static [&'static str] {
    match intent {
        Intent::ActCarefully => words::CAREFUL_THOUGHTS,
        Intent::Look if situation.past.is_empty() => words::FIRST_THOUGHTS,
        Intent::Look => words::MORE_THOUGHTS,
        _ => words::ACT_THOUGHTS,
    }
}

/// How well a tool suits what was asked, with a little chance.
fn fitness(
    tool: &ToolSpec,
    wish: &Wish,
    situation: &Situation,
    looks: bool,
    dice: &mut Dice,
) -> usize {
    let parameters = || tool.parameters.text().into();
    let suits = wish.fitness(&tool.name, &tool.description, parameters);
    let mut points = dice.below(5) + suits;
    let finds = words_of_name(&tool.name)
        .iter()
        .any(|word| words::FINDING_VERBS.contains(&word.as_str()));
    let is_first = situation.past.is_empty();
    if looks && finds == is_first {
        points += 5;
    }
    let repeats = situation.past.iter().filter(|past| past.tool == tool.name);
    points.saturating_sub(4 * repeats.count())
}

fn arguments(
    tool: &ToolSpec,
    material: &Material,
    looks: bool,
    dice: &mut Dice,
) -> Map<String, Json> {
    let about = format!(
        "{} {}",
        words_of_name(&tool.name).join(" "),
        tool.description
    );
    let filler = Filler {
        root: &tool.parameters,
        material,
        about: &about,
        optional: if looks { 15 } else { 25 },
    };
    match filler.value(&tool.parameters, "arguments", dice) {
        Json::Object(arguments) => arguments,
        _ => Map::new(),
    }
}

fn was_called(past: &[Past], tool: &str, arguments: &Map<String, Json>) -> bool {
    past.iter()
        .any(|past| past.tool == tool && past.arguments.as_object() == Some(arguments))
}

/// Something said to the user.
pub(super) fn say(
    material: &Material,
    thoughts: &[&'static str],
    says: &[&'static str],
    dice: &mut Dice,
) -> Deed {
    Deed {
        thought: material.sentence(dice.word(thoughts), dice),
        what: What::Say(material.sentence(dice.word(says), dice)),
    }
}

fn end(situation: &Situation, material: &Material, dice: &mut Dice) -> Deed {
    let last_deed = situation.past.iter().rfind(|past| !is_reading(&past.tool));
    let done = match last_deed {
        Some(past) => deed_in_words(situation, past),
        None => "I went through what there is".to_owned(),
    };
    let result = dice.word(words::RESULTS).replace("{d}", &done);
    Deed {
        thought: material.sentence(dice.word(words::END_THOUGHTS), dice),
        what: What::Say(upper_first(&material.sentence(&result, dice))),
    }
}

fn deed_in_words(situation: &Situation, past: &Past) -> String {
    let tool = situation.tools.iter().find(|tool| tool.name == past.tool);
    let described = tool.map_or("", |tool| first_sentence(&tool.description));
    let phrase = described.split([',', ';', ':']).next().unwrap_or("").trim();
    if phrase.is_empty() {
        format!("I used {}", words_of_name(&past.tool).join(" "))
    } else {
        format!("I took the step \"{}\"", lower_first(phrase))
    }
}
