//! One mistake, one message: every name of right programs is misspelt, one at a time.

use autosafe::source::MemoryFiles;

use crate::fixes::mended;

const PEOPLE: &str = "persona Someone { describe = \"Somebody.\" }\n";
const TOOLS: &str = r#"{"tools": [{"name": "find", "description": "Find.", "inputSchema": {"type": "object", "properties": {"id": {"type": "string"}}}}]}"#;

/// The place of each word of the language in a text, prose left out but for its expressions.
fn words(text: &str) -> Vec<std::ops::Range<usize>> {
    let token = regex::Regex::new(
        r#"(?s)//[^\n]*|r"[^"]*"|"""|\{\{|\}\}|"(?:[^"\\\n]|\\.)*?(?:"|\{\{)|[A-Za-z_][A-Za-z0-9_]*|."#,
    )
    .expect("a regex");
    let mut words = Vec::new();
    let (mut in_prose, mut in_block, mut in_expression) = (false, false, false);
    for found in token.find_iter(text) {
        let piece = found.as_str();
        if in_expression {
            if piece == "}}" {
                in_expression = false;
            } else if piece.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
                words.push(found.range());
            }
            continue;
        }
        if in_block || in_prose {
            match piece {
                "\"\"\"" => in_block = false,
                "{{" => in_expression = true,
                _ if in_prose && piece.contains('"') => in_prose = false,
                _ => {}
            }
            continue;
        }
        match piece {
            "\"\"\"" => in_block = true,
            _ if piece.starts_with('"') && piece.ends_with("{{") => {
                (in_prose, in_expression) = (true, true);
            }
            _ if piece.starts_with('"') || piece.starts_with("r\"") => {}
            _ if piece.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') => {
                words.push(found.range());
            }
            _ => {}
        }
    }
    words
}

fn misspelt(word: &str) -> String {
    match word.len() {
        0..=3 => format!("{word}q"),
        length => format!("{}{}", &word[..length - 2], &word[length - 1..]),
    }
}

/// What is said of one misspelt word, every `share`th tried, where it is more than one thing or its fix mends
/// nothing.
fn told_more_than_once(text: &str, share: usize) -> String {
    let mut told = String::new();
    for place in words(text).into_iter().step_by(share) {
        let word = &text[place.clone()];
        let mut wrong = text.to_owned();
        wrong.replace_range(place.clone(), &misspelt(word));
        let files = MemoryFiles::default()
            .with("main.ots", wrong)
            .with("people.ots", PEOPLE)
            .with("tools/crm.mcp.json", TOOLS);
        let analysis = autosafe::analyse("main.ots", &files).expect("the entry is there");
        let problems = &analysis.diagnostics;
        let is_mended = problems.first().is_none_or(|problem| {
            let mended = mended(problem, &analysis.workspace.sources, files.clone());
            mended.is_none_or(|files| {
                let analysis = autosafe::analyse("main.ots", &files);
                !analysis.expect("the entry is there").has_errors()
            })
        });
        if problems.len() > 1 || !is_mended {
            let line = text[..place.start].matches('\n').count() + 1;
            told += &format!("{line}: `{word}` as `{}`\n", misspelt(word));
            for problem in problems {
                told += &format!("    {} {}\n", problem.code, problem.message);
            }
        }
    }
    told
}

#[test]
fn a_misspelt_word_of_the_reference_s_file_is_told_once() {
    assert_eq!(
        told_more_than_once(include_str!("../syntax/whole.ots"), 7),
        ""
    );
}

#[test]
fn a_misspelt_word_of_a_shipped_file_is_told_once() {
    let workplace = include_str!("../../scenarios/workplace.ots");
    assert_eq!(told_more_than_once(workplace, 11), "");
}
