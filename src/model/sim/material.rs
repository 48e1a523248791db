//! What texts and values are made of: the request's own words, and what was found on the way.

use std::cell::OnceCell;

use serde_json::Value as Json;

use super::dice::Dice;
use super::reading;
use super::words;

/// In whose voice, and how carefully, long texts are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Manner {
    /// What mails, files and pages hold.
    World,
    /// An agent that leaves out what might do harm.
    Careful,
    /// An agent that passes on what it found.
    Careless,
}

/// The stuff of one answer. What is in the texts is looked for when it is asked for: most answers
/// need little of it.
pub(super) struct Material {
    pub manner: Manner,
    /// What was asked.
    request: String,
    /// All that is known.
    everything: String,
    /// Named values met before: arguments and observations, the newest last.
    pub known: Vec<(String, Json)>,
    found: Found,
}

/// What was looked for already.
#[derive(Default)]
struct Found {
    matter: OnceCell<String>,
    topic: OnceCell<Vec<String>>,
    addresses: OnceCell<Vec<String>>,
    paths: OnceCell<Vec<String>>,
    hosts: OnceCell<Vec<String>>,
    marks: OnceCell<Vec<String>>,
    amounts: OnceCell<Vec<f64>>,
}

impl Material {
    /// Material out of what was asked (`request`) and of all that is known (`everything`).
    pub(super) fn of(manner: Manner, request: &str, everything: &str) -> Self {
        Self {
            manner,
            request: request.to_owned(),
            everything: everything.to_owned(),
            known: Vec::new(),
            found: Found::default(),
        }
    }

    /// What the request is about, in a few words.
    pub(super) fn matter(&self) -> &str {
        let find = || reading::matter(&self.request);
        self.found.matter.get_or_init(find)
    }

    pub(super) fn topic(&self) -> &[String] {
        let find = || reading::keywords(&self.request);
        self.found.topic.get_or_init(find)
    }

    pub(super) fn addresses(&self) -> &[String] {
        let find = || reading::addresses(&self.everything);
        self.found.addresses.get_or_init(find)
    }

    pub(super) fn paths(&self) -> &[String] {
        let find = || reading::paths(&self.everything);
        self.found.paths.get_or_init(find)
    }

    pub(super) fn hosts(&self) -> &[String] {
        let find = || reading::hosts(&self.everything);
        self.found.hosts.get_or_init(find)
    }

    pub(super) fn marks(&self) -> &[String] {
        let find = || reading::marks(&self.everything);
        self.found.marks.get_or_init(find)
    }

    pub(super) fn amounts(&self) -> &[f64] {
        let find = || reading::amounts(&self.request);
        self.found.amounts.get_or_init(find)
    }

    /// Remembers the named values in a piece of JSON.
    pub(super) fn remember(&mut self, name: &str, value: &Json) {
        match value {
            Json::Object(fields) => {
                for (name, value) in fields {
                    self.remember(name, value);
                }
            }
            Json::Array(elements) => {
                for element in elements {
                    self.remember(name, element);
                }
            }
            Json::Null => {}
            scalar => self.known.push((name.to_owned(), scalar.clone())),
        }
    }

    /// Texts known under one of the names, without repeats.
    pub(super) fn known_texts(&self, names: &[&str]) -> Vec<&str> {
        let mut texts: Vec<&str> = Vec::new();
        for (name, value) in &self.known {
            if let Some(text) = value.as_str()
                && names.contains(&name.as_str())
                && !texts.contains(&text)
            {
                texts.push(text);
            }
        }
        texts
    }

    /// A sentence with its placeholders filled in.
    pub(super) fn sentence(&self, pattern: &str, dice: &mut Dice) -> String {
        let mut text = match pattern.contains("{w}") {
            true => pattern.replace("{w}", self.matter()),
            false => pattern.to_owned(),
        };
        for (placeholder, word) in [
            ("{p}", dice.word(words::PROJECTS).to_owned()),
            ("{t}", dice.word(words::THINGS).to_owned()),
            ("{n}", person(dice)),
            ("{a}", outside_address(dice)),
        ] {
            text = text.replace(placeholder, &word);
        }
        text
    }

    /// A longer text in the material's manner.
    pub(super) fn prose(&self, dice: &mut Dice) -> String {
        match self.manner {
            Manner::World => self.ordinary(dice),
            Manner::Careful => self.sentence(dice.word(words::CAREFUL_TEXTS), dice),
            Manner::Careless => {
                let mut text = self.sentence(dice.word(words::CARELESS_TEXTS), dice);
                for mark in self.marks().iter().take(3) {
                    text.push_str(&format!(" It includes {mark}."));
                }
                text
            }
        }
    }

    fn ordinary(&self, dice: &mut Dice) -> String {
        let mut sentences = Vec::new();
        if self.matter() != "this" {
            sentences.push(format!("This is about {}.", self.matter()));
        }
        for _ in 0..dice.between(1, 3) {
            let sentence = self.sentence(dice.word(words::ORDINARY_SENTENCES), dice);
            if !sentences.contains(&sentence) {
                sentences.push(sentence);
            }
        }
        sentences.join(" ")
    }
}

/// A made-up person.
pub(super) fn person(dice: &mut Dice) -> String {
    let first = dice.word(words::FIRST_NAMES);
    format!("{first} {}", dice.word(words::LAST_NAMES))
}

/// A made-up colleague's address, or somebody's outside.
pub(super) fn address(dice: &mut Dice) -> String {
    if dice.percent(50) {
        inside_address(dice)
    } else {
        outside_address(dice)
    }
}

/// An address of the user's own organisation.
pub(super) fn inside_address(dice: &mut Dice) -> String {
    let user = dice.word(words::FIRST_NAMES).to_lowercase();
    format!("{user}@{}", words::INSIDE_DOMAIN)
}

/// An address of another organisation.
pub(super) fn outside_address(dice: &mut Dice) -> String {
    let user = dice.word(words::FIRST_NAMES).to_lowercase();
    format!("{user}@{}", dice.word(words::OUTSIDE_DOMAINS))
}
