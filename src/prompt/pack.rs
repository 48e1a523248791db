//! All prompts of a run, compiled once.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use minijinja::{Environment, Error, ErrorKind, Value};

use super::builtins::variables_of;
use super::engine::{self, PromptError, without_blanks_around};
use super::parts::{Apart, Part, name_of_part, take_apart};
use super::prose::used_variables;
use super::value::{PromptValue, Variables};

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
    prompts: BTreeMap<String, Prompt>,
    /// The parts' numbers: prompts have some of them in common.
    numbers: HashMap<Part, usize>,
}

/// What is known of a prompt beside its template.
#[derive(Debug)]
struct Prompt {
    /// What was cut out of it.
    parts: Vec<CompiledPart>,
    /// Variables that only the parts read.
    unread: Vec<&'static str>,
    /// How long it was when it was rendered last.
    length: AtomicUsize,
}

/// A part of a prompt, compiled under a name of its own.
#[derive(Debug)]
struct CompiledPart {
    part: Part,
    /// The same for parts that make the same of a value, and unlike that of any part of other packs.
    number: usize,
    /// In the place of what was cut out.
    stand_in: String,
    template: String,
}

impl PromptPack {
    /// Compiles the texts, given by role or task.
    pub fn new(texts: &BTreeMap<String, String>) -> Result<Self, PromptError> {
        let mut pack = Self {
            environment: engine::prompt_environment(),
            prompts: BTreeMap::new(),
            numbers: HashMap::new(),
        };
        pack.environment.add_function("shown", shown);
        for (name, text) in texts {
            pack.add(name, text)?;
        }
        Ok(pack)
    }

    fn add(&mut self, name: &str, text: &str) -> Result<(), PromptError> {
        // Only the macro's own line goes, so that errors still name the right one.
        let text = text.strip_prefix(SHOWN).unwrap_or(text);
        // What is wrong with the whole is told of the whole.
        engine::add(&mut self.environment, name, text)?;
        let variables = variables_of(name);
        let Apart { rest, parts } = take_apart(text, &variables);
        engine::add(&mut self.environment, name, &rest)?;
        let mut compiled = Vec::new();
        for (index, part) in parts.into_iter().enumerate() {
            let template = format!("{name}/{index}");
            engine::add(&mut self.environment, &template, &part.source())?;
            compiled.push(CompiledPart {
                number: self.number_of(&part),
                part,
                stand_in: name_of_part(index),
                template,
            });
        }
        let reads = used_variables(&rest, &variables);
        let cut = compiled.iter().map(|part| part.part.variable);
        let prompt = Prompt {
            unread: cut.filter(|variable| !reads.contains(*variable)).collect(),
            parts: compiled,
            length: AtomicUsize::new(0),
        };
        self.prompts.insert(name.to_owned(), prompt);
        Ok(())
    }

