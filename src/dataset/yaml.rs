//! YAML for the head of a dataset card: maps, lists and scalars in block style.

use serde_json::Value as Json;

/// Words that YAML readers take for something else than text.
const RESERVED: [&str; 9] = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];

/// `value` as YAML, one line each.
pub(super) fn to_yaml(value: &Json) -> String {
    lines(value).join("\n")
}

fn lines(value: &Json) -> Vec<String> {
    match value {
        Json::Object(fields) if !fields.is_empty() => fields
            .iter()
            .flat_map(|(name, value)| field(name, value))
            .collect(),
        Json::Array(items) if !items.is_empty() => items.iter().flat_map(item).collect(),
        scalar => vec![scalar_text(scalar)],
    }
}

fn field(name: &str, value: &Json) -> Vec<String> {
    let inner = lines(value);
    if !is_block(value) {
        return vec![format!("{name}: {}", inner.concat())];
    }
    let head = format!("{name}:");
    std::iter::once(head)
        .chain(inner.into_iter().map(|line| format!("  {line}")))
        .collect()
}

fn item(value: &Json) -> Vec<String> {
    let mark = |(index, line)| format!("{}{line}", if index == 0 { "- " } else { "  " });
    lines(value).into_iter().enumerate().map(mark).collect()
}

fn is_block(value: &Json) -> bool {
    match value {
        Json::Object(fields) => !fields.is_empty(),
        Json::Array(items) => !items.is_empty(),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => false,
    }
}

/// A scalar; JSON's own text is YAML too, and what quotes all that needs it.
fn scalar_text(value: &Json) -> String {
    match value {
        Json::String(text) if is_plain(text) => text.clone(),
        other => other.to_string(),
    }
}

fn is_plain(text: &str) -> bool {
    let inner = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '/' | '.');
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(inner)
        && !RESERVED.contains(&text.to_ascii_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::to_yaml;

    #[test]
    fn lists_of_maps_are_indented_below_their_dash() {
        let value = json!({ "configs": [{ "name": "sft", "files": [{ "split": "train" }] }] });
        let expected = "configs:\n  - name: sft\n    files:\n      - split: train";
        assert_eq!(to_yaml(&value), expected);
    }

    #[test]
    fn text_that_could_be_read_as_something_else_is_quoted() {
        let value = json!(["n<1K", "yes", "1e3", "a: b", "line\nbreak", ""]);
        let expected = "- \"n<1K\"\n- \"yes\"\n- \"1e3\"\n- \"a: b\"\n- \"line\\nbreak\"\n- \"\"";
        assert_eq!(to_yaml(&value), expected);
    }
}
