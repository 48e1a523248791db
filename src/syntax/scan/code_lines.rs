//! What lines of code look like, where texts and brackets do not tell them from prose.

/// Whether a line begins like a declaration, an entry or the end of a body.
pub(super) fn looks_like_code(line: &str) -> bool {
    let word = leading_word(line);
    let rest = line[word.len()..].trim_start();
    if word.is_empty() {
        return line.starts_with('}');
    }
    begins_declaration(line)
        || (rest.starts_with('=') && !rest.starts_with("==") && !rest.starts_with("=>"))
        || (rest.starts_with('{') && !rest.starts_with("{{"))
        || begins_entry(word, rest)
}

/// Whether a line begins with a declaration's word and a name.
pub(super) fn begins_declaration(line: &str) -> bool {
    let word = leading_word(line);
    let rest = line[word.len()..].trim_start();
    let names_something = rest.starts_with(is_word_character);
    match word {
        "use" | "import" => names_something || rest.starts_with('"'),
        "toolkit" | "outcome" | "persona" | "scenario" | "template" | "model" | "prompt"
        | "campaign" => names_something && rest.contains(['{', '=', '(']),
        _ => false,
    }
}

fn begins_entry(word: &str, rest: &str) -> bool {
    match word {
        "tool" => rest.contains('('),
        "trigger" => rest.starts_with("when "),
        "unsafe" | "allowed" => rest.contains('('),
        "forbid" | "require" => rest.contains("==") || rest.contains("!=") || rest.contains(" in "),
        "plant" => rest.contains('='),
        _ => rest.starts_with("in [") || rest.starts_with("in {"),
    }
}

/// The length of the white space that a text begins with, line breaks excepted.
pub(super) fn indent_of(text: &str) -> usize {
    text.len() - text.trim_start_matches([' ', '\t']).len()
}

/// Whether a character may stand in a word.
pub(super) fn is_word_character(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// The word that a text begins with; empty where there is none.
pub(super) fn leading_word(text: &str) -> &str {
    let end = text
        .find(|character| !is_word_character(character))
        .unwrap_or(text.len());
    &text[..end]
}