    /// The prompt `name` with every variable in its place, without blanks around it.
    pub fn render(
        &self,
        name: &str,
        variables: &[(&'static str, PromptValue)],
    ) -> Result<String, PromptError> {
        let Some(prompt) = self.prompts.get(name) else {
            let name = name.to_owned();
            return Err(PromptError::NoSuchPrompt { name });
        };
        let mut values = Vec::with_capacity(prompt.parts.len() + variables.len());
        for part in &prompt.parts {
            let value = variables
                .iter()
                .find(|(name, _)| *name == part.part.variable)
                .map(|(_, value)| value);
            let text = self.render_part(name, part, value)?;
            values.push((part.stand_in.clone().into(), Value::from(text)));
        }
        let read = variables
            .iter()
            .filter(|(name, _)| !prompt.unread.contains(name));
        values.extend(read.map(|(name, value)| ((*name).into(), value.value())));
        let length = prompt.length.load(Ordering::Relaxed);
        let expected = length + length / 16;
        let variables = Variables(values);
        let text = engine::render_prompt(&self.environment, (name, name), variables, expected)?;
        prompt.length.store(text.len(), Ordering::Relaxed);
        Ok(without_blanks_around(text))
    }

    fn number_of(&mut self, part: &Part) -> usize {
        let part = Part {
            lines_before: 0,
            ..part.clone()
        };
        *self.numbers.entry(part).or_insert_with(next_number)
    }

    /// What the part of the prompt `name` makes of `value`; as good as nothing where it was made
    /// before.
    fn render_part(
        &self,
        name: &str,
        part: &CompiledPart,
        value: Option<&PromptValue>,
    ) -> Result<Arc<str>, PromptError> {
        let elements = value.and_then(PromptValue::elements);
        if let (true, Some(elements @ [_, ..])) = (part.part.is_by_element, elements) {
            let render = |element| {
                self.render_remembered(name, part, element, |element| Value::from(vec![element]))
            };
            let each: Result<Vec<Arc<str>>, _> = elements.iter().map(render).collect();
            return Ok(each?.concat().into());
        }
        match value {
            Some(value) => self.render_remembered(name, part, value, |value| value),
            None => self.render_anew(name, part, None),
        }
    }

    fn render_remembered(
        &self,
        name: &str,
        part: &CompiledPart,
        value: &PromptValue,
        shown_as: impl FnOnce(Value) -> Value,
    ) -> Result<Arc<str>, PromptError> {
        if let Some(text) = value.recall(part.number) {
            return Ok(text);
        }
        let text = self.render_anew(name, part, Some(shown_as(value.value())))?;
        value.remember(part.number, &text);
        Ok(text)
    }

    fn render_anew(
        &self,
        name: &str,
        part: &CompiledPart,
        value: Option<Value>,
    ) -> Result<Arc<str>, PromptError> {
        let variable = |value| (part.part.variable.into(), value);
        let variables = Variables(value.map(variable).into_iter().collect());
        let names = (part.template.as_str(), name);
        let text = engine::render_prompt(&self.environment, names, variables, 0);
        text.map(Into::into)
    }
}

fn next_number() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
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
            let variables = [
                ("text", "a</tool>b<\\/c".into()),
                ("number", json!(7).into()),
                ("list", json!(["</x>", 1]).into()),
            ];
            pack.render(name, &variables).expect("it renders")
        };
        assert_eq!(rendered("function"), rendered("macro"));
        assert!(rendered("function").starts_with(r"a<\/tool>b"));
        let missing = |name| pack.render(name, &[]).is_err();
        assert!(missing("function") && missing("macro"));
    }

    #[test]
    fn what_was_cut_out_is_shown_where_it_stood() {
        let text = "<{% for step in history -%}\n {{ step.tool }};\n{% else -%} none {% endfor -%} > {{ tool.name }}, {{ tool.describe }} {{ history | length }}";
        let pack = PromptPack::new(&BTreeMap::from([("simulator".to_owned(), text.to_owned())]));
        let pack = pack.expect("it compiles");
        assert_eq!(pack.prompts["simulator"].parts.len(), 3);
        let tool = PromptValue::shared(&json!({"name": "a", "describe": "b"}));
        let step = |tool: &str| PromptValue::shared(&json!({ "tool": tool }));
        let (first, second) = (step("x"), step("y"));
        let rendered = |steps: Vec<PromptValue>| {
            let variables = [
                ("tool", tool.clone()),
                ("history", PromptValue::list(steps)),
            ];
            pack.render("simulator", &variables).expect("it renders")
        };
        assert_eq!(rendered(vec![]), "<none > a, b 0");
        assert_eq!(rendered(vec![first.clone()]), "<x;\n> a, b 1");
        for _ in 0..2 {
            let both = vec![first.clone(), second.clone()];
            assert_eq!(rendered(both), "<x;\ny;\n> a, b 2");
        }
        let plain = [
            ("tool", json!({"name": "a", "describe": "b"}).into()),
            ("history", json!([{"tool": "x"}]).into()),
        ];
        assert_eq!(
            pack.render("simulator", &plain).expect("it renders"),
            "<x;\n> a, b 1"
        );
        let wrong = pack
            .render("simulator", &[("history", json!([]).into())])
            .expect_err("no tool");
        assert!(
            wrong.to_string().starts_with("simulator, line 3"),
            "{wrong}"
        );
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
