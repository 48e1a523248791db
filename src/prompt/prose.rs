//! What is wrong with a template, with the exact place inside it.

use std::collections::BTreeSet;

use minijinja::machinery::parse;

use super::depth::{TooDeep, too_deep};
use super::problem::{ProseProblem, ProseProblemKind};
use super::shape::VariableSet;
use super::template::{syntax, whole_characters};
use super::walk::Walker;

/// Every problem of a template that may use `variables`, in the order of their places.
pub fn check_prose(text: &str, variables: &VariableSet) -> Vec<ProseProblem> {
    if let Some(TooDeep { range, message }) = too_deep(text) {
        return vec![ProseProblem {
            kind: ProseProblemKind::TooDeep,
            range,
            message,
            near: None,
            known: Vec::new(),
        }];
    }
    let tree = match parse(text, "prose", syntax()) {
        Ok(tree) => tree,
        Err(error) => return vec![syntax_problem(text, &error)],
    };
    let mut walker = Walker::new(text, variables);
    walker.statement(&tree);
    let mut problems = walker.into_problems();
    problems.sort_by_key(|problem| (problem.range.start, problem.range.end));
    problems
}

/// The variables of `variables` that the template reads; all of them where it cannot be parsed.
pub(crate) fn used_variables(text: &str, variables: &VariableSet) -> BTreeSet<String> {
    let all = || variables.names().map(str::to_owned).collect();
    if too_deep(text).is_some() {
        return all();
    }
    let Ok(tree) = parse(text, "prose", syntax()) else {
        return all();
    };
    let mut walker = Walker::new(text, variables);
    walker.statement(&tree);
    walker.into_used()
}

fn syntax_problem(text: &str, error: &minijinja::Error) -> ProseProblem {
    ProseProblem {
        kind: ProseProblemKind::Syntax,
        range: whole_characters(text, error.range().unwrap_or(0..text.len())),
        message: error
            .detail()
            .map_or_else(|| error.kind().to_string(), str::to_owned),
        near: None,
        known: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::shape::Shape;
    use super::*;

    fn variables() -> VariableSet {
        VariableSet::new()
            .with("secret", Shape::Scalar)
            .with("persona", Shape::entity())
            .with("toolkits", Shape::list(Shape::toolkit()))
            .with("anything", Shape::Any)
    }

    /// Each problem as `text under it: message`.
    fn problems(text: &str) -> Vec<String> {
        check_prose(text, &variables())
            .into_iter()
            .map(|problem| format!("{}: {}", &text[problem.range], problem.message))
            .collect()
    }

    #[track_caller]
    fn is_fine(text: &str) {
        assert_eq!(problems(text), Vec::<String>::new());
    }

    #[test]
    fn an_unknown_variable_is_told_with_the_near_one() {
        let text = "Ä {{ secrt }} {{ secret }}";
        let found = check_prose(text, &variables());
        assert_eq!(found.len(), 1);
        assert_eq!(&text[found[0].range.clone()], "secrt");
        assert_eq!(found[0].kind, ProseProblemKind::UnknownVariable);
        assert_eq!(found[0].near.as_deref(), Some("secret"));
    }

    #[test]
    fn an_unknown_attribute_is_told_alone() {
        assert_eq!(
            problems("{{ persona.nam | upper }} {{ secret.x }}"),
            [
                "nam: `persona` has no attribute `nam`",
                "x: `secret` has no attributes",
            ]
        );
        assert_eq!(
            problems("{{ persona['nam'] }}"),
            ["'nam': `persona` has no attribute `nam`"]
        );
    }

    #[test]
    fn unknown_filters_tests_functions_and_methods_are_told() {
        assert_eq!(
            problems("{{ secret | uper }}{{ secret is od }}{{ rang(3) }}{{ secret.upper() }}"),
            [
                "uper: no filter is named `uper`",
                "od: no test is named `od`",
                "rang: no function is named `rang`",
                "upper: there are no methods here; write `| upper`",
            ]
        );
    }

    #[test]
    fn loops_settings_and_macros_bring_names_into_their_scope() {
        is_fine("{% for kit in toolkits %}{{ loop.index }} {{ kit.name }}{% endfor %}");
        is_fine("{% set x = persona %}{{ x.name }}{% set y %}a{% endset %}{{ y }}");
        is_fine("{% macro m(a, b=1) %}{{ a }}{{ b }}{% endmacro %}{{ m(secret) }}");
        is_fine("{% with a = secret %}{{ a }}{% endwith %}{{ anything.at.all }}");
        is_fine("{% if secret %}{% set z = 1 %}{% endif %}{{ z }}");
        assert_eq!(
            problems("{% for kit in toolkits %}{{ kit.nme }}{% endfor %}{{ kit }}{{ loop }}"),
            [
                "nme: `kit` has no attribute `nme`",
                "kit: no variable is named `kit`",
                "loop: no variable is named `loop`",
            ]
        );
    }

    #[test]
    fn shapes_go_through_filters_and_nested_lists() {
        assert_eq!(
            problems("{{ (toolkits | first).tools[0].nam }}"),
            ["nam: the expression before it has no attribute `nam`"]
        );
        is_fine("{% if persona.age is defined %}x{% endif %}{{ persona.age | default('?') }}");
    }

    #[test]
    fn other_templates_are_out_of_reach() {
        let found = check_prose("a {% include 'x' %}", &variables());
        assert_eq!(found[0].kind, ProseProblemKind::Syntax);
        assert_eq!(found[0].message, "prose has no `include`");
    }

    #[test]
    fn a_syntax_error_has_its_place() {
        let text = "fine\n{{ secret | }}";
        let found = check_prose(text, &variables());
        assert_eq!(found[0].kind, ProseProblemKind::Syntax);
        assert!(found[0].range.start >= 5, "{found:?}");
    }

    #[test]
    fn used_variables_are_those_of_the_set_that_are_read() {
        let used = used_variables(
            "{{ secret }}{% set persona = 1 %}{{ persona }}",
            &variables(),
        );
        assert_eq!(used.into_iter().collect::<Vec<_>>(), ["secret"]);
    }
}
