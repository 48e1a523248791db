//! Values that fit a JSON Schema, with plausible content.

use serde_json::{Map, Number, Value as Json, json};

use super::dice::Dice;
use super::material::{Manner, Material};
use super::meaning::{Meaning, invent, meaning};
use super::reading::words_of_name;
use crate::model::schema::{fits, resolve};

/// Objects within objects, after which only what is required is filled.
const DEEP: usize = 6;
/// And after which nothing is.
const DEEPEST: usize = 24;

/// Fills schemas from one material.
pub(super) struct Filler<'a> {
    /// What local references start from.
    pub root: &'a Json,
    pub material: &'a Material,
    /// What the fields belong to, in words: helps to tell what they are for.
    pub about: &'a str,
    /// Of a hundred fields that may be left out, how many are filled.
    pub optional: u32,
}

/// Where in a value the filler stands.
#[derive(Clone, Copy)]
struct Place<'n> {
    name: &'n str,
    depth: usize,
    in_list: bool,
}

impl Filler<'_> {
    /// A value for the field `name`.
    pub(super) fn value(&self, schema: &Json, name: &str, dice: &mut Dice) -> Json {
        let place = Place {
            name,
            depth: 0,
            in_list: false,
        };
        self.fill(schema, place, dice)
    }

    /// An object in which the fields of `preset` that fit are taken as they are. Others stay out,
    /// or are null, as far as the schema allows that.
    pub(super) fn object(&self, schema: &Json, preset: Map<String, Json>, dice: &mut Dice) -> Json {
        let chosen = self.alternative_with(schema, &preset, dice);
        let Some(properties) = chosen.get("properties").and_then(Json::as_object) else {
            return Json::Object(preset);
        };
        let mut object = Map::new();
        for (name, property) in properties {
            match preset.get(name) {
                Some(value) if self.fits(value, property) => {
                    object.insert(name.clone(), value.clone());
                }
                None if is_required(chosen, name) && self.fits(&Json::Null, property) => {
                    object.insert(name.clone(), Json::Null);
                }
                _ if is_required(chosen, name) => {
                    object.insert(name.clone(), self.value(property, name, dice));
                }
                _ => {}
            }
        }
        Json::Object(object)
    }

    /// Of a schema's alternatives the first that has a property for every preset field.
    fn alternative_with<'s>(
        &'s self,
        schema: &'s Json,
        preset: &Map<String, Json>,
        dice: &mut Dice,
    ) -> &'s Json {
        let schema = self.followed(schema);
        let Some(alternatives) = alternatives(schema) else {
            return schema;
        };
        let has_all = |alternative: &&Json| {
            let properties = self.followed(alternative).get("properties");
            preset
                .keys()
                .all(|name| properties.is_some_and(|properties| properties.get(name).is_some()))
        };
        match alternatives.iter().find(has_all).or(dice.one(alternatives)) {
            Some(alternative) => self.followed(alternative),
            None => schema,
        }
    }

    fn followed<'s>(&'s self, schema: &'s Json) -> &'s Json {
        let mut schema = schema;
        for _ in 0..DEEPEST {
            let Some(reference) = schema.get("$ref").and_then(Json::as_str) else {
                return schema;
            };
            match resolve(self.root, reference) {
                Some(target) => schema = target,
                None => return schema,
            }
        }
        schema
    }

    fn fits(&self, value: &Json, schema: &Json) -> bool {
        let mut whole = schema.clone();
        if let (Some(whole), Some(definitions)) = (whole.as_object_mut(), self.root.get("$defs")) {
            whole.insert("$defs".to_owned(), definitions.clone());
        }
        fits(value, &whole).is_ok()
    }

    fn fill(&self, schema: &Json, place: Place, dice: &mut Dice) -> Json {
        let schema = self.followed(schema);
        if place.depth > DEEPEST {
            return Json::Null;
        }
        if let Some(only) = schema.get("const") {
            return only.clone();
        }
        if let Some(choices) = schema.get("enum").and_then(Json::as_array) {
            return self.choice(choices, place, dice);
        }
        if let Some(alternatives) = alternatives(schema) {
            return self.some_alternative(alternatives, place, dice);
        }
        match self.kind(schema, place, dice) {
            "object" => self.fields(schema, place, dice),
            "array" => self.elements(schema, place, dice),
            "integer" => self.integer(schema, place, dice),
            "number" => self.number(schema, place, dice),
            "boolean" => Json::Bool(dice.percent(65)),
            "null" => Json::Null,
            _ => self.text(schema, place, dice),
        }
    }

    fn choice(&self, choices: &[Json], place: Place, dice: &mut Dice) -> Json {
        let known = choices
            .iter()
            .find(|choice| self.echo(place).is_some_and(|known| known == **choice));
        match known.or(dice.one(choices)) {
            Some(choice) => choice.clone(),
            None => Json::Null,
        }
    }

    /// Deep down the simplest alternative, so that a schema that holds itself comes to an end.
    fn some_alternative(&self, alternatives: &[Json], place: Place, dice: &mut Dice) -> Json {
        let is_null = |schema: &&Json| schema.get("type") == Some(&json!("null"));
        let null = alternatives.iter().find(is_null);
        let others: Vec<&Json> = alternatives.iter().filter(|one| !is_null(one)).collect();
        let simple = others
            .iter()
            .find(|one| one.get("$ref").is_none() && one.get("properties").is_none());
        let chosen = match (null, simple) {
            (Some(null), _) if place.depth > DEEP || dice.percent(15) => Some(null),
            (None, Some(simple)) if place.depth > DEEP => Some(*simple),
            _ => dice.one(&others).copied(),
        };
        let deeper = Place {
            depth: place.depth + 1,
            ..place
        };
        match chosen {
            Some(schema) => self.fill(schema, deeper, dice),
            None => Json::Null,
        }
    }

    fn kind<'s>(&self, schema: &'s Json, place: Place, dice: &mut Dice) -> &'s str {
        match schema.get("type") {
            Some(Json::String(kind)) => kind,
            Some(Json::Array(kinds)) => {
                let kinds: Vec<&str> = kinds.iter().filter_map(Json::as_str).collect();
                let may_be_null = kinds.contains(&"null");
                if may_be_null && (place.depth > DEEP || dice.percent(15)) {
                    return "null";
                }
                kinds
                    .into_iter()
                    .find(|kind| *kind != "null")
                    .unwrap_or("null")
            }
            _ if schema.get("properties").is_some() => "object",
            _ if schema.get("items").is_some() => "array",
            _ => "string",
        }
    }

    fn fields(&self, schema: &Json, place: Place, dice: &mut Dice) -> Json {
        let Some(properties) = schema.get("properties").and_then(Json::as_object) else {
            return json!({});
        };
        let mut object = Map::new();
        for (name, property) in properties {
            let has_default = property.get("default").is_some();
            let share = self.optional / if has_default { 3 } else { 1 };
            let is_wanted = place.depth <= DEEP && dice.percent(share);
            if is_required(schema, name) || is_wanted {
                let below = Place {
                    name,
                    depth: place.depth + 1,
                    ..place
                };
                object.insert(name.clone(), self.fill(property, below, dice));
            }
        }
        Json::Object(object)
    }

    fn elements(&self, schema: &Json, place: Place, dice: &mut Dice) -> Json {
        let least = bound(schema, "minItems").unwrap_or(0.0) as i64;
        let usual = match self.material.manner {
            _ if place.depth > DEEP => 0,
            Manner::World => dice.between(1, 3),
            Manner::Careful | Manner::Careless => 1,
        };
        let most = bound(schema, "maxItems").map_or(i64::MAX, |most| most as i64);
        let any = json!({});
        let items = schema.get("items").unwrap_or(&any);
        let below = Place {
            depth: place.depth + 1,
            in_list: true,
            ..place
        };
        let mut elements: Vec<Json> = Vec::new();
        for _ in 0..usual.clamp(least, most.max(least)) {
            elements.push(self.fill(items, below, dice));
        }
        Json::Array(elements)
    }

    fn integer(&self, schema: &Json, place: Place, dice: &mut Dice) -> Json {
        if let Some(known) = self.echo(place)
            && self.fits(&known, schema)
        {
            return known;
        }
        let (least, most) = usual_range(place.name);
        let least = bound(schema, "minimum").map_or(least, |bound| bound.ceil() as i64);
        let most = bound(schema, "maximum").map_or(most.max(least), |bound| bound.floor() as i64);
        Json::from(dice.between(least.min(most), most))
    }

    fn number(&self, schema: &Json, place: Place, dice: &mut Dice) -> Json {
        if is_money(place.name)
            && self.material.manner != Manner::World
            && let Some(amount) = dice.one(self.material.amounts())
            && self.fits(&json!(amount), schema)
        {
            return json!(amount);
        }
        let least = bound(schema, "minimum");
        let most = bound(schema, "maximum");
        let cents = match (least, most) {
            (Some(least), Some(most)) => {
                let step = (most - least) / 100.0;
                return float(least + step * dice.between(0, 100) as f64);
            }
            (Some(least), None) => (least * 100.0).ceil() as i64 + dice.between(0, 90_000),
            (None, Some(most)) => (most * 100.0).floor() as i64 - dice.between(0, 90_000),
            (None, None) => {
                let (least, most) = usual_hundredths(place.name);
                dice.between(least, most)
            }
        };
        float(cents as f64 / 100.0)
    }

    fn text(&self, schema: &Json, place: Place, dice: &mut Dice) -> Json {
        if let Some(Json::String(known)) = self.echo(place)
            && self.fits(&Json::String(known.clone()), schema)
        {
            return Json::String(known);
        }
        let described = schema
            .get("description")
            .and_then(Json::as_str)
            .unwrap_or("");
        let format = schema.get("format").and_then(Json::as_str);
        let meaning = match format {
            Some("date") => Meaning::Date,
            Some("date-time") => Meaning::Moment,
            Some("email") => Meaning::Address,
            Some("uri") => Meaning::Url,
            _ => meaning(place.name, &format!("{} {described}", self.about)),
        };
        let text = match self.met(place, meaning, dice) {
            Some(known) => known,
            None => invent(meaning, self.material, dice),
        };
        Json::String(of_length(text, schema))
    }

    /// What an agent knows under this very name, where names stand for things.
    fn met(&self, place: Place, meaning: Meaning, dice: &mut Dice) -> Option<String> {
        let is_name = matches!(meaning, Meaning::Identifier | Meaning::Account);
        if !is_name || self.material.manner == Manner::World {
            return None;
        }
        let one = place.name.trim_end_matches('s');
        let known = self.material.known_texts(&[place.name, one]);
        dice.one(&known).map(|known| (*known).to_owned())
    }

    /// What a call named, a faithful answer repeats; list entries are each their own.
    fn echo(&self, place: Place) -> Option<Json> {
        if place.in_list || self.material.manner != Manner::World {
            return None;
        }
        self.material
            .known
            .iter()
            .rev()
            .find(|(name, _)| name == place.name)
            .map(|(_, value)| value.clone())
    }
}

