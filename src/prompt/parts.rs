//! Stretches of a prompt that read one variable alone, cut out to be rendered once for each value.
//!
//! Thousands of prompts show the same tools, and each prompt of a rollout shows the steps of those
//! before it: rendering these anew costs more than all the rest. What is cut out leaves a variable
//! in its place, on lines as before, so that errors name the right ones.

use std::ops::Range;

use minijinja::machinery::{Token, tokenize};

use super::prose::used_variables;
use super::shape::VariableSet;
use super::template::syntax;

/// Variables whose values many prompts share.
const SHARED: [&str; 5] = ["tools", "toolkits", "tool", "outcomes", "history"];

/// A prompt without its parts, and these.
#[derive(Debug, Default)]
pub(super) struct Apart {
    pub rest: String,
    pub parts: Vec<Part>,
}

/// A stretch that reads one variable alone.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Part {
    pub variable: &'static str,
    pub stretch: String,
    /// How many lines of the prompt stand before it.
    pub lines_before: usize,
    /// Whether it goes through the elements of the variable, each apart from the others.
    pub is_by_element: bool,
}

impl Part {
    /// The stretch as a template of its own, on the lines that it has in its prompt.
    pub(super) fn source(&self) -> String {
        let lines = "\n".repeat(self.lines_before);
        format!("{{#{lines}#}}{}", self.stretch)
    }
}

/// A `{{ … }}`, or a statement with all that belongs to it.
struct Piece {
    range: Range<usize>,
    is_by_element: bool,
    reads: Vec<String>,
}

/// The name that stands in `rest` for the part of this number.
pub(super) fn name_of_part(number: usize) -> String {
    format!("autosafe_part_{number}")
}

/// Cuts a prompt that is given `variables` into its parts; one that does more than to show values
/// stays whole.
pub(super) fn take_apart(text: &str, variables: &VariableSet) -> Apart {
    let mut apart = Apart::default();
    let mut done = 0;
    for (range, variable, is_by_element) in stretches(text, variables) {
        apart.rest.push_str(&text[done..range.start]);
        let stretch = &text[range.clone()];
        apart.rest.push_str(&stand_in(stretch, apart.parts.len()));
        apart.parts.push(Part {
            variable,
            stretch: stretch.to_owned(),
            lines_before: text[..range.start].matches('\n').count(),
            is_by_element,
        });
        done = range.end;
    }
    apart.rest.push_str(&text[done..]);
    apart
}

/// What stands for a stretch: as many lines, and no blanks around it where it takes those away.
fn stand_in(stretch: &str, number: usize) -> String {
    let opening = match stretch.as_bytes().get(2) {
        Some(b'-') => "{{-",
        _ => "{{",
    };
    let closing = match stretch.as_bytes().iter().rev().nth(2) {
        Some(b'-') => "-}}",
        _ => "}}",
    };
    let lines = "\n".repeat(stretch.matches('\n').count());
    format!("{opening} {}{lines} {closing}", name_of_part(number))
}

