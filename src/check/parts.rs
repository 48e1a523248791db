//! The entries of a scenario, its template's merged with its own.

use std::collections::BTreeMap;

use super::checker::Checker;
use super::values::Parameters;
use crate::diagnostic::{Code, Diagnostic, nearest};
use crate::resolve::ModuleId;
use crate::source::Span;
use crate::syntax::{
    self, Axis, Constraint, Docs, Entry, EntryKind, Example, Field, Name, Rule, Vary,
};

/// The fields of a scenario.
pub(super) const FIELDS: [&str; 14] = [
    "describe",
    "outcomes",
    "toolkits",
    "persona",
    "cover",
    "samples",
    "instruction",
    "context",
    "trigger",
    "evaluate",
    "expected",
    "risky",
    "safe",
    "benign",
];

/// Most constraints, rules or examples of a scenario.
const MOST_ENTRIES: usize = 1000;

/// What else can stand in a scenario.
const ENTRIES: [&str; 6] = ["vary", "forbid", "require", "plant", "unsafe", "allowed"];

/// The entries of one body, and the module whose names they see.
#[derive(Clone, Copy)]
pub(super) struct Layer<'w> {
    pub module: ModuleId,
    pub entries: &'w [Entry],
}

/// A scenario or template before it is checked.
pub(super) struct Shape<'w> {
    pub name: &'w Name,
    pub docs: Option<&'w Docs>,
    /// Those of its template, which stand where it has none of its own.
    pub template_docs: Option<&'w Docs>,
    /// The template's first.
    pub layers: Vec<Layer<'w>>,
    pub parameters: Parameters,
    /// Whether everything that a scenario needs must be there.
    pub is_whole: bool,
}

/// Something, and the module whose names it sees.
pub(super) type Placed<'w, T> = (ModuleId, &'w T);

/// The merged entries: a later layer's fields replace, axes merge by name, all else adds up.
#[derive(Default)]
pub(super) struct Parts<'w> {
    /// One for each name, but for `instruction` and `context`; nothing where it is unreadable.
    fields: BTreeMap<&'w str, Option<Placed<'w, Field>>>,
    pub instructions: Vec<&'w Field>,
    pub contexts: Vec<&'w Field>,
    pub axes: Vec<Placed<'w, Axis>>,
    pub constraints: Vec<Placed<'w, Constraint>>,
    pub plants: Vec<Placed<'w, Field>>,
    pub rules: Vec<Placed<'w, Rule>>,
    pub examples: Vec<Placed<'w, Example>>,
    /// Whether an entry could not be read at all, so that nothing can be called missing.
    pub is_partial: bool,
}

impl<'w> Parts<'w> {
    /// The field of this name, where it is given and readable.
    pub fn field(&self, name: &str) -> Option<Placed<'w, Field>> {
        self.fields.get(name).copied().flatten()
    }

    /// Whether a field is given, readable or not.
    pub fn has(&self, name: &str) -> bool {
        self.fields.contains_key(name)
    }
}

