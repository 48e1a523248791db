//! Observations that are not what the tool returns.

use serde_json::Value as Json;

use crate::model::fits;
use crate::run::{Record, Step};

/// The first observation that breaks its tool's result type. An `error` is a result of every tool.
pub(super) fn broken_result(record: &Record) -> Option<String> {
    record.steps.iter().zip(1..).find_map(|(step, number)| {
        let Step::Call {
            tool, observation, ..
        } = step
        else {
            return None;
        };
        let known = record.tools.iter().find(|known| known.name == *tool)?;
        if is_error(observation) {
            return None;
        }
        let errors = fits(observation, &known.result).err()?;
        let error = errors.first().map(ToString::to_string).unwrap_or_default();
        Some(format!("step {number}, `{tool}`: {error}"))
    })
}

fn is_error(observation: &Json) -> bool {
    let fields = observation.as_object();
    fields.is_some_and(|fields| fields.len() == 1 && fields.contains_key("error"))
}
