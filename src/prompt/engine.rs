//! Rendering, with bounds on work and output.

use std::io;

use minijinja::value::{Serde, ValueKind};
use minijinja::{
    AutoEscape, Environment, Error, ErrorKind, Output, State, UndefinedBehavior, Value,
};
use serde_json::{Map, Value as Json};

use super::depth::{TooDeep, too_deep};
use super::template::syntax;
use super::value::{PromptValue, Variables};

/// Largest rendered prose, in bytes.
const MAX_PROSE_BYTES: usize = 256 * 1024;

/// Largest rendered prompt, in bytes.
const MAX_PROMPT_BYTES: usize = 16 * 1024 * 1024;

/// Work that one prose may cost, in the engine's units (about one for each small step).
const PROSE_FUEL: u64 = 1_000_000;

/// Work that one prompt may cost.
const PROMPT_FUEL: u64 = 100_000_000;

/// Why a template could not be read or rendered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PromptError {
    #[error("{name}, line {line}: {message}")]
    Template {
        name: String,
        line: usize,
        message: String,
    },
    #[error("{name} renders to more than {limit} bytes; shorten it, or loop over less")]
    TooLong { name: String, limit: usize },
    #[error("{name} takes too long to render; loop over less")]
    TooMuchWork { name: String },
    #[error("there is no prompt named `{name}`")]
    NoSuchPrompt { name: String },
}

/// The author's text as a template, compiled once.
#[derive(Debug)]
pub struct Prose {
    environment: Environment<'static>,
}

impl Prose {
    /// The compiled template.
    pub fn new(text: &str) -> Result<Self, PromptError> {
        let mut environment = environment(PROSE_FUEL);
        add(&mut environment, PROSE, text)?;
        Ok(Self { environment })
    }

    /// The text with every variable in its place, without blanks around it.
    pub fn render(&self, variables: &Map<String, Json>) -> Result<String, PromptError> {
        self.render_value(Value::from(Serde(variables)))
    }

    /// The same with variables that several texts share.
    pub fn render_with(&self, variables: &PromptValue) -> Result<String, PromptError> {
        self.render_value(variables.value())
    }

    fn render_value(&self, variables: Value) -> Result<String, PromptError> {
        let output = Bounded {
            bytes: Vec::new(),
            limit: MAX_PROSE_BYTES,
            is_over: false,
        };
        let text = render(&self.environment, (PROSE, PROSE), variables, output)?;
        Ok(without_blanks_around(text))
    }
}

const PROSE: &str = "prose";

/// The author's `text` with every variable in its place, without blanks around it.
pub fn render_prose(text: &str, variables: &Map<String, Json>) -> Result<String, PromptError> {
    Prose::new(text)?.render(variables)
}

/// An environment for prompts.
pub(super) fn prompt_environment() -> Environment<'static> {
    environment(PROMPT_FUEL)
}

/// Compiles `text` under `name`.
pub(super) fn add(
    environment: &mut Environment<'static>,
    name: &str,
    text: &str,
) -> Result<(), PromptError> {
    if let Some(TooDeep { range, message }) = too_deep(text) {
        return Err(PromptError::Template {
            name: name.to_owned(),
            line: text[..range.start].matches('\n').count() + 1,
            message,
        });
    }
    environment
        .add_template_owned(name.to_owned(), text.to_owned())
        .map_err(|error| template_error(name, &error))
}

/// Renders the template `template` of the prompt `name`, with the blanks around it. About so many
/// bytes are `expected`: growing a long text step by step would copy it several times.
pub(super) fn render_prompt(
    environment: &Environment<'static>,
    (template, name): (&str, &str),
    variables: Variables,
    expected: usize,
) -> Result<String, PromptError> {
    let output = Bounded {
        bytes: Vec::with_capacity(expected),
        limit: MAX_PROMPT_BYTES,
        is_over: false,
    };
    let context = Value::from_object(variables);
    render(environment, (template, name), context, output)
}

fn environment(fuel: u64) -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_syntax(syntax());
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    environment.set_formatter(write_plainly);
    environment.set_fuel(Some(fuel));
    environment.set_recursion_limit(64);
    environment.remove_global("debug");
    environment
}

/// A text as models are given it.
pub(super) fn without_blanks_around(mut text: String) -> String {
    text.truncate(text.trim_end().len());
    let blanks = text.len() - text.trim_start().len();
    text.drain(..blanks);
    text
}

