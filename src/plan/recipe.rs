//! The hash of everything that an item's steps read: its id.
//!
//! Left out are `vary`, constraints, `cover`, `samples` and the scenario's place in the plan, so
//! that items keep their ids when rows are added beside them. Planted values come from the id, so
//! in the hashed prose their names stand for them.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};

use blake3::{Hash, Hasher};
use serde::Serialize;
use serde_json::{Map, Value as Json};

use super::document::{Pick, ScenarioPlan, Work};
use super::row_view::RowView;
use crate::prompt::{PromptError, Prose, Shape, VariableSet, used_variables};

/// Renderings that one text remembers.
const MAX_REMEMBERED: usize = 10_000;

/// What the hashes of a scenario's items have in common, and its compiled prose.
#[derive(Debug)]
pub(super) struct Recipe {
    base: Hash,
    texts: HashMap<String, Text>,
    /// The row that was hashed last, because its samples follow each other.
    last: Mutex<Option<(usize, Hash)>>,
}

impl Recipe {
    pub(super) fn new(work: &Work, scenario: &ScenarioPlan) -> Self {
        let base = hash_of(&(
            "autosafe.item/1",
            (work.seed, &work.rollout, work.rounds),
            (&work.prompts, &work.roles, &work.models),
            (&scenario.name, &scenario.rules, scenario.evaluate),
            (&scenario.plants, &scenario.parameters),
        ));
        let texts = all_texts(scenario)
            .map(|text| (text.to_owned(), Text::new(text, scenario)))
            .collect();
        Self {
            base,
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
        variables: &Map<String, Json>,
    ) -> Result<String, PromptError> {
        match self.texts.get(text).map(|text| &text.prose) {
            Some(Ok(prose)) => prose.render(variables),
            Some(Err(error)) => Err(error.clone()),
            None => crate::prompt::render_prose(text, variables),
        }
    }

    fn row_hash(&self, view: RowView<'_>) -> Hash {
        let mut values: Vec<_> = view.values().collect();
        values.sort_by_key(|(name, _)| *name);
        let mut hasher = Hasher::new();
        hasher.update(self.base.as_bytes());
        add(&mut hasher, &values);
        add(&mut hasher, &(view.outcomes(), view.persona()));
        add(&mut hasher, &view.toolkits());
        let cell = view.cell();
        add(&mut hasher, &(cell.instruction, cell.context));
        for (part, text) in texts_of(view) {
            let rendered = self.texts[text].hash(view);
            hasher.update(part.as_bytes());
            hasher.update(rendered.as_bytes());
        }
        hasher.finalize()
    }
}

/// One prose of a scenario.
#[derive(Debug)]
struct Text {
    prose: Result<Prose, PromptError>,
    /// The axes that it depends on.
    axes: Vec<usize>,
    /// Hashes of what it renders to, by the values of these axes.
    known: Mutex<HashMap<Vec<u32>, Hash>>,
}

impl Text {
    fn new(text: &str, scenario: &ScenarioPlan) -> Self {
        Self {
            prose: Prose::new(text),
            axes: axes_used(text, scenario),
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
            Ok(prose) => blake3::hash(rendered_for_hash(prose, view).as_bytes()),
            Err(error) => blake3::hash(error.to_string().as_bytes()),
        };
        if known.len() < MAX_REMEMBERED {
            known.insert(values, hash);
        }
        hash
    }
}

fn rendered_for_hash(prose: &Prose, view: RowView<'_>) -> String {
    let mut variables = view.variables();
    for plant in &view.scenario.plants {
        let mark = format!("\u{1a}{}\u{1a}", plant.name);
        variables.insert(plant.name.clone(), Json::String(mark));
    }
    prose
        .render(&variables)
        .unwrap_or_else(|error| error.to_string())
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

/// The axes that a text names, itself or through what they pick.
fn axes_used(text: &str, scenario: &ScenarioPlan) -> Vec<usize> {
    let place = |name: &str| scenario.axes.iter().position(|axis| axis.name == name);
    let picked = |picks: &[Pick]| -> Vec<usize> {
        picks
            .iter()
            .filter_map(|pick| match pick {
                Pick::Axis(name) => place(name),
                Pick::Fixed(_) => None,
            })
            .collect()
    };
    let names = ["persona", "outcomes", "toolkits"];
    let axes = scenario.axes.iter().map(|axis| axis.name.as_str());
    let variables = names
        .into_iter()
        .chain(axes)
        .fold(VariableSet::new(), |set, name| set.with(name, Shape::Any));
    let mut used = BTreeSet::new();
    for name in used_variables(text, &variables) {
        used.extend(place(&name));
        match name.as_str() {
            "persona" => used.extend(picked(std::slice::from_ref(&scenario.persona))),
            "outcomes" => used.extend(picked(&scenario.outcomes)),
            "toolkits" => used.extend(picked(&scenario.toolkits)),
            _ => {}
        }
    }
    used.into_iter().collect()
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
