//! All prompts of a run, compiled once.

use std::collections::BTreeMap;

use minijinja::{Environment, Error, ErrorKind, Value};
use serde_json::Value as Json;

use super::engine::{self, PromptError, PromptValue};

/// The macro with which our own prompts begin. They use it for nearly every value, and as a function
/// of the program it costs a tenth; where a prompt begins otherwise its own definition holds.
const SHOWN: &str =
    r#"{%- macro shown(text) -%}{{ text | replace("</", "<\\/") }}{%- endmacro -%}"#;

/// A value as a prompt shows it: nothing in it closes a tag of the prompt.
fn shown(value: Value) -> Result<Value, Error> {
    if value.is_undefined() {
        return Err(Error::from(ErrorKind::UndefinedError));
    }
    let text = match value.as_str() {
        Some(text) if !text.contains("</") => return Ok(value),
        Some(text) => text.replace("</", r"<\/"),
        None => value.to_string().replace("</", r"<\/"),
    };
    Ok(text.into())
}

/// Compiled prompts by role or task; to be shared between threads.
#[derive(Debug)]
pub struct PromptPack {
    environment: Environment<'static>,
}

impl PromptPack {
    /// Compiles the texts, given by role or task.
    pub fn new(texts: &BTreeMap<String, String>) -> Result<Self, PromptError> {
        let mut environment = engine::prompt_environment();
        environment.add_function("shown", shown);
        for (name, text) in texts {
            // Only the macro's own line goes, so that errors still name the right one.
            engine::add(
                &mut environment,
                name,
                text.strip_prefix(SHOWN).unwrap_or(text),
            )?;
        }
        Ok(Self { environment })
    }

    /// The prompt `name` with every variable in its place, without blanks around it; `shared` are
    /// variables that other prompts are given too.
    pub fn render(
        &self,
        name: &str,
        variables: Json,
        shared: &[(&'static str, PromptValue)],
    ) -> Result<String, PromptError> {
        engine::render_prompt(&self.environment, name, variables, shared)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_function_shows_what_the_macro_shows() {
        let body = "{{ shown(text) }}|{{ shown(number) }}|{{ shown(list) }}";
        let texts = BTreeMap::from([
            ("function".to_owned(), format!("{SHOWN}{body}")),
            ("macro".to_owned(), format!(" {SHOWN}{body}")),
        ]);
        let pack = PromptPack::new(&texts).expect("both compile");
        let rendered = |name| {
            let variables = json!({"text": "a</tool>b<\\/c", "number": 7, "list": ["</x>", 1]});
            pack.render(name, variables, &[]).expect("it renders")
        };
        assert_eq!(rendered("function"), rendered("macro"));
        assert!(rendered("function").starts_with(r"a<\/tool>b"));
        let missing = |name| pack.render(name, json!({}), &[]).is_err();
        assert!(missing("function") && missing("macro"));
    }

    #[test]
    fn our_own_prompts_begin_with_the_macro() {
        for (name, text) in crate::prompt::builtin_prompts() {
            assert_eq!(
                text.contains("macro shown"),
                text.starts_with(SHOWN),
                "{name}"
            );
        }
    }
}