/// Renders a template, of which errors speak as `name`.
fn render(
    environment: &Environment<'static>,
    (template, name): (&str, &str),
    context: Value,
    mut output: Bounded,
) -> Result<String, PromptError> {
    let template = environment
        .get_template(template)
        .map_err(|_| PromptError::NoSuchPrompt {
            name: name.to_owned(),
        })?;
    let ended = template
        .render_captured_to(context, &mut output)
        .map(|_| ());
    match ended {
        Ok(()) => Ok(String::from_utf8(output.bytes).expect("templates write text")),
        Err(_) if output.is_over => Err(PromptError::TooLong {
            name: name.to_owned(),
            limit: output.limit,
        }),
        Err(error) => Err(template_error(name, &error)),
    }
}

fn template_error(name: &str, error: &Error) -> PromptError {
    if error.kind() == ErrorKind::OutOfFuel {
        return PromptError::TooMuchWork {
            name: name.to_owned(),
        };
    }
    PromptError::Template {
        name: name.to_owned(),
        line: error.line().unwrap_or(1),
        message: match error.detail() {
            Some(detail) => format!("{}: {detail}", error.kind()),
            None => error.kind().to_string(),
        },
    }
}

/// Takes bytes until there are too many.
struct Bounded {
    bytes: Vec<u8>,
    limit: usize,
    is_over: bool,
}

impl io::Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + bytes.len() > self.limit {
            self.is_over = true;
            return Err(io::Error::other("too long"));
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Writes an entity as its name, a list as its elements with commas between, and truth values as
/// the language does.
fn write_plainly(output: &mut Output, state: &mut State, value: &Value) -> Result<(), Error> {
    match value.kind() {
        ValueKind::Seq => {
            for (index, element) in value.try_iter()?.enumerate() {
                if index > 0 {
                    output.write_str(", ").map_err(write_failure)?;
                }
                write_plainly(output, state, &element)?;
            }
            Ok(())
        }
        ValueKind::Map => match entity_name(value) {
            Some(name) => minijinja::escape_formatter(output, state, &name),
            None => minijinja::escape_formatter(output, state, value),
        },
        ValueKind::Bool => {
            let word = if value.is_true() { "true" } else { "false" };
            output.write_str(word).map_err(write_failure)
        }
        _ => minijinja::escape_formatter(output, state, value),
    }
}

fn entity_name(value: &Value) -> Option<Value> {
    let name = value.get_attr("name").ok()?;
    let describe = value.get_attr("describe").ok()?;
    (!name.is_undefined() && !describe.is_undefined()).then_some(name)
}

fn write_failure(_: std::fmt::Error) -> Error {
    Error::new(ErrorKind::WriteFailure, "the output is full")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn rendered(text: &str, variables: Json) -> Result<String, PromptError> {
        let variables = variables.as_object().expect("variables are an object");
        render_prose(text, variables)
    }

    #[test]
    fn an_entity_alone_is_its_name_and_a_list_its_elements() {
        let text = rendered(
            "{{ persona }}: {{ persona.describe }}; {{ kinds }}",
            json!({"persona": {"name": "Ann", "describe": "in a hurry"}, "kinds": ["a", "b"]}),
        );
        assert_eq!(text.as_deref(), Ok("Ann: in a hurry; a, b"));
    }

    #[test]
    fn a_missing_variable_is_an_error_that_names_the_line() {
        let error = rendered("one\n{{ nobody }}", json!({})).unwrap_err();
        assert!(error.to_string().contains("line 2"), "{error}");
    }

    #[test]
    fn endless_work_and_endless_output_are_cut_off() {
        let work = "{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}";
        assert!(matches!(
            rendered(work, json!({})),
            Err(PromptError::TooMuchWork { .. })
        ));
        let output = "{% for a in range(9999) %}{{ text }}{% endfor %}";
        assert!(matches!(
            rendered(output, json!({"text": "x".repeat(100)})),
            Err(PromptError::TooLong { .. })
        ));
    }

    #[test]
    fn nothing_outside_is_reached() {
        assert!(rendered("{% include 'other' %}", json!({})).is_err());
        assert!(rendered("{{ debug() }}", json!({})).is_err());
    }
}
