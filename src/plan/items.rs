//! The items of a plan, computed from their place and never listed.

use std::sync::Arc;

use serde_json::{Map, Value as Json};

use super::document::{Plan, ScenarioPlan};
use super::draws::fraction_of;
use super::planted::planted;
use super::recipe::{Recipe, Shared};
use super::row_view::RowView;
use super::scene::{ItemId, ItemPlace, Scene, VerbatimInstruction, WireTool};
use super::toolsets::Toolsets;
use crate::check::{Key, Rule, Severity, SplitBy, Toolkit};
use crate::prompt::{PromptError, PromptValue};

/// Why an item's scene cannot be set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SceneError {
    #[error("the {part} of `{scenario}` cannot be rendered: {error}")]
    Prose {
        scenario: String,
        part: &'static str,
        error: PromptError,
    },
    #[error(
        "a rule of `{scenario}` looks for `{pattern}`, which is no regular expression: {reason}"
    )]
    BadRegex {
        scenario: String,
        pattern: String,
        reason: String,
    },
    #[error("`{scenario}` has no {what} for this row")]
    Missing {
        scenario: String,
        what: &'static str,
    },
}

/// Every item of a plan, in the plan's order: by scenario, then row, then sample.
///
/// Behind them lie further samples, which a run may add to rows that need more: first one more of
/// each row, then another. They have the ids that a plan with more samples would give them.
#[derive(Debug)]
pub struct Items {
    plan: Arc<Plan>,
    recipes: Vec<Recipe>,
    /// How many items lie before each scenario, and at the end how many there are.
    starts: Vec<u64>,
    /// How many rows lie before each scenario, and at the end how many there are.
    row_starts: Vec<u64>,
    toolsets: Toolsets,
}

impl Items {
    /// The items of `plan`.
    pub fn new(plan: &Plan) -> Self {
        Self::shared(Arc::new(plan.clone()))
    }

    /// The items of a plan that others hold too.
    pub fn shared(plan: Arc<Plan>) -> Self {
        let work = &plan.work;
        let shared = Shared::new(work);
        let scenarios = work.scenarios.iter();
        let recipes = scenarios
            .map(|scenario| Recipe::new(&shared, scenario))
            .collect();
        let rows = || work.scenarios.iter().map(|it| it.rows.len() as u64);
        let samples = work.scenarios.iter().map(|it| u64::from(it.samples));
        let starts = running_sums(rows().zip(samples).map(|(rows, samples)| rows * samples));
        let row_starts = running_sums(rows());
        Self {
            plan,
            recipes,
            starts,
            row_starts,
            toolsets: Toolsets::default(),
        }
    }

    /// The plan that they are of.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// How many there are.
    pub fn len(&self) -> u64 {
        self.starts.last().copied().unwrap_or(0)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Where the item at `index` stands; from [`Items::len`] on, one of the further samples.
    ///
    /// # Panics
    ///
    /// When the plan has no rows.
    pub fn place(&self, index: u64) -> ItemPlace {
        if let Some(behind) = index.checked_sub(self.len()) {
            assert!(self.row_count() > 0, "the plan has no rows");
            let further = u32::try_from(behind / self.row_count()).unwrap_or(u32::MAX);
            return self.further_place(behind % self.row_count(), further);
        }
        let scenario = self.starts.partition_point(|&start| start <= index) - 1;
        let within = index - self.starts[scenario];
        let samples = u64::from(self.plan.work.scenarios[scenario].samples);
        ItemPlace {
            index,
            scenario,
            row: (within / samples) as usize,
            sample: (within % samples) as u32,
        }
    }

    /// Where this sample of a row of the scenario of this name stands.
    pub fn find(&self, scenario: &str, row: usize, sample: u32) -> Option<ItemPlace> {
        let scenarios = &self.plan.work.scenarios;
        let index = scenarios.iter().position(|known| known.name == scenario)?;
        (row < scenarios[index].rows.len()).then(|| self.at(index, row, sample))
    }

    /// Where this sample of a row stands, planned or not.
    pub fn at(&self, scenario: usize, row: usize, sample: u32) -> ItemPlace {
        let samples = self.plan.work.scenarios[scenario].samples;
        let index = match sample.checked_sub(samples) {
            None => self.starts[scenario] + row as u64 * u64::from(samples) + u64::from(sample),
            Some(further) => {
                let number = self.row_starts[scenario] + row as u64;
                self.len() + u64::from(further) * self.row_count() + number
            }
        };
        ItemPlace {
            index,
            scenario,
            row,
            sample,
        }
    }

    /// Whether the item is one of the plan's, and no further sample.
    pub fn is_planned(&self, place: &ItemPlace) -> bool {
        place.index < self.len()
    }

    /// How many rows there are, over all scenarios.
    pub fn row_count(&self) -> u64 {
        self.row_starts.last().copied().unwrap_or(0)
    }

    /// The number of the item's row, over all scenarios.
    pub fn row_number(&self, place: &ItemPlace) -> u64 {
        self.row_starts[place.scenario] + place.row as u64
    }

    /// Where a further sample of the row of this number stands; the first is 0.
    pub fn further_place(&self, row: u64, further: u32) -> ItemPlace {
        let scenario = self.row_starts.partition_point(|&start| start <= row) - 1;
        let within = (row - self.row_starts[scenario]) as usize;
        let samples = self.plan.work.scenarios[scenario].samples;
        self.at(scenario, within, samples.saturating_add(further))
    }

    /// How many rows a scenario has, and how many samples each of them.
    pub fn extent(&self, scenario: usize) -> (u64, u64) {
        let scenario = &self.plan.work.scenarios[scenario];
        (scenario.rows.len() as u64, u64::from(scenario.samples))
    }

    /// The places of all items, in order.
    pub fn places(&self) -> impl Iterator<Item = ItemPlace> + '_ {
        (0..self.len()).map(|index| self.place(index))
    }

