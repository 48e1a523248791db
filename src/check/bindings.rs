//! Values of a scenario's variables, with which examples are tried.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use super::entities::{PlantSource, Value};
use super::rule::ToolCall;
use super::scope::Scope;
use super::values::shown;
use crate::prompt::render_prose;

/// Most bindings of variables that an example is tried with.
const MOST_BINDINGS: usize = 256;

/// A value for each of some variables.
#[derive(Debug, Clone, Default)]
pub(super) struct Binding {
    /// As rules see them: entities by their name.
    pub plain: BTreeMap<String, Json>,
    /// As prose sees them.
    prose: Map<String, Json>,
}

impl Binding {
    fn insert(&mut self, name: &str, value: &Value) {
        self.plain.insert(name.to_owned(), plain(value));
        self.prose.insert(name.to_owned(), prose(value));
    }

    /// The prose rendered; nothing where it cannot be.
    pub fn render_text(&self, text: &str) -> Option<String> {
        render_prose(text, &self.prose).ok()
    }

    /// The call with its texts rendered; nothing where they cannot be.
    pub fn render_call(&self, call: &ToolCall) -> Option<ToolCall> {
        let arguments = call.arguments.iter();
        let rendered = arguments
            .map(|(name, value)| Some((name.clone(), render(value, &self.prose)?)))
            .collect::<Option<_>>()?;
        Some(ToolCall {
            tool: call.tool.clone(),
            arguments: rendered,
        })
    }
}

/// Values of the variables that `text` names, over the rows, as far as they are not too many.
pub(super) fn bindings(scope: &Scope, text: &str) -> Vec<Binding> {
    let mut bindings = vec![Binding::default()];
    let candidates = candidates(scope).into_iter();
    for (name, values) in candidates.filter(|(name, _)| text.contains(name.as_str())) {
        let room = (MOST_BINDINGS / bindings.len()).max(1);
        let values: Vec<_> = values.into_iter().take(room).collect();
        if values.is_empty() {
            continue;
        }
        bindings = bindings
            .iter()
            .flat_map(|binding| {
                values.iter().map(|value| {
                    let mut extended = binding.clone();
                    extended.insert(&name, value);
                    extended
                })
            })
            .collect();
    }
    bindings
}

fn candidates(scope: &Scope) -> Vec<(String, Vec<Value>)> {
    let mut candidates = Vec::new();
    for plant in &scope.plants {
        let source = plant.plant.as_ref().map(|plant| &plant.source);
        let values = source.map_or_else(Vec::new, plant_values);
        candidates.push((plant.name.clone(), values));
    }
    for (name, binding) in &scope.parameters {
        let values = binding.value.iter().cloned().collect();
        candidates.push((name.clone(), values));
    }
    for axis in &scope.axes {
        let values = axis.values.iter().flatten();
        let values = values.map(|value| value.value.clone()).collect();
        candidates.push((axis.name.clone(), values));
    }
    candidates
}

/// Values that may be planted; the first that a regular expression matches.
fn plant_values(source: &PlantSource) -> Vec<Value> {
    match source {
        PlantSource::Matching(pattern) => regex_syntax::parse(pattern)
            .ok()
            .and_then(|hir| sample(&hir))
            .map(Value::Text)
            .into_iter()
            .collect(),
        PlantSource::OneOf(values) => values
            .iter()
            .map(|value| Value::Text(value.clone()))
            .collect(),
    }
}

/// A text that a regular expression matches, always the same.
fn sample(hir: &regex_syntax::hir::Hir) -> Option<String> {
    use regex_syntax::hir::{Class, HirKind};
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => Some(String::new()),
        HirKind::Literal(literal) => String::from_utf8(literal.0.to_vec()).ok(),
        HirKind::Class(Class::Unicode(class)) => {
            class.iter().next().map(|range| range.start().to_string())
        }
        HirKind::Class(Class::Bytes(class)) => class
            .iter()
            .next()
            .map(|range| char::from(range.start()).to_string()),
        HirKind::Repetition(repetition) => {
            let times = repetition
                .min
                .max(1)
                .min(repetition.max.unwrap_or(u32::MAX));
            Some(sample(&repetition.sub)?.repeat(times.min(1000) as usize))
        }
        HirKind::Capture(capture) => sample(&capture.sub),
        HirKind::Concat(parts) => parts.iter().map(sample).collect(),
        HirKind::Alternation(parts) => parts.first().and_then(sample),
    }
}

/// A value as rules see it: entities by their name.
fn plain(value: &Value) -> Json {
    match value {
        Value::Text(text) => Json::from(text.as_str()),
        Value::Int(value) => Json::from(*value),
        Value::Float(value) => Json::from(*value),
        Value::Bool(value) => Json::from(*value),
        Value::List(items) => items.iter().map(plain).collect(),
        entity => Json::from(shown(entity)),
    }
}

/// A value as prose sees it: entities with name and description.
fn prose(value: &Value) -> Json {
    match value {
        Value::List(items) => items.iter().map(prose).collect(),
        Value::Text(_) | Value::Int(_) | Value::Float(_) | Value::Bool(_) => plain(value),
        entity => json!({"name": shown(entity), "describe": ""}),
    }
}

fn render(value: &Json, variables: &Map<String, Json>) -> Option<Json> {
    Some(match value {
        Json::String(text) => Json::from(render_prose(text, variables).ok()?),
        Json::Array(items) => Json::Array(
            items
                .iter()
                .map(|item| render(item, variables))
                .collect::<Option<_>>()?,
        ),
        Json::Object(fields) => Json::Object(
            fields
                .iter()
                .map(|(name, value)| Some((name.clone(), render(value, variables)?)))
                .collect::<Option<_>>()?,
        ),
        other => other.clone(),
    })
}
