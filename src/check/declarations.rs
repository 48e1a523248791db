//! Outcomes, personas and prompts.

use super::checker::Checker;
use super::entities::{Outcome, Persona, Role, Severity};
use super::expressions::{unknown_word, wrong_type};
use super::fields::{FieldRule, Fields, Shape, Table};
use super::types::docs_text;
use crate::diagnostic::{Code, Diagnostic};
use crate::resolve::DeclarationId;
use crate::syntax::{Block, Expr, ExprKind, Item, Name, Prompt, Text};

const SEVERITIES: &[&str] = &["low", "medium", "high", "critical"];

const OUTCOME: Table = Table {
    owner: "an outcome",
    fields: &[
        FieldRule::optional("severity", Shape::Word(SEVERITIES)),
        FieldRule::optional("describe", Shape::Text),
    ],
};

const PERSONA: Table = Table {
    owner: "a persona",
    fields: &[FieldRule::optional("describe", Shape::Text)],
};

impl<'w> Checker<'w> {
    /// Checks an outcome and keeps it.
    pub fn check_outcome(&mut self, id: DeclarationId, item: &Item, block: &'w Block) {
        let fields = self.read_fields(&OUTCOME, &block.name, &block.body.entries);
        let describe = self.description(&OUTCOME, item, &block.name, &fields);
        let severity = fields.word("severity").map_or(Severity::Medium, severity);
        let name = block.name.text.clone();
        let outcome = Outcome {
            name,
            severity,
            describe,
        };
        self.outcomes.insert(id, outcome);
    }

    /// Checks a persona and keeps it.
    pub fn check_persona(&mut self, id: DeclarationId, item: &Item, block: &'w Block) {
        let fields = self.read_fields(&PERSONA, &block.name, &block.body.entries);
        let describe = self.description(&PERSONA, item, &block.name, &fields);
        let name = block.name.text.clone();
        self.personas.insert(id, Persona { name, describe });
    }

    /// Checks a prompt and keeps it.
    pub fn check_prompt(&mut self, id: DeclarationId, prompt: &'w Prompt) {
        match Role::from_word(&prompt.role.text) {
            Some(role) => {
                self.check_prompt_text(role, &prompt.text);
                let text = prompt.text.value.clone();
                self.prompts.insert(id, (role, text));
            }
            None => {
                let words = Role::ALL.map(Role::word);
                let role = &prompt.role;
                self.say(unknown_word("a role", &role.text, role.span, &words));
            }
        }
    }

    /// The string that a field's value is.
    pub fn read_text<'e>(&self, what: &str, value: &'e Expr) -> Option<&'e Text> {
        match &value.kind {
            ExprKind::Text(text) => Some(text),
            _ => {
                wrong_type(what, "a string", value)
                    .into_iter()
                    .for_each(|problem| self.say(problem));
                None
            }
        }
    }

    /// `describe`, else the docs; models read it, so one of them must be there.
    fn description(&self, table: &Table, item: &Item, name: &Name, fields: &Fields) -> String {
        if let Some(text) = fields.text("describe") {
            return text.value.clone();
        }
        let docs = docs_text(item.docs.as_ref());
        if docs.is_empty() && !fields.has("describe") && !fields.is_partial {
            let message = format!("{} needs `describe`", table.owner);
            self.say(
                Diagnostic::new(Code::MissingField, name.span, message)
                    .label("`describe` is missing")
                    .help("models know it by this text alone: write `describe = \"…\"`, or `///` lines above"),
            );
        }
        docs
    }
}

fn severity(word: &str) -> Severity {
    match word {
        "low" => Severity::Low,
        "high" => Severity::High,
        "critical" => Severity::Critical,
        _ => Severity::Medium,
    }
}