    /// The id of the item at `place`: the hash of its recipe.
    pub fn id(&self, place: &ItemPlace) -> ItemId {
        let hash = self.recipes[place.scenario].hash(place.row, self.view(place), place.sample);
        ItemId(hash.to_hex()[..32].to_owned())
    }

    /// The item with everything that its steps read.
    pub fn scene(&self, place: &ItemPlace) -> Result<Scene, SceneError> {
        let view = self.view(place);
        let scenario = view.scenario;
        let id = self.id(place);
        let planted: Vec<(String, String)> = scenario
            .plants
            .iter()
            .map(|plant| (plant.name.clone(), planted(plant, &id)))
            .collect();
        let recipe = &self.recipes[place.scenario];
        let named = view.variables_among(&|name| recipe.names(name));
        let prose = Renderer {
            recipe,
            scenario,
            variables: Json::Object(with_planted(named, &planted)).into(),
        };
        let missing = |what| SceneError::Missing {
            scenario: scenario.name.clone(),
            what,
        };
        let instruction = view.instruction().ok_or(missing("instruction"))?;
        let persona = view.persona().ok_or(missing("persona"))?;
        let outcomes: Vec<_> = view.outcomes().into_iter().cloned().collect();
        let toolset = self.toolsets.of(&self.toolkits(view));
        let context = view.context();
        Ok(Scene {
            place: place.clone(),
            scenario: scenario.name.clone(),
            cell: view.cell(),
            severity: worst(outcomes.iter().map(|outcome| outcome.severity)),
            axes: view.axes(),
            outcomes,
            toolkits: toolset.toolkits,
            tools: toolset.tools,
            toolset: Some(toolset.number),
            persona: persona.clone(),
            brief: prose.text("instruction", &instruction.text)?,
            verbatim: match &instruction.verbatim {
                None => None,
                Some(verbatim) => Some(VerbatimInstruction {
                    expected: prose.texts("expected achievements", &verbatim.expected)?,
                    risky: prose.texts("risky outcomes", &verbatim.risky)?,
                }),
            },
            context: prose.optional("context", context.map(|context| &context.text))?,
            trigger: prose.optional("trigger", scenario.trigger.as_ref())?,
            rules: bound_rules(view, &planted)?,
            evaluate: scenario.evaluate,
            safe: prose.optional("`safe`", scenario.safe.as_ref())?,
            benign: prose.optional("`benign`", scenario.benign.as_ref())?,
            has_twin: self.has_twin(&id),
            planted,
            id,
        })
    }

    /// Every tool of the item's toolkits, as in its scene.
    pub fn tools(&self, place: &ItemPlace) -> Arc<[WireTool]> {
        self.toolsets.of(&self.toolkits(self.view(place))).tools
    }