/// Neighbouring pieces that read the same shared variable and no other.
fn stretches(text: &str, variables: &VariableSet) -> Vec<(Range<usize>, &'static str, bool)> {
    let mut stretches: Vec<(Range<usize>, &'static str, bool)> = Vec::new();
    let mut last = None;
    for piece in pieces(text, variables).unwrap_or_default() {
        let [variable] = piece.reads.as_slice() else {
            last = None;
            continue;
        };
        let shared = SHARED.into_iter().find(|shared| shared == variable);
        match (shared, stretches.last_mut()) {
            (Some(shared), Some(stretch)) if last == Some(shared) => {
                stretch.0.end = piece.range.end;
                stretch.2 = false;
            }
            (Some(shared), _) => stretches.push((piece.range, shared, piece.is_by_element)),
            (None, _) => {}
        }
        last = shared;
    }
    stretches
}

/// All pieces in their order; nothing where there are statements other than loops and conditions.
fn pieces(text: &str, variables: &VariableSet) -> Option<Vec<Piece>> {
    let mut tokens = Vec::new();
    for token in tokenize(text, false, syntax()) {
        let (token, span) = token.ok()?;
        tokens.push((token, span.start_offset as usize..span.end_offset as usize));
    }
    let mut pieces = Vec::new();
    let mut open = 0_usize;
    let mut first = 0;
    for (index, (token, range)) in tokens.iter().enumerate() {
        if let Token::VariableStart | Token::BlockStart = token
            && open == 0
        {
            first = index;
        }
        match (token, tokens.get(index + 1)) {
            (Token::BlockStart, Some((Token::Ident("for" | "if"), _))) => open += 1,
            (Token::BlockStart, Some((Token::Ident("endfor" | "endif"), _))) => {
                open = open.checked_sub(1)?;
            }
            (Token::BlockStart, Some((Token::Ident("else" | "elif"), _))) => {}
            (Token::BlockStart, _) => return None,
            _ => {}
        }
        if let Token::VariableEnd | Token::BlockEnd = token
            && open == 0
        {
            let range = tokens[first].1.start..range.end;
            pieces.push(Piece {
                reads: used_variables(&text[range.clone()], variables)
                    .into_iter()
                    .collect(),
                is_by_element: goes_by_element(&tokens[first..=index]),
                range,
            });
        }
    }
    Some(pieces)
}

/// Whether it is a loop `for x in y`, in which nothing but its head reads `y`, and nothing tells
/// one turn from another.
fn goes_by_element(tokens: &[(Token<'_>, Range<usize>)]) -> bool {
    let mut tokens = tokens.iter().map(|(token, _)| token);
    let mut head = || tokens.next();
    let (
        Some(Token::BlockStart),
        Some(Token::Ident("for")),
        Some(Token::Ident(element)),
        Some(Token::Ident("in")),
        Some(Token::Ident(list)),
        Some(Token::BlockEnd),
    ) = (head(), head(), head(), head(), head(), head())
    else {
        return false;
    };
    let tells_apart =
        |token: &Token<'_>| matches!(token, Token::Ident(name) if name == list || *name == "loop");
    element != list && !tokens.any(tells_apart)
}

#[cfg(test)]
mod tests {
    use super::super::{Shape, builtin_prompts, variables_of};
    use super::*;

    fn apart(text: &str) -> (String, Vec<(&'static str, String, bool)>) {
        let names = ["tools", "history", "brief"];
        let variables = names
            .into_iter()
            .fold(VariableSet::new(), |set, name| set.with(name, Shape::Any));
        let apart = take_apart(text, &variables);
        let parts = apart.parts.into_iter();
        let parts = parts.map(|part| (part.variable, part.source(), part.is_by_element));
        (apart.rest, parts.collect())
    }

    #[test]
    fn neighbours_that_read_the_same_are_one_part() {
        let (rest, parts) =
            apart("a\n{{- tools.x }} b {% if tools -%} c {%- endif -%} {{ brief }}");
        assert_eq!(rest, "a\n{{- autosafe_part_0 -}} {{ brief }}");
        let source = "{#\n#}{{- tools.x }} b {% if tools -%} c {%- endif -%}".to_owned();
        assert_eq!(parts, [("tools", source, false)]);
    }

    #[test]
    fn a_loop_whose_turns_are_alike_goes_by_element() {
        let is_by_element = |text: &str| apart(text).1[0].2;
        assert!(is_by_element(
            "{% for step in history %}{{ step }}{% else %}-{% endfor %}"
        ));
        assert!(!is_by_element(
            "{% for step in history %}{{ loop.index }}{% endfor %}"
        ));
        assert!(!is_by_element(
            "{% for step in history %}{{ history[0] }}{% endfor %}"
        ));
        assert!(!is_by_element(
            "{% for step in history | reverse %}{{ step }}{% endfor %}"
        ));
    }

    #[test]
    fn what_reads_more_or_does_more_stays() {
        for text in [
            "{{ brief }} {% for tool in tools %}{{ tool ~ brief }}{% endfor %}",
            "{% set brief = 1 %}{{ tools }}",
            "{% macro m() %}{{ tools }}{% endmacro %}{{ m() }}",
        ] {
            assert_eq!(apart(text), (text.to_owned(), Vec::new()));
        }
    }

    #[test]
    fn our_own_prompts_have_parts() {
        let prompts = builtin_prompts();
        let parts = |name: &str| {
            let text = prompts[name]
                .split_once("endmacro -%}")
                .expect("it begins so")
                .1;
            let apart = take_apart(text, &variables_of(name));
            let parts = apart.parts.iter();
            parts
                .map(|part| (part.variable, part.is_by_element))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            parts("evaluator"),
            [("tools", true), ("history", true), ("outcomes", true)]
        );
        assert_eq!(parts("generator"), [("outcomes", true), ("toolkits", true)]);
        assert_eq!(
            parts("simulator")[..2],
            [("tool", false), ("history", true)]
        );
    }
}
