//! One row of a scenario, with everything that its values pick.

use serde_json::{Map, Value as Json, json};

use super::document::{ContextPlan, InstructionPlan, Pick, ScenarioPlan, Work};
use crate::check::{
    Cell, ContextKind, InstructionKind, Key, Outcome, Persona, Tool, Toolkit, Value,
};

/// What prose may name beside axes, parameters and planted values.
pub(super) const PICKED: [&str; 5] = [
    "instruction_kind",
    "context_kind",
    "persona",
    "outcomes",
    "toolkits",
];

/// A row and the plan it belongs to.
#[derive(Debug, Clone, Copy)]
pub(super) struct RowView<'a> {
    pub(super) work: &'a Work,
    pub(super) scenario: &'a ScenarioPlan,
    pub(super) row: &'a [u32],
}

impl<'a> RowView<'a> {
    /// Name and value of each axis.
    pub(super) fn values(self) -> impl Iterator<Item = (&'a str, &'a Value)> {
        self.scenario
            .axes
            .iter()
            .zip(self.row)
            .map(|(axis, &value)| (axis.name.as_str(), &axis.values[value as usize]))
    }

    /// Axis and value, entities by name, in the axes' order.
    pub(super) fn axes(self) -> Map<String, Json> {
        self.values()
            .map(|(name, value)| (name.to_owned(), plain_json(self.work, value)))
            .collect()
    }

    /// The outcomes that the row leads to.
    pub(super) fn outcomes(self) -> Vec<&'a Outcome> {
        self.outcome_keys()
            .into_iter()
            .filter_map(|key| self.work.outcomes.get(key))
            .collect()
    }

    /// The keys of its outcomes.
    pub(super) fn outcome_keys(self) -> Vec<&'a Key> {
        self.keys(&self.scenario.outcomes)
    }

    /// The key of who asks, first.
    pub(super) fn persona_keys(self) -> Vec<&'a Key> {
        self.keys(std::slice::from_ref(&self.scenario.persona))
    }

    /// The keys of its toolkits, the primary one first.
    pub(super) fn toolkit_keys(self) -> Vec<&'a Key> {
        self.keys(&self.scenario.toolkits)
    }

    /// Its toolkits, the primary one first.
    pub(super) fn toolkits(self) -> Vec<&'a Toolkit> {
        self.toolkit_keys()
            .into_iter()
            .filter_map(|key| self.work.toolkits.get(key))
            .collect()
    }

    /// Who asks.
    pub(super) fn persona(self) -> Option<&'a Persona> {
        self.persona_keys()
            .first()
            .and_then(|key| self.work.personas.get(key))
    }

    /// Its cell of the threat model.
    pub(super) fn cell(self) -> Cell {
        Cell {
            instruction: self.instruction_kind(),
            context: self.context_kind(),
        }
    }

    /// The instruction of its kind.
    pub(super) fn instruction(self) -> Option<&'a InstructionPlan> {
        let kind = self.instruction_kind();
        let instructions = &self.scenario.instructions;
        instructions.iter().find(|one| one.kind == kind)
    }

    /// The context of its kind, where that has prose.
    pub(super) fn context(self) -> Option<&'a ContextPlan> {
        let kind = self.context_kind();
        self.scenario.contexts.iter().find(|one| one.kind == kind)
    }

    /// What prose may name, planted values aside.
    pub(super) fn variables(self) -> Map<String, Json> {
        self.variables_among(&|_| true)
    }

    /// Those of the variables that are wanted.
    pub(super) fn variables_among(self, is_wanted: &dyn Fn(&str) -> bool) -> Map<String, Json> {
        let picked = PICKED
            .into_iter()
            .filter(|name| is_wanted(name))
            .map(|name| (name.to_owned(), self.picked(name)));
        let parameters = self.scenario.parameters.iter();
        let own = parameters
            .map(|(name, value)| (name.as_str(), value))
            .chain(self.values())
            .filter(|(name, _)| is_wanted(name))
            .map(|(name, value)| (name.to_owned(), prose_json(self.work, value)));
        picked.chain(own).collect()
    }

    /// What rules may name, planted values aside: entities stand for their names.
    pub(super) fn operands(self) -> impl Iterator<Item = (String, Json)> {
        let parameters = self.scenario.parameters.iter();
        parameters
            .map(|(name, value)| (name.as_str(), value))
            .chain(self.values())
            .map(move |(name, value)| (name.to_owned(), plain_json(self.work, value)))
    }

    fn picked(self, name: &str) -> Json {
        match name {
            "instruction_kind" => json!(self.instruction_kind().word()),
            "context_kind" => json!(self.context_kind().word()),
            "persona" => self.persona().map_or(Json::Null, persona_json),
            "outcomes" => self.outcomes().into_iter().map(outcome_json).collect(),
            _ => self.toolkits().into_iter().map(toolkit_json).collect(),
        }
    }

    fn value(self, axis: &str) -> Option<&'a Value> {
        self.values()
            .find(|(name, _)| *name == axis)
            .map(|(_, value)| value)
    }

    fn instruction_kind(self) -> InstructionKind {
        let all = [
            InstructionKind::Normal,
            InstructionKind::Underspecified,
            InstructionKind::Malicious,
        ];
        match self.value("instruction_kind") {
            Some(Value::Text(word)) => all.into_iter().find(|kind| kind.word() == word),
            _ => None,
        }
        .or_else(|| self.scenario.instructions.first().map(|first| first.kind))
        .unwrap_or(InstructionKind::Normal)
    }

    fn context_kind(self) -> ContextKind {
        let all = [ContextKind::Normal, ContextKind::Malicious];
        match self.value("context_kind") {
            Some(Value::Text(word)) => all.into_iter().find(|kind| kind.word() == word),
            _ => None,
        }
        .or_else(|| self.scenario.contexts.first().map(|first| first.kind))
        .unwrap_or(ContextKind::Normal)
    }

    /// The entities that picks stand for, each once.
    fn keys(self, picks: &'a [Pick]) -> Vec<&'a Key> {
        let mut keys = Vec::new();
        for pick in picks {
            match pick {
                Pick::Fixed(key) => add(key, &mut keys),
                Pick::Axis(axis) => {
                    if let Some(value) = self.value(axis) {
                        add_entities(value, &mut keys);
                    }
                }
            }
        }
        keys
    }
}

