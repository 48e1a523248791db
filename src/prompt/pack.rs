//! All prompts of a run, compiled once.

use std::collections::BTreeMap;

use minijinja::Environment;
use serde_json::Value as Json;

use super::engine::{self, PromptError};

/// Compiled prompts by role or task; to be shared between threads.
#[derive(Debug)]
pub struct PromptPack {
    environment: Environment<'static>,
}

impl PromptPack {
    /// Compiles the texts, given by role or task.
    pub fn new(texts: &BTreeMap<String, String>) -> Result<Self, PromptError> {
        let mut environment = engine::prompt_environment();
        for (name, text) in texts {
            engine::add(&mut environment, name, text)?;
        }
        Ok(Self { environment })
    }

    /// The prompt `name` with every variable in its place, without blanks around it.
    pub fn render(&self, name: &str, variables: Json) -> Result<String, PromptError> {
        engine::render_prompt(&self.environment, name, &variables)
    }
}
