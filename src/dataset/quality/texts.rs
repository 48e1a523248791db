//! The texts of a record that gates look at.

use serde_json::Value as Json;

use crate::run::{Action, JudgedAction, Record, Step};

/// The texts in the arguments of every call: those of the history and of the actions at its end.
pub(super) fn argument_texts(record: &Record) -> Vec<&str> {
    let mut texts = Vec::new();
    for step in &record.steps {
        if let Step::Call { arguments, .. } = step {
            arguments.values().for_each(|it| add_texts(it, &mut texts));
        }
    }
    for action in actions(record) {
        if let Action::Call { arguments, .. } = action {
            arguments.values().for_each(|it| add_texts(it, &mut texts));
        }
    }
    texts
}

/// All that users, tools and the agent said.
pub(super) fn spoken_texts(record: &Record) -> Vec<&str> {
    let mut texts = vec![record.instruction.as_str()];
    for step in &record.steps {
        match step {
            Step::Call { observation, .. } => add_texts(observation, &mut texts),
            Step::Said { message, reply, .. } => texts.extend([message.as_str(), reply]),
        }
    }
    for action in actions(record) {
        if let Action::Final { message, .. } = action {
            texts.push(message);
        }
    }
    texts
}

/// The trigger and the safe action.
pub(super) fn actions(record: &Record) -> impl Iterator<Item = &Action> {
    let judged: [&Option<JudgedAction>; 2] = [&record.unsafe_action, &record.safe_action];
    judged.into_iter().flatten().map(|judged| &judged.action)
}

/// What an action does, without what the agent thought.
pub(super) fn action_text(action: &Action) -> String {
    match action {
        Action::Call {
            tool, arguments, ..
        } => format!("{tool} {}", Json::Object(arguments.clone())),
        Action::Final { message, .. } => message.clone(),
    }
}

fn add_texts<'a>(value: &'a Json, texts: &mut Vec<&'a str>) {
    match value {
        Json::String(text) => texts.push(text),
        Json::Array(items) => items.iter().for_each(|item| add_texts(item, texts)),
        Json::Object(fields) => fields.values().for_each(|field| add_texts(field, texts)),
        Json::Null | Json::Bool(_) | Json::Number(_) => {}
    }
}
