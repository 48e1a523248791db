//! Texts that nobody means: deep, long, random. Nothing hangs, nothing panics, every place is in its file.

use autosafe::source::Span;
use proptest::prelude::*;

use super::{WHOLE, outline::outline, parsed, problems};

/// A list in a list, so many deep.
fn nested(open: &str, close: &str, depth: usize) -> String {
    format!("{}1{}", open.repeat(depth), close.repeat(depth))
}

#[test]
fn fifty_brackets_deep_is_fine_and_broken_is_one_problem() {
    let list = nested("[", "]", 50);
    let group = nested("(", ")", 50);
    let kind = nested("list<", ">", 50).replace('1', "int");
    assert_eq!(problems(&format!("persona A {{\n  a = {list}\n}}\n")), "");
    assert_eq!(
        problems(&format!("scenario A {{\n  forbid {group} == 1\n}}\n")),
        ""
    );
    assert_eq!(
        problems(&format!("toolkit A {{\n  tool t(x: {kind})\n}}\n")),
        ""
    );
    let broken = problems(&format!(
        "persona A {{\n  a = {}\n}}\n",
        list.replace('1', "?")
    ));
    assert_eq!(broken, "2:57 syntax: expected a value or `]`, found `?`\n");
    let broken = problems(&format!(
        "scenario A {{\n  forbid {} == 1\n}}\n",
        group.replace('1', "?")
    ));
    assert_eq!(broken, "2:60 syntax: expected a condition, found `?`\n");
}

#[test]
fn long_lines_of_words_and_texts_hang_nothing() {
    let words = format!("persona A {{\n  a = [{}]\n}}\n", "b ".repeat(4_000));
    assert_eq!(problems(&words).lines().count(), 3_999);
    let texts = format!("persona A {{\n  a = [{}]\n}}\n", "\"b\", ".repeat(4_000));
    assert_eq!(problems(&texts), "");
}

#[test]
fn nesting_beyond_the_bound_is_said_once_and_hangs_nothing() {
    for (open, close) in [
        ("[", "]"),
        ("(", ")"),
        ("{", "}"),
        ("f(", ")"),
        ("{ a: ", "}"),
    ] {
        let text = format!(
            "persona A {{\n  a = {}\n  b = 1\n}}\n",
            nested(open, close, 8_000)
        );
        let found = problems(&text);
        assert!(
            found.contains("too-deep: nested more than 128 deep"),
            "{open} {found}"
        );
        assert_eq!(found.lines().count(), 1, "{open} {found}");
        let unclosed = problems(&format!("persona A {{\n  a = {}", open.repeat(8_000)));
        assert_eq!(unclosed.lines().count(), 1, "{open} {unclosed}");
    }
    let types = format!(
        "toolkit A {{\n  tool t(x: {})\n}}\n",
        nested("list<", ">", 8_000)
    );
    assert!(problems(&types).contains("too-deep"));
}

#[test]
fn brackets_up_to_the_bound_are_read() {
    for (open, close) in [("[", "]"), ("f(", ")"), ("{ a: ", " }")] {
        let text = format!("persona A {{\n  a = {}\n}}\n", nested(open, close, 127));
        assert_eq!(problems(&text), "", "{open}");
    }
    let group = nested("(", ")", 127);
    assert_eq!(
        problems(&format!("scenario A {{\n  forbid {group}\n}}\n")),
        ""
    );
    let blocks = format!("{}\nx = 1\n{}", "a {\n".repeat(127), "}\n".repeat(127));
    assert_eq!(problems(&format!("persona A {{\n{blocks}}}\n")), "");
}

#[test]
fn long_conditions_are_bounded_too() {
    let chain = |operator: &str, count: usize| {
        let operands = vec!["a == 1"; count].join(operator);
        problems(&format!("scenario A {{\n  forbid {operands}\n}}\n"))
    };
    for operator in [" and ", " or ", " => "] {
        assert_eq!(chain(operator, 200), "");
        assert!(chain(operator, 2_000).starts_with("2:10 too-deep: more than 256 operators"));
    }
    let nots = format!("scenario A {{\n  forbid {}a\n}}\n", "not ".repeat(2_000));
    assert!(problems(&nots).contains("too-deep"));
}

#[test]
fn a_file_beyond_the_bound_is_too_large() {
    let text = "// more\n".repeat(600_000);
    assert_eq!(
        problems(&text),
        "1:1 too-large: `test.ots` is larger than 4 MiB\n"
    );
}

/// Whether parsing a text ends, and every place it names lies in its file.
fn is_sound(text: &str) -> bool {
    let (sources, tree, diagnostics) = parsed(text);
    let whole = sources.file(tree.file).span();
    let inside = |span: Span| whole.start <= span.start && span.end <= whole.end;
    let diagnostics_inside = diagnostics.iter().all(|diagnostic| {
        let edits = diagnostic.fix.iter().flat_map(|fix| &fix.edits);
        inside(diagnostic.span)
            && diagnostic.others.iter().all(|other| inside(other.span))
            && edits.into_iter().all(|edit| inside(edit.span))
    });
    outline(&tree);
    diagnostics_inside
        && tree.items.iter().all(|item| inside(item.span))
        && tree.comments.iter().all(|comment| inside(comment.span))
        && !diagnostics
            .iter()
            .any(|diagnostic| diagnostic.message.contains("in this file"))
}

/// Parts of which mistakes are made.
const PARTS: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    "\"",
    "\"\"\"",
    "'",
    "`",
    "#",
    "//",
    "/*",
    "“",
    "”",
    "\n",
    "\r\n",
    ",",
    ";",
    ":",
    "=",
    "==",
    "=>",
    "->",
    "<",
    ">",
    "list<",
    "r#\"",
    "\\",
    "\\u{",
    "..",
    "::",
    "!",
    "&&",
    "and",
    "then",
    "scenario",
    "vary",
    "trigger when",
    "\u{a0}",
    "é🦀",
    "-",
    "1",
    "%",
    "not ",
    "ots 1",
    "\u{0}",
    "///",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_whatever_breaks_the_parser(text in "\\PC{0,300}") {
        prop_assert!(is_sound(&text));
    }

    #[test]
    fn no_heap_of_parts_breaks_the_parser(parts in prop::collection::vec(prop::sample::select(PARTS), 0..60)) {
        prop_assert!(is_sound(&parts.concat()));
        prop_assert!(is_sound(&parts.join(" ")));
    }

    #[test]
    fn no_change_of_a_right_file_breaks_the_parser(
        changes in prop::collection::vec((any::<prop::sample::Index>(), 0..4_usize, prop::sample::select(PARTS)), 1..6)
    ) {
        let mut text = WHOLE.to_owned();
        for (index, length, part) in changes {
            let start = text.floor_char_boundary(index.index(text.len() + 1));
            let end = text.ceil_char_boundary((start + length * 3).min(text.len()));
            text.replace_range(start..end, part);
        }
        prop_assert!(is_sound(&text));
    }
}
