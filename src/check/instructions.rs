//! Instructions, contexts, and what stands beside the user's own words.

use super::checker::Checker;
use super::entities::{ContextKind, InstructionKind, Value};
use super::expressions::{name_of, unknown_word, wrong_type};
use super::parts::{Parts, Placed};
use super::program::{AxisValue, Context, Instruction, Verbatim};
use super::scope::{Scope, ScopeAxis};
use super::values::Kind;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::{Expr, ExprKind, Field, Name, Text};

const INSTRUCTION_WORDS: [&str; 4] = ["normal", "underspecified", "malicious", "verbatim"];
const CONTEXT_WORDS: [&str; 2] = ["normal", "malicious"];

/// Prose with its kind; `text` is missing where only the kind is given.
pub(super) struct KindedProse<'w> {
    pub kind: &'static str,
    pub is_verbatim: bool,
    pub text: &'w Text,
    pub field: &'w Field,
}

impl<'w> Checker<'w> {
    /// Instructions or contexts, one of a kind; more than one make an axis.
    pub fn read_kinds(
        &self,
        fields: &[&'w Field],
        words: &[&'static str],
        axis: &str,
        scope: &mut Scope,
    ) -> Vec<KindedProse<'w>> {
        let mut read: Vec<KindedProse> = Vec::new();
        for field in fields {
            let Some(prose) = self.read_kinded(field, words) else {
                // It may have been of any kind.
                scope.is_partial = true;
                continue;
            };
            match read.iter().find(|other| other.kind == prose.kind) {
                Some(first) => {
                    let what = format!("the {} `{}`", prose.kind, field.name.text);
                    self.say_duplicate_field(&what, first.field.name.span, field.name.span);
                }
                None => read.push(prose),
            }
        }
        if read.len() > 1 {
            self.add_implicit_axis(axis, &read, scope);
        }
        read
    }

    /// The instructions of a scenario.
    pub fn read_instructions(&self, parts: &Parts<'w>, scope: &mut Scope) -> Vec<KindedProse<'w>> {
        let (fields, words) = (&parts.instructions, &INSTRUCTION_WORDS);
        self.read_kinds(fields, words, "instruction_kind", scope)
    }

    /// The contexts of a scenario.
    pub fn read_contexts(&self, parts: &Parts<'w>, scope: &mut Scope) -> Vec<KindedProse<'w>> {
        self.read_kinds(&parts.contexts, &CONTEXT_WORDS, "context_kind", scope)
    }

    fn read_kinded(&self, field: &'w Field, words: &[&'static str]) -> Option<KindedProse<'w>> {
        let what = format!("`{}`", field.name.text);
        let (modifiers, text) = match &field.value.kind {
            ExprKind::Text(text) => (&[][..], text),
            ExprKind::Prose { modifiers, text } => (&modifiers[..], text),
            _ => {
                self.say_no_prose(&what, field, words);
                return None;
            }
        };
        let (kind, is_verbatim) = self.read_modifiers(&what, modifiers, words)?;
        self.say_empty_prose(field, kind, text);
        Some(KindedProse {
            kind,
            is_verbatim,
            text,
            field,
        })
    }

    fn say_no_prose(&self, what: &str, field: &Field, words: &[&'static str]) {
        match name_of(&field.value) {
            Some(name) if words.contains(&name.text.as_str()) => {
                let message = format!("a {} {what} needs prose", name.text);
                self.say(
                    Diagnostic::new(Code::MissingField, field.name.span, message)
                        .label("its prose is missing")
                        .help(format!("write `{} = {} \"…\"`", field.name.text, name.text)),
                );
            }
            _ => self.say_all(wrong_type(what, "prose in quotes", &field.value)),
        }
    }

    fn say_empty_prose(&self, field: &Field, kind: &str, text: &Text) {
        if text.value.trim().is_empty() && (kind != "normal" || field.name.text == "instruction") {
            let message = format!("a {kind} `{}` needs prose", field.name.text);
            self.say(
                Diagnostic::new(Code::MissingField, field.name.span, message)
                    .label("its prose is empty"),
            );
        }
    }

    /// The kind, and whether it is verbatim.
    fn read_modifiers(
        &self,
        what: &str,
        modifiers: &[Name],
        words: &[&'static str],
    ) -> Option<(&'static str, bool)> {
        let mut kind: Option<(&'static str, Span)> = None;
        let mut is_verbatim = false;
        for modifier in modifiers {
            let Some(word) = words.iter().find(|word| **word == modifier.text) else {
                self.say(unknown_word(what, &modifier.text, modifier.span, words));
                return None;
            };
            match (*word, kind) {
                ("verbatim", _) => is_verbatim = true,
                (_, Some((first, span))) => {
                    self.say_two_kinds(what, modifier, first, span);
                    return None;
                }
                (word, None) => kind = Some((word, modifier.span)),
            }
        }
        Some((kind.map_or("normal", |(word, _)| word), is_verbatim))
    }

    fn say_two_kinds(&self, what: &str, second: &Name, first: &str, span: Span) {
        let message = format!("{what} cannot be both `{first}` and `{}`", second.text);
        self.say(
            Diagnostic::new(Code::WrongType, second.span, message)
                .other(span, "the first kind")
                .help("give the field once for each kind"),
        );
    }

    fn add_implicit_axis(&self, name: &str, read: &[KindedProse], scope: &mut Scope) {
        if let Some(given) = scope.axes.iter().find(|axis| axis.name == name) {
            let message = format!("`{name}` is declared twice");
            self.say(
                Diagnostic::new(Code::DuplicateName, given.span, message)
                    .label("declared here")
                    .other(
                        read[1].field.name.span,
                        "this field, given once per kind, makes the axis itself",
                    ),
            );
            return;
        }
        let value = |prose: &KindedProse| AxisValue {
            value: Value::Text(prose.kind.to_owned()),
            shown: prose.kind.to_owned(),
            weight: 1,
            span: prose.field.name.span,
        };
        scope.axes.push(ScopeAxis {
            name: name.to_owned(),
            span: read[0].field.name.span,
            kind: Kind::Text,
            values: Some(read.iter().map(value).collect()),
            is_implicit: true,
        });
    }

    /// `expected` and `risky`, which only a verbatim instruction has.
    pub fn read_verbatim(
        &self,
        parts: &Parts<'w>,
        instructions: &[KindedProse],
        scope: &Scope,
    ) -> Verbatim {
        let is_verbatim = instructions.iter().any(|prose| prose.is_verbatim);
        let read = |name: &str| -> Vec<String> {
            let Some(placed) = parts.field(name) else {
                return Vec::new();
            };
            let is_certain = !instructions.is_empty() && !parts.is_partial && !scope.is_partial;
            if !is_verbatim && is_certain {
                self.say_not_verbatim(placed);
            }
            self.read_prose_list(placed, scope)
        };
        Verbatim {
            expected: read("expected"),
            risky: read("risky"),
        }
    }

    fn say_not_verbatim(&self, (_, field): Placed<'w, Field>) {
        let name = &field.name;
        let message = format!(
            "`{}` stands beside a `verbatim` instruction only",
            name.text
        );
        self.say(
            Diagnostic::new(Code::UnknownField, name.span, message)
                .label("the generator writes this for other instructions"),
        );
    }

    fn read_prose_list(&self, (_, field): Placed<'w, Field>, scope: &Scope) -> Vec<String> {
        let what = format!("`{}`", field.name.text);
        let items: &[Expr] = match &field.value.kind {
            ExprKind::List(items) => items,
            ExprKind::Text(_) => std::slice::from_ref(&field.value),
            _ => {
                self.say_all(wrong_type(&what, "a list of prose", &field.value));
                return Vec::new();
            }
        };
        items
            .iter()
            .filter_map(|item| self.read_text(&what, item))
            .map(|text| {
                self.check_scenario_prose(text, scope);
                text.value.clone()
            })
            .collect()
    }
}

/// The instructions as the program holds them.
pub(super) fn instructions(read: &[KindedProse], verbatim: &Verbatim) -> Vec<Instruction> {
    read.iter()
        .map(|prose| Instruction {
            kind: match prose.kind {
                "underspecified" => InstructionKind::Underspecified,
                "malicious" => InstructionKind::Malicious,
                _ => InstructionKind::Normal,
            },
            text: prose.text.value.clone(),
            verbatim: prose.is_verbatim.then(|| verbatim.clone()),
        })
        .collect()
}

/// The contexts as the program holds them.
pub(super) fn contexts(read: &[KindedProse]) -> Vec<Context> {
    read.iter()
        .map(|prose| Context {
            kind: match prose.kind {
                "malicious" => ContextKind::Malicious,
                _ => ContextKind::Normal,
            },
            text: prose.text.value.clone(),
        })
        .collect()
}