fn alternatives(schema: &Json) -> Option<&Vec<Json>> {
    ["anyOf", "oneOf"]
        .iter()
        .find_map(|name| schema.get(name).and_then(Json::as_array))
}

fn is_required(schema: &Json, name: &str) -> bool {
    schema
        .get("required")
        .and_then(Json::as_array)
        .is_some_and(|required| required.iter().any(|one| one == name))
}

fn bound(schema: &Json, name: &str) -> Option<f64> {
    schema.get(name).and_then(Json::as_f64)
}

fn float(number: f64) -> Json {
    Number::from_f64(number).map_or(Json::Null, Json::Number)
}

fn is_money(name: &str) -> bool {
    words_of_name(name)
        .iter()
        .any(|word| ["amount", "price", "sum", "value", "total"].contains(&word.as_str()))
}

/// Of a number with a fraction, in hundredths.
fn usual_hundredths(name: &str) -> (i64, i64) {
    let words = words_of_name(name);
    let has = |names: &[&str]| words.iter().any(|word| names.contains(&word.as_str()));
    match () {
        () if has(&["rating", "score", "stars"]) => (100, 500),
        () if has(&["celsius", "temperature", "degrees"]) => (1500, 15_000),
        () => (500, 250_000),
    }
}

fn usual_range(name: &str) -> (i64, i64) {
    let words = words_of_name(name);
    let has = |names: &[&str]| words.iter().any(|word| names.contains(&word.as_str()));
    match () {
        () if has(&["limit", "count", "max", "number"]) => (3, 20),
        () if has(&["exit"]) => (0, 0),
        () if has(&["size", "bytes"]) => (800, 900_000),
        () if has(&["year"]) => (2024, 2027),
        () if has(&["pid"]) => (300, 9000),
        () if has(&["deleted", "removed", "members", "quantity"]) => (1, 4),
        () if has(&["amount", "price", "balance", "total"]) => (20, 4000),
        () => (1, 60),
    }
}

