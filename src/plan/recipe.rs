//! The hash of everything that an item's steps read: its id.
//!
//! Left out are `vary`, constraints, `cover`, `samples` and the scenario's place in the plan, so
//! that items keep their ids when rows are added beside them. Planted values come from the id, so
//! in the hashed prose their names stand for them.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use blake3::{Hash, Hasher};
use serde::Serialize;
use serde_json::Value as Json;

use super::document::{Pick, ScenarioPlan, Work};
use super::row_view::{PICKED, RowView};
use crate::check::{Annotations, Key, Toolkit};
use crate::prompt::{PromptError, PromptValue, Prose, Shape, VariableSet, used_variables};

/// Renderings that one text remembers.
const MAX_REMEMBERED: usize = 10_000;

/// What the hashes of a scenario's items have in common, and its compiled prose.
#[derive(Debug)]
pub(super) struct Recipe {
    base: Hash,
    entities: Arc<EntityHashes>,
    /// The axes in the order of their names, each with the hashes of its values.
    axes: Vec<(usize, Vec<Hash>)>,
    texts: HashMap<String, Text>,
    /// The variables that some text names.
    names: BTreeSet<String>,
    /// The row that was hashed last, because its samples follow each other.
    last: Mutex<Option<(usize, Hash)>>,
}

impl Recipe {
    pub(super) fn new(shared: &Shared, scenario: &ScenarioPlan) -> Self {
        let base = hash_of(&(
            shared.base.as_bytes(),
            (&scenario.name, &scenario.rules, scenario.evaluate),
            (&scenario.plants, &scenario.parameters),
        ));
        let texts: HashMap<String, Text> = all_texts(scenario)
            .map(|text| (text.to_owned(), Text::new(text, scenario)))
            .collect();
        let names = texts.values().flat_map(|text| text.names.iter().cloned());
        Self {
            base,
            entities: Arc::clone(&shared.entities),
            axes: axis_hashes(scenario),
            names: names.collect(),
            texts,
            last: Mutex::new(None),
        }
    }

    /// The hash of an item, by its row's index and content, and its sample.
    pub(super) fn hash(&self, index: usize, view: RowView<'_>, sample: u32) -> Hash {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let row = match *last {
            Some((known, hash)) if known == index => hash,
            _ => self.row_hash(view),
        };
        *last = Some((index, row));
        let mut hasher = Hasher::new();
        hasher.update(row.as_bytes());
        hasher.update(&sample.to_le_bytes());
        hasher.finalize()
    }

    /// A text of the scenario with these variables.
    pub(super) fn render(
        &self,
        text: &str,
        variables: &PromptValue,
    ) -> Result<String, PromptError> {
        match self.texts.get(text).map(|text| &text.prose) {
            Some(Ok(prose)) => prose.render_with(variables),
            Some(Err(error)) => Err(error.clone()),
            None => Prose::new(text)?.render_with(variables),
        }
    }

    /// Whether some text of the scenario names this variable.
    pub(super) fn names(&self, variable: &str) -> bool {
        self.names.contains(variable)
    }

    fn row_hash(&self, view: RowView<'_>) -> Hash {
        let mut hasher = Hasher::new();
        hasher.update(self.base.as_bytes());
        for (axis, values) in &self.axes {
            hasher.update(values[view.row[*axis] as usize].as_bytes());
        }
        self.entities.add(&mut hasher, &view.outcome_keys());
        self.entities.add(&mut hasher, &view.persona_keys());
        self.entities.add(&mut hasher, &view.toolkit_keys());
        hasher.update(view.cell().to_string().as_bytes());
        for (part, text) in texts_of(view) {
            let rendered = self.texts[text].hash(view);
            hasher.update(part.as_bytes());
            hasher.update(rendered.as_bytes());
        }
        hasher.finalize()
    }
}

/// What all scenarios of a plan have in common.
#[derive(Debug)]
pub(super) struct Shared {
    base: Hash,
    entities: Arc<EntityHashes>,
}

impl Shared {
    pub(super) fn new(work: &Work) -> Self {
        let base = hash_of(&(
            "autosafe.item/1",
            (work.seed, &work.rollout, work.rounds),
            (&work.prompts, &work.roles, &work.models),
        ));
        let personas = work.personas.iter().map(|(key, one)| (key, hash_of(one)));
        let outcomes = work.outcomes.iter().map(|(key, one)| (key, hash_of(one)));
        let toolkits = work.toolkits.iter();
        let toolkits = toolkits.map(|(key, one)| (key, hash_of(&as_steps_see_it(one))));
        let entities = personas.chain(outcomes).chain(toolkits);
        Self {
            base,
            entities: Arc::new(EntityHashes(
                entities.map(|(key, hash)| (key.clone(), hash)).collect(),
            )),
        }
    }
}

/// The hashes of what personas, outcomes and toolkits say; their keys are not in them.
#[derive(Debug)]
struct EntityHashes(HashMap<Key, Hash>);

impl EntityHashes {
    fn add(&self, hasher: &mut Hasher, keys: &[&Key]) {
        hasher.update(&(keys.len() as u64).to_le_bytes());
        for hash in keys.iter().filter_map(|key| self.0.get(*key)) {
            hasher.update(hash.as_bytes());
        }
    }
}

/// The toolkit without what only people read.
fn as_steps_see_it(toolkit: &Toolkit) -> Toolkit {
    let mut seen = toolkit.clone();
    for tool in &mut seen.tools {
        tool.annotations = Annotations::default();
    }
    seen
}

