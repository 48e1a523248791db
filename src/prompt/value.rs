//! Values that prompts name, ready to be rendered.

use std::borrow::Cow;
use std::sync::{Arc, Mutex, PoisonError};

use minijinja::Value;
use minijinja::value::{Object, Serde};
use serde::Serialize;
use serde_json::Value as Json;

/// A value that prompts may name; cheap to copy, so that what many prompts share is converted once.
#[derive(Debug, Clone)]
pub struct PromptValue(Kind);

#[derive(Debug, Clone)]
enum Kind {
    Plain(Value),
    Remembering(Arc<Remembering>),
    List(Vec<PromptValue>),
}

/// A value with what parts of prompts make of it.
#[derive(Debug)]
struct Remembering {
    value: Value,
    /// By the number of the part.
    texts: Mutex<Vec<(usize, Arc<str>)>>,
}

impl PromptValue {
    /// What `value` is as JSON.
    pub fn of(value: &impl Serialize) -> Self {
        Self(Kind::Plain(Value::from(Serde(value))))
    }

    /// A value that many prompts show: what a prompt makes of it alone is made once.
    pub fn shared(value: &impl Serialize) -> Self {
        Self(Kind::Remembering(Arc::new(Remembering {
            value: Value::from(Serde(value)),
            texts: Mutex::default(),
        })))
    }

    /// The list of these.
    pub fn list(elements: Vec<PromptValue>) -> Self {
        Self(Kind::List(elements))
    }

    /// The value as the engine knows it.
    pub(super) fn value(&self) -> Value {
        match &self.0 {
            Kind::Plain(value) => value.clone(),
            Kind::Remembering(known) => known.value.clone(),
            Kind::List(elements) => elements.iter().map(Self::value).collect(),
        }
    }

    /// Its elements, where these remember what is made of them.
    pub(super) fn elements(&self) -> Option<&[PromptValue]> {
        match &self.0 {
            Kind::List(elements) => Some(elements),
            Kind::Plain(_) | Kind::Remembering(_) => None,
        }
    }

    /// What the part of this number made of it, once that is known.
    pub(super) fn recall(&self, part: usize) -> Option<Arc<str>> {
        let Kind::Remembering(known) = &self.0 else {
            return None;
        };
        let texts = known.texts.lock().unwrap_or_else(PoisonError::into_inner);
        let known = texts.iter().find(|(number, _)| *number == part);
        known.map(|(_, text)| Arc::clone(text))
    }

    /// Takes note of what the part of this number made of it.
    pub(super) fn remember(&self, part: usize, text: &Arc<str>) {
        if let Kind::Remembering(known) = &self.0 {
            let mut texts = known.texts.lock().unwrap_or_else(PoisonError::into_inner);
            texts.push((part, Arc::clone(text)));
        }
    }
}

impl From<&str> for PromptValue {
    fn from(text: &str) -> Self {
        Self(Kind::Plain(Value::from(text)))
    }
}

impl From<&String> for PromptValue {
    fn from(text: &String) -> Self {
        text.as_str().into()
    }
}

/// Nothing is false, and cannot be shown.
impl From<Option<&str>> for PromptValue {
    fn from(text: Option<&str>) -> Self {
        Self(Kind::Plain(
            text.map_or_else(|| Value::from(()), Value::from),
        ))
    }
}

impl FromIterator<PromptValue> for PromptValue {
    fn from_iter<T: IntoIterator<Item = Self>>(elements: T) -> Self {
        let elements = elements.into_iter().map(|element| element.value());
        Self(Kind::Plain(elements.collect()))
    }
}

impl From<&[String]> for PromptValue {
    fn from(texts: &[String]) -> Self {
        texts.iter().map(Self::from).collect()
    }
}

impl From<Json> for PromptValue {
    fn from(value: Json) -> Self {
        Self::of(&value)
    }
}

/// The variables of one template; there are a handful, and none is looked for by its hash.
#[derive(Debug)]
pub(super) struct Variables(pub Vec<(Cow<'static, str>, Value)>);

impl Object for Variables {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.get_value_by_str(key.as_str()?)
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        let known = self.0.iter().find(|(name, _)| name == key);
        known.map(|(_, value)| value.clone())
    }
}