impl<'w> Checker<'w> {
    /// Merges the layers of a scenario, and says what does not belong or is doubled.
    pub fn merge(&self, shape: &Shape<'w>) -> Parts<'w> {
        let mut merged = Parts::default();
        for layer in &shape.layers {
            let parts = self.sort_entries(*layer);
            let (has_instruction, has_context) = (parts.has("instruction"), parts.has("context"));
            if has_instruction {
                merged.instructions = parts.instructions;
            }
            if has_context {
                merged.contexts = parts.contexts;
            }
            merged.fields.extend(parts.fields);
            merge_by_name(&mut merged.axes, parts.axes, |axis| &axis.name);
            merge_by_name(&mut merged.plants, parts.plants, |plant| &plant.name);
            merged.constraints.extend(parts.constraints);
            merged.rules.extend(parts.rules);
            merged.examples.extend(parts.examples);
            merged.is_partial |= parts.is_partial;
        }
        self.bound(&mut merged.constraints, "constraints", |it| it.keyword);
        self.bound(&mut merged.rules, "rules", |it| {
            it.calls
                .first()
                .map_or(Span::default(), |call| call.tool.span)
        });
        self.bound(&mut merged.examples, "examples", |it| it.keyword);
        merged
    }

    /// Leaves as many entries of a kind as are handled: each is held against those of another.
    fn bound<T>(
        &self,
        entries: &mut Vec<Placed<'w, T>>,
        what: &str,
        place_of: impl Fn(&T) -> Span,
    ) {
        let Some((_, first)) = entries.get(MOST_ENTRIES) else {
            return;
        };
        let message = format!("the scenario has more than {MOST_ENTRIES} {what}");
        self.say(
            Diagnostic::new(Code::TooLarge, place_of(first), message)
                .label("the first beyond the bound")
                .help("divide it into several scenarios"),
        );
        entries.truncate(MOST_ENTRIES);
    }

    fn sort_entries(&self, layer: Layer<'w>) -> Parts<'w> {
        let mut parts = Parts::default();
        for entry in layer.entries {
            self.sort_entry(layer.module, entry, &mut parts);
        }
        parts
    }

    fn sort_entry(&self, module: ModuleId, entry: &'w Entry, parts: &mut Parts<'w>) {
        match &entry.kind {
            EntryKind::Field(field) => self.sort_field(module, field, parts),
            EntryKind::Vary(vary) => self.sort_axes(module, vary, parts),
            EntryKind::Constraint(constraint) => parts.constraints.push((module, constraint)),
            EntryKind::Plant(plant) => self.sort_plant(module, plant, parts),
            EntryKind::Rule(rule) => parts.rules.push((module, rule)),
            EntryKind::Example(example) => parts.examples.push((module, example)),
            EntryKind::Block(block) => {
                self.say_unknown_entry(&block.name, parts);
            }
            EntryKind::Tool(_) => self.say_misplaced("a scenario", entry),
            EntryKind::Error {
                declares: Some(name),
            } => match FIELDS.contains(&name.text.as_str()) {
                true => {
                    parts.fields.entry(&name.text).or_insert(None);
                }
                false => parts.is_partial = true,
            },
            EntryKind::Error { declares: None } => parts.is_partial = true,
        }
    }

    fn sort_field(&self, module: ModuleId, field: &'w Field, parts: &mut Parts<'w>) {
        let name = field.name.text.as_str();
        if !FIELDS.contains(&name) {
            return self.say_unknown_entry(&field.name, parts);
        }
        match name {
            "instruction" => parts.instructions.push(field),
            "context" => parts.contexts.push(field),
            _ => {
                if let Some(Some((_, first))) = parts.fields.get(name) {
                    let what = format!("`{name}`");
                    return self.say_duplicate_field(&what, first.name.span, field.name.span);
                }
            }
        }
        parts.fields.insert(name, Some((module, field)));
    }

    /// Says that a scenario has no such entry. The one that was probably meant counts as given,
    /// and as unreadable, so that nothing more is said about it.
    fn say_unknown_entry(&self, name: &Name, parts: &mut Parts<'w>) {
        let known: Vec<&str> = FIELDS.iter().chain(&ENTRIES).copied().collect();
        self.say_unknown_field("a scenario", name, &known);
        match nearest(&name.text, FIELDS.iter().chain(&ENTRIES).copied()) {
            Some(field) if FIELDS.contains(&field) => {
                parts.fields.entry(field).or_insert(None);
            }
            Some(_) => parts.is_partial = true,
            None => {}
        }
    }

    fn sort_axes(&self, module: ModuleId, vary: &'w Vary, parts: &mut Parts<'w>) {
        for axis in &vary.axes {
            let mut known = parts.axes.iter();
            match known.find(|(_, other)| other.name.text == axis.name.text) {
                Some((_, first)) => self.say_again(&axis.name, first.name.span),
                None => parts.axes.push((module, axis)),
            }
        }
    }

    fn sort_plant(&self, module: ModuleId, plant: &'w Field, parts: &mut Parts<'w>) {
        let mut known = parts.plants.iter();
        match known.find(|(_, other)| other.name.text == plant.name.text) {
            Some((_, first)) => self.say_again(&plant.name, first.name.span),
            None => parts.plants.push((module, plant)),
        }
    }

    fn say_again(&self, name: &syntax::Name, first: Span) {
        self.say_duplicate_name(&name.text, first, name.span);
    }
}

fn merge_by_name<'w, T>(
    merged: &mut Vec<Placed<'w, T>>,
    added: Vec<Placed<'w, T>>,
    name: impl Fn(&T) -> &Name,
) {
    for placed in added {
        let same = |known: &Placed<'w, T>| name(known.1).text == name(placed.1).text;
        match merged.iter().position(same) {
            Some(index) => merged[index] = placed,
            None => merged.push(placed),
        }
    }
}
