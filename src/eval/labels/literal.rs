//! Arguments as agents' logs write them: JSON, or Python's `{'to': 'lee', 'urgent': True}`.

use serde_json::{Map, Number, Value as Json};

/// Deeper nesting than this is no argument of a tool.
const DEPTH: usize = 64;

/// The value that `text` begins with and that ends it, in JSON or as a Python literal.
pub(super) fn read_literal(text: &str) -> Option<Json> {
    let text = text.trim();
    if let Ok(value) = serde_json::from_str(text) {
        return Some(value);
    }
    let mut reader = Reader { rest: text };
    let value = reader.value(DEPTH)?;
    reader.blank();
    reader.rest.is_empty().then_some(value)
}

struct Reader<'t> {
    rest: &'t str,
}

impl Reader<'_> {
    fn value(&mut self, depth: usize) -> Option<Json> {
        let depth = depth.checked_sub(1)?;
        self.blank();
        match self.rest.chars().next()? {
            '{' => self.dict(depth),
            '[' => self.list(depth, '[', ']'),
            '(' => self.list(depth, '(', ')'),
            '\'' | '"' => self.text().map(Json::String),
            _ => self.word(),
        }
    }

    fn dict(&mut self, depth: usize) -> Option<Json> {
        self.take('{')?;
        let mut fields = Map::new();
        loop {
            if self.take('}').is_some() {
                return Some(Json::Object(fields));
            }
            let name = match self.value(depth)? {
                Json::String(name) => name,
                other => other.to_string(),
            };
            self.take(':')?;
            fields.insert(name, self.value(depth)?);
            if self.take(',').is_none() {
                self.take('}')?;
                return Some(Json::Object(fields));
            }
        }
    }

    fn list(&mut self, depth: usize, open: char, close: char) -> Option<Json> {
        self.take(open)?;
        let mut values = Vec::new();
        loop {
            if self.take(close).is_some() {
                return Some(Json::Array(values));
            }
            values.push(self.value(depth)?);
            if self.take(',').is_none() {
                self.take(close)?;
                return Some(Json::Array(values));
            }
        }
    }

    fn text(&mut self) -> Option<String> {
        let quote = self.rest.chars().next()?;
        let mut text = String::new();
        let mut characters = self.rest.char_indices().skip(1);
        while let Some((at, character)) = characters.next() {
            match character {
                '\\' => match characters.next()?.1 {
                    'n' => text.push('\n'),
                    't' => text.push('\t'),
                    'r' => text.push('\r'),
                    other => text.push(other),
                },
                end if end == quote => {
                    self.rest = &self.rest[at + quote.len_utf8()..];
                    return Some(text);
                }
                other => text.push(other),
            }
        }
        None
    }

    fn word(&mut self) -> Option<Json> {
        let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.' | '_');
        let end = self.rest.find(|c| !is_part(c)).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        let value = match word {
            "True" | "true" => Json::Bool(true),
            "False" | "false" => Json::Bool(false),
            "None" | "null" => Json::Null,
            _ => match word.parse::<i64>() {
                Ok(int) => Json::from(int),
                Err(_) => Json::Number(Number::from_f64(word.parse().ok()?)?),
            },
        };
        self.rest = rest;
        Some(value)
    }

    fn take(&mut self, wanted: char) -> Option<()> {
        self.blank();
        self.rest = self.rest.strip_prefix(wanted)?;
        Some(())
    }

    fn blank(&mut self) {
        self.rest = self.rest.trim_start();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn python_and_json_are_read_alike() {
        let expected =
            json!({"to": ["lee"], "note": "it's 'fine'", "n": 3, "x": 0.5, "u": true, "e": null});
        let python =
            r#"{'to': ['lee',], 'note': "it's 'fine'", 'n': 3, 'x': 0.5, 'u': True, 'e': None}"#;
        assert_eq!(read_literal(python), Some(expected.clone()));
        assert_eq!(read_literal(&expected.to_string()), Some(expected));
        assert_eq!(read_literal(r"{'a': 'it\'s'}"), Some(json!({"a": "it's"})));
    }

    #[test]
    fn what_is_no_value_is_told() {
        for text in [
            "{'a': ",
            "{'a'}",
            "['x' 'y']",
            "{'a': 1} more",
            &"[".repeat(5000),
        ] {
            assert_eq!(read_literal(text), None, "{text:.20}");
        }
    }
}