fn axis_hashes(scenario: &ScenarioPlan) -> Vec<(usize, Vec<Hash>)> {
    let mut axes: Vec<_> = scenario.axes.iter().enumerate().collect();
    axes.sort_by_key(|(_, axis)| &axis.name);
    axes.into_iter()
        .map(|(index, axis)| {
            let values = axis.values.iter();
            let hashes = values.map(|value| hash_of(&(&axis.name, value))).collect();
            (index, hashes)
        })
        .collect()
}

/// One prose of a scenario.
#[derive(Debug)]
struct Text {
    prose: Result<Prose, PromptError>,
    /// The variables that it names.
    names: BTreeSet<String>,
    /// The axes that these depend on.
    axes: Vec<usize>,
    /// Hashes of what it renders to, by the values of these axes.
    known: Mutex<HashMap<Vec<u32>, Hash>>,
}

impl Text {
    fn new(text: &str, scenario: &ScenarioPlan) -> Self {
        let names = names_in(text, scenario);
        Self {
            prose: Prose::new(text),
            axes: axes_behind(&names, scenario),
            names,
            known: Mutex::default(),
        }
    }

    fn hash(&self, view: RowView<'_>) -> Hash {
        let values: Vec<u32> = self.axes.iter().map(|&axis| view.row[axis]).collect();
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(hash) = known.get(&values) {
            return *hash;
        }
        let hash = match &self.prose {
            Ok(prose) => blake3::hash(self.rendered(prose, view).as_bytes()),
            Err(error) => blake3::hash(error.to_string().as_bytes()),
        };
        if known.len() < MAX_REMEMBERED {
            known.insert(values, hash);
        }
        hash
    }

    fn rendered(&self, prose: &Prose, view: RowView<'_>) -> String {
        let mut variables = view.variables_among(&|name| self.names.contains(name));
        for plant in &view.scenario.plants {
            let mark = format!("\u{1a}{}\u{1a}", plant.name);
            variables.insert(plant.name.clone(), Json::String(mark));
        }
        prose
            .render(&variables)
            .unwrap_or_else(|error| error.to_string())
    }
}

/// Every prose of a scenario.
fn all_texts(scenario: &ScenarioPlan) -> impl Iterator<Item = &str> {
    let instructions = scenario.instructions.iter().flat_map(|instruction| {
        let verbatim = instruction.verbatim.iter();
        std::iter::once(&instruction.text)
            .chain(verbatim.flat_map(|verbatim| verbatim.expected.iter().chain(&verbatim.risky)))
    });
    instructions
        .chain(scenario.contexts.iter().map(|context| &context.text))
        .chain(&scenario.trigger)
        .chain(&scenario.safe)
        .chain(&scenario.benign)
        .map(String::as_str)
}

/// The prose that the row's items read, each with the part it plays.
fn texts_of(view: RowView<'_>) -> Vec<(&'static str, &str)> {
    let mut texts = Vec::new();
    if let Some(instruction) = view.instruction() {
        match &instruction.verbatim {
            None => texts.push(("brief", instruction.text.as_str())),
            Some(verbatim) => {
                texts.push(("verbatim", &instruction.text));
                texts.extend(
                    verbatim
                        .expected
                        .iter()
                        .map(|text| ("expected", text.as_str())),
                );
                texts.extend(verbatim.risky.iter().map(|text| ("risky", text.as_str())));
            }
        }
    }
    let scenario = view.scenario;
    texts.extend(
        view.context()
            .map(|context| ("context", context.text.as_str())),
    );
    texts.extend(
        scenario
            .trigger
            .iter()
            .map(|text| ("trigger", text.as_str())),
    );
    texts.extend(scenario.safe.iter().map(|text| ("safe", text.as_str())));
    texts.extend(scenario.benign.iter().map(|text| ("benign", text.as_str())));
    texts
}

/// The variables that a text names.
fn names_in(text: &str, scenario: &ScenarioPlan) -> BTreeSet<String> {
    let axes = scenario.axes.iter().map(|axis| &axis.name);
    let own = axes.chain(scenario.parameters.keys()).map(String::as_str);
    let variables = PICKED
        .into_iter()
        .chain(own)
        .fold(VariableSet::new(), |set, name| set.with(name, Shape::Any));
    used_variables(text, &variables)
}

/// The axes of these names, and those from which named entities are picked.
fn axes_behind(names: &BTreeSet<String>, scenario: &ScenarioPlan) -> Vec<usize> {
    let mut axes = BTreeSet::new();
    for name in names {
        axes.extend(place_of(name, scenario));
        let picks = match name.as_str() {
            "persona" => std::slice::from_ref(&scenario.persona),
            "outcomes" => &scenario.outcomes,
            "toolkits" => &scenario.toolkits,
            _ => &[],
        };
        axes.extend(picks.iter().filter_map(|pick| match pick {
            Pick::Axis(name) => place_of(name, scenario),
            Pick::Fixed(_) => None,
        }));
    }
    axes.into_iter().collect()
}

fn place_of(axis: &str, scenario: &ScenarioPlan) -> Option<usize> {
    scenario.axes.iter().position(|one| one.name == axis)
}

fn hash_of(value: &impl Serialize) -> Hash {
    let mut hasher = Hasher::new();
    add(&mut hasher, value);
    hasher.finalize()
}

/// Adds the value as JSON, and its length, so that two neighbours never run into each other.
fn add(hasher: &mut Hasher, value: &impl Serialize) {
    let json = serde_json::to_vec(value).expect("plans hold nothing that JSON cannot");
    hasher.update(&(json.len() as u64).to_le_bytes());
    hasher.update(&json);
}
