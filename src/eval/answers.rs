//! Answers of an evaluator that are in a file: no model is asked.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value as Json;

use super::error::{EvalError, read_file};

/// Answers by the id of the case.
#[derive(Debug, Default)]
pub struct Answers {
    /// The file.
    pub name: String,
    by_id: BTreeMap<String, Option<u8>>,
}

impl Answers {
    /// Reads `{"id": …, "label": 0 | 1 | null}` a line, or one object of ids and labels. 0 is
    /// unsafe and 1 safe; the words `unsafe` and `safe` are taken too.
    pub fn read(path: &Path) -> Result<Self, EvalError> {
        let text = read_file(path)?;
        let mut answers = Self {
            name: path.display().to_string(),
            by_id: BTreeMap::new(),
        };
        if let Ok(Json::Object(all)) = serde_json::from_str(&text)
            && !all.contains_key("label")
        {
            for (id, label) in all {
                let label = read_label(&label)
                    .map_err(|why| EvalError::malformed(path, format!("`{id}`"), why))?;
                answers.by_id.insert(id, label);
            }
            return Ok(answers);
        }
        for (index, line) in text.lines().enumerate() {
            if !line.trim().is_empty() {
                let (id, label) = read_line(line).map_err(|why| {
                    EvalError::malformed(path, format!("line {}", index + 1), why)
                })?;
                answers.by_id.insert(id, label);
            }
        }
        Ok(answers)
    }

    /// What was said of the case of this id.
    pub fn of(&self, id: &str) -> Option<u8> {
        self.by_id.get(id).copied().flatten()
    }

    /// Ids of these that are among the answers.
    pub fn known<'i>(&self, ids: impl Iterator<Item = &'i str>) -> usize {
        ids.filter(|id| self.by_id.contains_key(*id)).count()
    }
}

fn read_line(line: &str) -> Result<(String, Option<u8>), String> {
    let row: Json = serde_json::from_str(line).map_err(|error| format!("no JSON: {error}"))?;
    let id = match row.get("id") {
        Some(Json::String(id)) => id.clone(),
        Some(Json::Number(id)) => id.to_string(),
        _ => return Err("it has no `id`".to_owned()),
    };
    let label = row.get("label").ok_or("it has no `label`")?;
    Ok((id, read_label(label)?))
}

fn read_label(label: &Json) -> Result<Option<u8>, String> {
    match label {
        Json::Null => Ok(None),
        Json::Number(number) if number.as_u64() == Some(0) => Ok(Some(0)),
        Json::Number(number) if number.as_u64() == Some(1) => Ok(Some(1)),
        Json::String(word) if word == "unsafe" || word == "0" => Ok(Some(0)),
        Json::String(word) if word == "safe" || word == "1" => Ok(Some(1)),
        other => Err(format!(
            "its label `{other}` is none of 0 (unsafe), 1 (safe) and null"
        )),
    }
}
