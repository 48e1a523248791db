//! Does a label hold when nothing changes that should matter? The same case in another form.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use crate::run::{Action, Moment, Step};

use super::labels::Question;
use super::scenes::unknown_tool;

/// One way of changing a case without changing what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Variant {
    /// Calls written as JSON of function calls instead of by name.
    Format,
    /// Tools, outcomes and arguments in the reverse order.
    Order,
    /// Six harmless looks before everything else.
    Length,
    /// People with other first names.
    Names,
}

impl Variant {
    /// Every variant, in the order of reports.
    pub const ALL: [Variant; 4] = [
        Variant::Format,
        Variant::Order,
        Variant::Length,
        Variant::Names,
    ];

    /// The word of reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Format => "format",
            Self::Order => "order",
            Self::Length => "length",
            Self::Names => "names",
        }
    }

    /// The question in its other form; nothing where it would be the same.
    pub fn of(self, question: &Question) -> Option<Question> {
        let mut moment = (*question.moment).clone();
        let mut action = question.action.clone();
        match self {
            Self::Format => as_function_calls(&mut moment, &mut action),
            Self::Order => reverse(&mut moment, &mut action),
            Self::Length => lengthen(&mut moment),
            Self::Names => rename(&mut moment, &mut action),
        }
        let is_other = action != question.action
            || moment.steps != question.moment.steps
            || moment.instruction != question.moment.instruction
            || names_of(&moment) != names_of(&question.moment)
            // Objects are equal whatever the order of their fields.
            || text_of(&action) != text_of(&question.action);
        is_other.then(|| Question {
            moment: moment.into(),
            action,
        })
    }
}

fn names_of(moment: &Moment) -> Vec<&str> {
    let tools = moment
        .scene
        .tools
        .iter()
        .map(|tool| tool.wire_name.as_str());
    let outcomes = moment.scene.outcomes.iter().map(|it| it.name.as_str());
    tools.chain(outcomes).collect()
}

fn text_of(action: &Action) -> String {
    serde_json::to_string(action).unwrap_or_default()
}

/// `send {"to": …}` → `function_call {"name": "send", "arguments": {"to": …}}`
fn as_function_calls(moment: &mut Moment, action: &mut Action) {
    for step in &mut moment.steps {
        if let Step::Call {
            tool, arguments, ..
        } = step
        {
            wrap(tool, arguments);
        }
    }
    if let Action::Call {
        tool, arguments, ..
    } = action
    {
        wrap(tool, arguments);
    }
}

fn wrap(tool: &mut String, arguments: &mut Map<String, Json>) {
    let name = std::mem::replace(tool, "function_call".to_owned());
    let inside = std::mem::take(arguments);
    arguments.insert("name".to_owned(), Json::from(name));
    arguments.insert("arguments".to_owned(), Json::Object(inside));
}

fn reverse(moment: &mut Moment, action: &mut Action) {
    moment.scene.tools = moment.scene.tools.iter().rev().cloned().collect();
    moment.scene.outcomes.reverse();
    if let Action::Call { arguments, .. } = action {
        let fields: Vec<_> = std::mem::take(arguments).into_iter().collect();
        arguments.extend(fields.into_iter().rev());
    }
}

/// How many looks are put before a history.
const LOOKS: usize = 6;

fn lengthen(moment: &mut Moment) {
    const CLOCK: &str = "get_current_time";
    let look = |index: usize| Step::Call {
        thought: "I look at the time before I go on.".to_owned(),
        tool: CLOCK.to_owned(),
        arguments: Map::new(),
        observation: Json::from(format!("2025-03-04 09:{:02}", 10 + index)),
    };
    let looks: Vec<Step> = (0..LOOKS).map(look).collect();
    moment.steps.splice(0..0, looks);
    let has_clock = moment
        .scene
        .tools
        .iter()
        .any(|tool| tool.wire_name == CLOCK);
    if !has_clock {
        let mut clock = unknown_tool(CLOCK);
        "Tell the time.".clone_into(&mut clock.tool.describe);
        let tools = moment.scene.tools.iter().cloned();
        moment.scene.tools = tools.chain([clock]).collect();
    }
}

/// Pairs of first names that take each other's place.
const NAMES: &[(&str, &str)] = &[
    ("Alice", "Ngozi"),
    ("Bob", "Tariq"),
    ("Charlie", "Mateo"),
    ("David", "Kwame"),
    ("Emily", "Yuki"),
    ("Emma", "Amara"),
    ("Frank", "Dmitri"),
    ("Grace", "Leila"),
    ("Henry", "Arjun"),
    ("Jack", "Bilal"),
    ("Jane", "Mei"),
    ("James", "Pablo"),
    ("John", "Omar"),
    ("Kate", "Ingrid"),
    ("Lee", "Sven"),
    ("Linda", "Fatima"),
    ("Lisa", "Priya"),
    ("Mary", "Aiko"),
    ("Michael", "Jorge"),
    ("Mike", "Ivan"),
    ("Olivia", "Zanele"),
    ("Peter", "Hiro"),
    ("Robert", "Tomasz"),
    ("Sam", "Ravi"),
    ("Sarah", "Chiara"),
    ("Smith", "Okafor"),
    ("Susan", "Noor"),
    ("Thomas", "Luca"),
    ("Tom", "Farid"),
    ("William", "Anders"),
];

fn rename(moment: &mut Moment, action: &mut Action) {
    moment.instruction = renamed(&moment.instruction);
    for step in &mut moment.steps {
        match step {
            Step::Call {
                thought,
                arguments,
                observation,
                ..
            } => {
                *thought = renamed(thought);
                rename_fields(arguments);
                rename_value(observation);
            }
            Step::Said {
                thought,
                message,
                reply,
            } => {
                for text in [thought, message, reply] {
                    *text = renamed(text);
                }
            }
        }
    }
    match action {
        Action::Call {
            thought, arguments, ..
        } => {
            *thought = renamed(thought);
            rename_fields(arguments);
        }
        Action::Final { thought, message } => {
            *thought = renamed(thought);
            *message = renamed(message);
        }
    }
}

fn rename_fields(fields: &mut Map<String, Json>) {
    for (_, value) in fields.iter_mut() {
        rename_value(value);
    }
}

fn rename_value(value: &mut Json) {
    match value {
        Json::String(text) => *text = renamed(text),
        Json::Array(values) => values.iter_mut().for_each(rename_value),
        Json::Object(fields) => rename_fields(fields),
        Json::Null | Json::Bool(_) | Json::Number(_) => {}
    }
}

/// The text with every known name replaced, as a word of its own, in both ways of writing it that
/// names and addresses have.
fn renamed(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut word = String::new();
    for character in text.chars() {
        if character.is_alphabetic() {
            word.push(character);
            continue;
        }
        result.push_str(&other_name(&word));
        word.clear();
        result.push(character);
    }
    result.push_str(&other_name(&word));
    result
}

fn other_name(word: &str) -> String {
    for (one, other) in NAMES {
        for (from, to) in [(one, other), (other, one)] {
            if word == *from {
                return (*to).to_owned();
            }
            if word == from.to_lowercase() {
                return to.to_lowercase();
            }
        }
    }
    word.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_change_as_whole_words_and_back() {
        let text = "Ask Lee (lee@x.example) about Leeds and John's sleeves.";
        let other = "Ask Sven (sven@x.example) about Leeds and Omar's sleeves.";
        assert_eq!(renamed(text), other);
        assert_eq!(renamed(other), text);
    }
}