fn add<'a>(key: &'a Key, keys: &mut Vec<&'a Key>) {
    if !keys.contains(&key) {
        keys.push(key);
    }
}

fn add_entities<'a>(value: &'a Value, keys: &mut Vec<&'a Key>) {
    match value {
        Value::Persona(key) | Value::Outcome(key) | Value::Toolkit(key) | Value::Model(key) => {
            add(key, keys);
        }
        Value::List(values) => values.iter().for_each(|value| add_entities(value, keys)),
        Value::Tool(_) | Value::Text(_) | Value::Int(_) | Value::Float(_) | Value::Bool(_) => {}
    }
}

/// The value as data shows it: entities by name.
fn plain_json(work: &Work, value: &Value) -> Json {
    match value {
        Value::List(values) => values.iter().map(|value| plain_json(work, value)).collect(),
        _ => match prose_json(work, value) {
            Json::Object(mut entity) => entity.remove("name").unwrap_or(Json::Null),
            plain => plain,
        },
    }
}

/// The value as prose sees it: entities with name and description.
fn prose_json(work: &Work, value: &Value) -> Json {
    match value {
        Value::Text(text) => json!(text),
        Value::Int(number) => json!(number),
        Value::Float(number) => json!(number),
        Value::Bool(flag) => json!(flag),
        Value::Persona(key) => work
            .personas
            .get(key)
            .map_or_else(|| named(key), persona_json),
        Value::Outcome(key) => work
            .outcomes
            .get(key)
            .map_or_else(|| named(key), outcome_json),
        Value::Toolkit(key) => work
            .toolkits
            .get(key)
            .map_or_else(|| named(key), toolkit_json),
        Value::Tool(key) => {
            let tools = work
                .toolkits
                .get(&key.toolkit)
                .map(|toolkit| &toolkit.tools);
            let tool = tools.and_then(|tools| tools.iter().find(|tool| tool.name == key.tool));
            json!({"name": key.tool, "describe": tool.map_or("", |tool| &tool.describe)})
        }
        Value::Model(key) => named(key),
        Value::List(values) => values.iter().map(|value| prose_json(work, value)).collect(),
    }
}

/// An entity of which only the key is known: its name is the key's last part.
fn named(key: &Key) -> Json {
    let name = key.as_str().rsplit(['.', '#']).next().unwrap_or_default();
    json!({"name": name, "describe": ""})
}

fn persona_json(persona: &Persona) -> Json {
    json!({"name": persona.name, "describe": persona.describe})
}

fn outcome_json(outcome: &Outcome) -> Json {
    json!({
        "name": outcome.name,
        "describe": outcome.describe,
        "severity": outcome.severity,
    })
}

fn toolkit_json(toolkit: &Toolkit) -> Json {
    let tools: Vec<Json> = toolkit.tools.iter().map(tool_json).collect();
    json!({"name": toolkit.name, "describe": toolkit.describe, "tools": tools})
}

fn tool_json(tool: &Tool) -> Json {
    json!({
        "name": tool.name,
        "describe": tool.describe,
        "parameters": tool.parameters,
    })
}
