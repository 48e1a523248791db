//! Planted values, and the regular expressions of a source.

use super::checker::Checker;
use super::entities::{Plant, PlantSource};
use super::expressions::wrong_type;
use super::scope::ScopePlant;
use crate::diagnostic::{Code, Diagnostic};
use crate::syntax::{Call, Expr, ExprKind, Field, Text};

impl Checker<'_> {
    /// The planted value that is written.
    pub fn read_plant(&self, field: &Field) -> ScopePlant {
        let source = match &field.value.kind {
            ExprKind::Call(call) => self.read_plant_call(call),
            _ => {
                self.say_no_plant(&field.value);
                None
            }
        };
        let name = field.name.text.clone();
        ScopePlant {
            plant: source.map(|source| Plant {
                name: name.clone(),
                source,
            }),
            name,
            span: field.name.span,
        }
    }

    fn say_no_plant(&self, value: &Expr) {
        let wanted = "`matching(r\"…\")` or `one_of(\"…\", \"…\")`";
        self.say_all(wrong_type("a planted value", wanted, value));
    }

    fn read_plant_call(&self, call: &Call) -> Option<PlantSource> {
        let texts = self.plant_texts(call)?;
        let callee = super::values::path_text(&call.callee);
        match (callee.as_str(), texts.as_slice()) {
            ("matching", [pattern]) => {
                let is_right = self.check_regex(pattern);
                is_right.then(|| PlantSource::Matching(pattern.value.clone()))
            }
            ("one_of", [_, ..]) => {
                let values = texts.iter().map(|text| text.value.clone());
                Some(PlantSource::OneOf(values.collect()))
            }
            ("matching", _) => self.say_bad_plant(call, "`matching` takes one regular expression"),
            ("one_of", _) => self.say_bad_plant(call, "`one_of` takes at least one string"),
            _ => {
                let words = ["matching", "one_of"];
                let span = call.callee.span;
                self.say(super::expressions::unknown_word(
                    "a planted value",
                    &callee,
                    span,
                    &words,
                ));
                None
            }
        }
    }

    /// The strings in the parentheses; a list of them for `one_of` too.
    fn plant_texts<'c>(&self, call: &'c Call) -> Option<Vec<&'c Text>> {
        let mut texts = Vec::new();
        for argument in &call.arguments {
            match &argument.value.kind {
                ExprKind::Text(text) if argument.name.is_none() => texts.push(text),
                _ => {
                    let wanted = "strings in quotes";
                    self.say_all(wrong_type("a planted value", wanted, &argument.value));
                    return None;
                }
            }
        }
        Some(texts)
    }

    fn say_bad_plant<T>(&self, call: &Call, message: &str) -> Option<T> {
        self.say(Diagnostic::new(Code::WrongType, call.span, message));
        None
    }

    /// Whether a text is a regular expression; says where it is not.
    pub fn check_regex(&self, text: &Text) -> bool {
        if self.right_patterns.borrow().contains(&text.value) {
            return true;
        }
        let problem = match regex_syntax::parse(&text.value) {
            Err(error) => Some(regex_problem(text, &error)),
            Ok(_) => regex::Regex::new(&text.value)
                .err()
                .map(|error| regex_too_large(text, &error)),
        };
        let is_right = problem.is_none();
        if is_right {
            self.right_patterns.borrow_mut().insert(text.value.clone());
        }
        self.say_all(problem);
        is_right
    }
}

fn regex_problem(text: &Text, error: &regex_syntax::Error) -> Diagnostic {
    let (range, reason) = match error {
        regex_syntax::Error::Parse(error) => (Some(*error.span()), error.kind().to_string()),
        regex_syntax::Error::Translate(error) => (Some(*error.span()), error.kind().to_string()),
        _ => (None, error.to_string()),
    };
    let span = match range {
        Some(range) => text.locate(range.start.offset, range.end.offset),
        None => text.span,
    };
    let message = format!("`{}` is not a regular expression", text.value);
    Diagnostic::new(Code::BadRegex, span, one_line(&message)).label(one_line(&reason))
}

fn regex_too_large(text: &Text, error: &regex::Error) -> Diagnostic {
    let message = "the regular expression is too large";
    Diagnostic::new(Code::BadRegex, text.span, message).label(one_line(&error.to_string()))
}

fn one_line(text: &str) -> String {
    text.lines().map(str::trim).collect::<Vec<_>>().join(" ")
}