fn of_length(mut text: String, schema: &Json) -> String {
    if let Some(least) = bound(schema, "minLength") {
        while (text.chars().count() as f64) < least {
            text.push_str(" and more");
        }
    }
    match bound(schema, "maxLength") {
        Some(most) => text.chars().take(most.max(0.0) as usize).collect(),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn filled(schema: &Json, seed: &str, manner: Manner) -> Json {
        let material = Material::of(manner, "send the report to lee@partner.example", "");
        let filler = Filler {
            root: schema,
            material: &material,
            about: "mail",
            optional: 70,
        };
        filler.value(schema, "answer", &mut Dice::of(&[seed]))
    }

    fn leaf() -> impl Strategy<Value = Json> {
        prop_oneof![
            Just(json!({"type": "string"})),
            Just(json!({"type": "string", "minLength": 90})),
            Just(json!({"type": "string", "maxLength": 5})),
            Just(json!({"type": ["integer", "null"], "minimum": 70, "maximum": 90})),
            Just(json!({"type": "number", "minimum": 0.5})),
            Just(json!({"type": "boolean"})),
            Just(json!({"enum": ["a", 3, null]})),
            Just(json!({"const": {"a": [1]}})),
            Just(json!({"$ref": "#/$defs/person"})),
        ]
    }

    fn any_schema() -> impl Strategy<Value = Json> {
        leaf().prop_recursive(3, 20, 3, |inner| {
            prop_oneof![
                (inner.clone(), 0_u8..3).prop_map(
                    |(items, least)| json!({"type": "array", "items": items, "minItems": least})
                ),
                prop::collection::vec(inner.clone(), 1..3)
                    .prop_map(|alternatives| json!({"anyOf": alternatives})),
                (inner.clone(), inner).prop_map(|(to, body)| json!({
                    "type": "object",
                    "properties": {"to": to, "body": body},
                    "required": ["to"],
                    "additionalProperties": false,
                })),
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn whatever_is_asked_for_is_filled(schema in any_schema(), seed in any::<u16>()) {
            let whole = json!({
                "type": "object",
                "properties": {"value": schema},
                "required": ["value"],
                "$defs": {"person": {
                    "type": "object",
                    "properties": {
                        "name": {"type": "string"},
                        "friends": {"type": "array", "items": {"$ref": "#/$defs/person"}},
                    },
                    "required": ["name", "friends"],
                }},
            });
            for manner in [Manner::World, Manner::Careful, Manner::Careless] {
                let value = filled(&whole, &seed.to_string(), manner);
                prop_assert_eq!(fits(&value, &whole), Ok(()));
            }
        }
    }
}
