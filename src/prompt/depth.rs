//! A bound on how deep a template nests, found before anything walks its tree.
//!
//! The engine bounds brackets and blocks within each other, but not chains such as `not not …`,
//! `a | b | c …` and `{% elif %}`, which make trees just as deep. Invariant: whatever passes here
//! is parsed, compiled and walked without running out of stack.

use std::ops::Range;

use minijinja::machinery::{Token, Tokenizer};

use super::template::{range_of, syntax};

/// Words and signs that may stand between `{{` and `}}`, or `{%` and `%}`.
const MAX_TOKENS_IN_TAG: usize = 500;

/// Times that `{% elif %}` may stand in one template.
const MAX_ELIFS: usize = 100;

/// What goes beyond a bound, and where.
pub(super) struct TooDeep {
    pub(super) range: Range<usize>,
    pub(super) message: String,
}

/// The first place at which a template goes beyond a bound. What is no template has none.
pub(super) fn too_deep(text: &str) -> Option<TooDeep> {
    let mut tokens = Tokenizer::new(text, "prose", false, syntax());
    let mut in_tag = 0;
    let mut elifs = 0;
    while let Ok(Some((token, span))) = tokens.next_token() {
        match token {
            Token::VariableStart | Token::BlockStart => in_tag = 0,
            Token::TemplateData(_) => {}
            _ => in_tag += 1,
        }
        elifs += usize::from(in_tag == 1 && matches!(token, Token::Ident("elif")));
        let message = if in_tag > MAX_TOKENS_IN_TAG {
            format!("more than {MAX_TOKENS_IN_TAG} words and signs stand in one tag")
        } else if elifs > MAX_ELIFS {
            format!("`elif` stands here more than {MAX_ELIFS} times")
        } else {
            continue;
        };
        let range = range_of(text, span);
        return Some(TooDeep { range, message });
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chains_are_bounded_and_long_prose_is_not() {
        for chain in [
            format!("{{{{ {}x }}}}", "not ".repeat(9_999)),
            format!("{{{{ x{} }}}}", " | upper".repeat(9_999)),
            format!("{{{{ x{} }}}}", " if x else x".repeat(9_999)),
            format!("{{% if x %}}{}{{% endif %}}", "{% elif x %}".repeat(9_999)),
        ] {
            assert!(too_deep(&chain).is_some());
        }
        assert!(too_deep(&"{{ x }} elif ".repeat(9_999)).is_none());
        assert!(too_deep("{{ ' ").is_none());
    }

    #[test]
    fn what_is_within_the_bound_fits_the_stack_of_a_thread() {
        for chain in [
            format!("{{{{ {}x }}}}", "not ".repeat(498)),
            format!("{{{{ {}x }}}}", "-".repeat(498)),
            format!("{{{{ x{} }}}}", " | upper".repeat(249)),
            format!("{{{{ x{} }}}}", " if x else x".repeat(124)),
            format!("{{{{ x{} }}}}", " ~ x".repeat(249)),
            format!("{{% if x %}}{}{{% endif %}}", "{% elif x %}".repeat(100)),
        ] {
            assert!(too_deep(&chain).is_none());
            let variables = serde_json::json!({"x": 1});
            let variables = variables.as_object().expect("variables are an object");
            let set = super::super::VariableSet::new().with("x", super::super::Shape::Scalar);
            super::super::check_prose(&chain, &set);
            // An error in rendering is fine; running out of stack is not.
            let _ = super::super::render_prose(&chain, variables);
        }
    }
}