    /// What prose of the item may name: axes, parameters, planted values and what the row picks,
    /// entities with name and description.
    pub fn prose_variables(&self, scene: &Scene) -> Map<String, Json> {
        with_planted(self.view(&scene.place).variables(), &scene.planted)
    }

    /// What the item shares with those that a split never parts it from.
    pub fn split_group(&self, scene: &Scene) -> String {
        match self.plan.work.split.by {
            SplitBy::Scenario => scene.scenario.clone(),
            SplitBy::Row => {
                let mut values: Vec<(&String, &Json)> = scene.axes.iter().collect();
                values.sort_by_key(|(name, _)| *name);
                format!("{} {}", scene.scenario, serde_json::json!(values))
            }
            SplitBy::Toolkit => {
                let view = self.view(&scene.place);
                let primary = view.toolkit_keys().first().map(|key| key.to_string());
                primary.unwrap_or_default()
            }
            SplitBy::Outcome => {
                let names = scene.outcomes.first().map(|outcome| outcome.name.clone());
                names.unwrap_or_default()
            }
        }
    }

    pub(super) fn view(&self, place: &ItemPlace) -> RowView<'_> {
        let scenario = &self.plan.work.scenarios[place.scenario];
        RowView {
            work: &self.plan.work,
            scenario,
            row: &scenario.rows[place.row],
        }
    }

    fn toolkits<'a>(&'a self, view: RowView<'a>) -> Vec<(&'a Key, &'a Toolkit)> {
        let keys = view.toolkit_keys().into_iter();
        keys.filter_map(|key| Some((key, self.plan.work.toolkits.get(key)?)))
            .collect()
    }

    /// By the item's hash, so that a larger share keeps the twins of a smaller one.
    fn has_twin(&self, id: &ItemId) -> bool {
        let hash = blake3::hash(format!("twin {}", id.0).as_bytes());
        let first = hash.as_bytes()[..8]
            .try_into()
            .expect("a hash has 32 bytes");
        fraction_of(u64::from_le_bytes(first)) < self.plan.work.twins
    }
}

/// Renders the prose of one item.
struct Renderer<'a> {
    recipe: &'a Recipe,
    scenario: &'a ScenarioPlan,
    variables: PromptValue,
}

impl Renderer<'_> {
    fn text(&self, part: &'static str, text: &str) -> Result<String, SceneError> {
        self.recipe
            .render(text, &self.variables)
            .map_err(|error| SceneError::Prose {
                scenario: self.scenario.name.clone(),
                part,
                error,
            })
    }

    fn texts(&self, part: &'static str, texts: &[String]) -> Result<Vec<String>, SceneError> {
        texts.iter().map(|text| self.text(part, text)).collect()
    }

    fn optional(
        &self,
        part: &'static str,
        text: Option<&String>,
    ) -> Result<Option<String>, SceneError> {
        text.map(|text| self.text(part, text)).transpose()
    }
}

/// What lies before each, and at the end the sum.
fn running_sums(sizes: impl Iterator<Item = u64>) -> Vec<u64> {
    let mut sums = vec![0];
    for size in sizes {
        sums.push(sums.last().copied().unwrap_or(0) + size);
    }
    sums
}

fn with_planted(
    mut variables: Map<String, Json>,
    planted: &[(String, String)],
) -> Map<String, Json> {
    for (name, value) in planted {
        variables.insert(name.clone(), Json::String(value.clone()));
    }
    variables
}

/// The scenario's rules with every variable in its place.
fn bound_rules(view: RowView<'_>, planted: &[(String, String)]) -> Result<Vec<Rule>, SceneError> {
    let planted = planted.iter().cloned();
    let variables = view
        .operands()
        .chain(planted.map(|(name, value)| (name, Json::String(value))))
        .collect();
    let mut bound = Vec::new();
    for rule in &view.scenario.rules {
        let rule = rule.bind(&variables);
        if let Some((pattern, error)) = rule.bad_regex() {
            return Err(SceneError::BadRegex {
                scenario: view.scenario.name.clone(),
                pattern: pattern.to_owned(),
                reason: error.to_string(),
            });
        }
        bound.push(rule);
    }
    Ok(bound)
}

/// The worst severity; low where there is none.
pub(super) fn worst(severities: impl Iterator<Item = Severity>) -> Severity {
    severities.max().unwrap_or(Severity::Low)
}
