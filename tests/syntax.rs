//! Text to tree: what is understood, and what is said about what is not.

#[path = "syntax/hostile.rs"]
mod hostile;
#[path = "syntax/outline.rs"]
mod outline;

use autosafe::diagnostic::Diagnostic;
use autosafe::source::SourceMap;
use autosafe::syntax::{EntryKind, ExprKind, ItemKind, Text, Tree, parse};
use outline::outline;

fn parsed(text: &str) -> (SourceMap, Tree, Vec<Diagnostic>) {
    let mut sources = SourceMap::new();
    // A file before it, so that no test takes local offsets for global ones.
    sources.add("other.ots", "ots 1\n");
    let file = sources.add("test.ots", text);
    let (tree, diagnostics) = parse(file, &sources);
    (sources, tree, diagnostics)
}

/// The outline of a file in which nothing is wrong.
fn understood(text: &str) -> String {
    let (sources, tree, diagnostics) = parsed(text);
    assert_eq!(lines(&sources, &diagnostics), "", "in\n{text}");
    outline(&tree)
}

/// The outline of a file, and one line a problem.
fn recovered(text: &str) -> String {
    let (sources, tree, diagnostics) = parsed(text);
    format!("{}{}", outline(&tree), lines(&sources, &diagnostics))
}

/// One line a problem.
fn problems(text: &str) -> String {
    let (sources, _, diagnostics) = parsed(text);
    lines(&sources, &diagnostics)
}

fn lines(sources: &SourceMap, diagnostics: &[Diagnostic]) -> String {
    let line = |diagnostic: &Diagnostic| {
        let place = sources
            .file_at(diagnostic.span.start)
            .expect("a diagnostic stands in a file")
            .line_column(diagnostic.span.start);
        format!("{place} {}: {}\n", diagnostic.code, diagnostic.message)
    };
    diagnostics.iter().map(line).collect()
}

/// The entries of a scenario's body, as an outline.
fn entries(body: &str) -> String {
    let whole = understood(&format!("scenario A {{\n{body}\n}}\n"));
    let lines = whole.lines().skip(1);
    lines.map(|line| format!("{}\n", &line[2..])).collect()
}

const WHOLE: &str = include_str!("syntax/whole.ots");

#[test]
fn the_reference_s_file_is_understood_whole() {
    insta::assert_snapshot!(understood(WHOLE));
}

#[test]
fn every_way_to_use_a_module_is_understood() {
    insta::assert_snapshot!(understood(
        "use std.outcomes\nuse std.outcomes as o\nuse std.outcomes.*\nuse std.outcomes.DataLoss as Loss\n\
         use std.outcomes.{\n  DataLoss, // lost\n  Other as Else,\n}\nuse \"./a.ots\".{A}\nuse \"./a.ots\".*\n\
         use \"./a.ots\"\nuse \"./a.ots\" as a\n"
    ), @r#"
    use std.outcomes
    use std.outcomes as o
    use std.outcomes.*
    use std.outcomes.DataLoss as Loss
    use std.outcomes.{DataLoss, Other as Else}
    use "./a.ots".{A}
    use "./a.ots".*
    use "./a.ots"
    use "./a.ots" as a
    "#);
}

#[test]
fn numbers_have_units_and_ranges_two_ends() {
    insta::assert_snapshot!(entries(
        "a = 3, b = -2, c = 2.5\nd = 10k\ne = 2M\nf = 2.5k\ng = 25%\nh = 12.5%\ni = 30s\nj = 5m\nk = 2h\nl = 1..3\nm = -1..-0, n = 0.5h"
    ), @r#"
    a = 3
    b = -2
    c = 2.5
    d = 10000
    e = 2000000
    f = 2500
    g = 25%
    h = 12.5%
    i = 30s
    j = 300s
    k = 7200s
    l = 1..3
    m = -1..0
    n = 1800s
    "#);
}

#[test]
fn types_are_understood() {
    insta::assert_snapshot!(understood(
        "toolkit T {\n  tool a(\n    /// Who.\n    to: list<string>?,\n    kind: enum(\"a\", \"b\",) = \"a\",\n    any: any,\n  ) -> { x: int, y: { z: list<list<float>> }? }\n\
         \n  tool b() -> {\n    /// One.\n    x: int\n    y: bool\n  }\n    raises A \"a\"\n\n    // between\n    raises B\n  tool c()\n  tool `d-e`(`f.g`: string)\n}\n"
    ), @r#"
    toolkit T
      tool a(/// Who. / to: list<string>?, kind: enum("a", "b") = "a", any: any) -> { x: int, y: { z: list<list<float>> }? }
      tool b() -> { x: int, y: bool }
        raises A "a"
        raises B
      tool c()
      tool d-e(f.g: string)
    "#);
}

#[test]
fn values_are_understood() {
    insta::assert_snapshot!(entries(
        "a = [A weight 2, \"b\", [C, D],]\nb = true\nc = env(\"K\", \"d\")\nd = panel(A, [B, C])\n\
         e = Writer with { temperature = 0.9 }\nf = [A with { t = 0, u = 1 }, B]\ng = f(to = { name: \"x\", list: [1] }, crm.`send-mail`)\n\
         h = underspecified verbatim \"text\"\ni = malicious r\"raw\"\nj = wise(3)\nk = []\nl = {}\nm = true_story"
    ), @r#"
    a = [A weight 2, "b", [C, D]]
    b = true
    c = env("K", "d")
    d = panel(A, [B, C])
    e = Writer with { temperature = 0.9 }
    f = [A with { t = 0, u = 1 }, B]
    g = f(to = { name: "x", list: [1] }, crm.send-mail)
    h = underspecified verbatim "text"
    i = malicious "raw"
    j = wise(3)
    k = []
    l = {  }
    m = true_story
    "#);
}

#[test]
fn operators_bind_as_the_reference_says() {
    insta::assert_snapshot!(entries(
        "forbid a == 1 and b != 2 or c < 3\nforbid a or b and not c\nrequire a => b => c\n\
         require not (a in [1, 2]) => (b >= 1 or c <= 2) and d > 1\nforbid not not a == b"
    ), @r#"
    Forbid (((a Equal 1) And (b NotEqual 2)) Or (c Less 3))
    Forbid (a Or (b And (not c)))
    Require (a Implies (b Implies c))
    Require ((not (a In [1, 2])) Implies (((b GreaterOrEqual 1) Or (c LessOrEqual 2)) And (d Greater 1)))
    Forbid ((not (not a)) Equal b)
    "#);
}

#[test]
fn words_at_either_end_of_a_line_carry_it_on() {
    insta::assert_snapshot!(entries(
        "forbid a == 1 and // both\n  b == 2\n  or c == 3\nrequire a\n\n  => b =>\n  c\n\
         trigger when A.b(x ~ \"y\",\n    z in [1])\n  // comment\n  then C.d()\n  then E.f()\n  unless G.h()\n  unless I.j()\nx = 1"
    ), @r#"
    Forbid (((a Equal 1) And (b Equal 2)) Or (c Equal 3))
    Require (a Implies (b Implies c))
    when A.b(x Matches "y", z In [1]) then C.d() then E.f() unless G.h() unless I.j()
    x = 1
    "#);
}

#[test]
fn every_operator_of_a_rule_is_understood() {
    insta::assert_snapshot!(entries(
        "trigger when T.t(a == 1, b != 1, c < 1, d <= 1, e > 1, f >= 1, g ~ \"x\", h !~ r\"y\", i contains token, j.k in [\"z\"], `l-m` == n)"
    ), @r#"
    when T.t(a Equal 1, b NotEqual 1, c Less 1, d LessOrEqual 1, e Greater 1, f GreaterOrEqual 1, g Matches "x", h NotMatches "y", i Contains token, j.k In ["z"], l-m Equal n)
    "#);
}

#[test]
fn docs_belong_to_what_stands_below_them() {
    insta::assert_snapshot!(understood(
        "/// About a.\n/// More.\n// allow unused-declaration\npersona A {\n  /// On x.\n  x = 1 /// not on y\n  y = 2\n}\n\
         scenario S {\n  vary {\n    /// The axis.\n    a in [1]\n  }\n}\n"
    ), @r#"
    /// About a. / More.
    persona A
      /// On x.
      x = 1
      y = 2
    scenario S
      vary
        /// The axis.
        a in [1]
    "#);
}

#[test]
fn comments_are_kept_in_the_order_of_the_file() {
    let (sources, tree, _) =
        parsed("// one\n/// two\npersona A { // three\n  a = \"// no\" //four\n}\n////// five\n");
    let comments: Vec<String> = tree
        .comments
        .iter()
        .map(|comment| {
            let doc = if comment.is_doc { "doc " } else { "" };
            let trails = if comment.trails_code { "trailing " } else { "" };
            let written = sources.text(comment.span);
            format!("{doc}{trails}{:?} {written:?}", comment.text)
        })
        .collect();
    insta::assert_snapshot!(comments.join("\n"), @r#"
    "one" "// one"
    doc "two" "/// two"
    trailing "three" "// three"
    trailing "four" "//four"
    "five" "////// five"
    "#);
}

#[test]
fn a_header_may_stand_alone_and_fields_on_one_line() {
    insta::assert_snapshot!(understood(
        "ots 1 // version\npersona A { describe = \"x\", tone = \"y\" }\nscenario B = T(1)\nscenario C = T() {}\nprompt P for user = \"hi\""
    ), @r#"
    version 1
    persona A
      describe = "x"
      tone = "y"
    scenario B = T(1)
    scenario C = T()
    prompt P for user "hi"
    "#);
}

#[test]
fn keywords_may_name_fields_axes_and_arguments() {
    insta::assert_snapshot!(entries(
        "tool = 1\nunsafe = 2\nmodel { tool = 3 }\nvary {\n  weight in [1]\n}\nforbid weight == 1\nunsafe T.t(in = 1, with = 2)\ntrigger when T.t(in == 1)"
    ), @r#"
    tool = 1
    unsafe = 2
    block model
      tool = 3
    vary
      weight in [1]
    Forbid (weight Equal 1)
    Unsafe T.t(in = 1, with = 2)
    when T.t(in Equal 1)
    "#);
}

#[test]
fn nothing_is_a_file_too() {
    for text in ["", "\n", "ots 1", "// only this", "\u{feff}ots 1\r\n"] {
        let (_, tree, diagnostics) = parsed(text);
        assert_eq!((tree.items.len(), diagnostics.len()), (0, 0), "{text:?}");
    }
}

#[test]
fn windows_line_ends_change_nothing() {
    let with_returns = format!("\u{feff}{}", WHOLE.replace('\n', "\r\n"));
    assert_eq!(understood(&with_returns), understood(WHOLE));
}

#[test]
fn each_broken_field_is_one_problem_and_the_rest_is_understood() {
    insta::assert_snapshot!(recovered(
        "outcome A {\n  severity high\n  describe = \"kept\"\n}\n\
         persona B {\n  describe = = \"x\"\n  tone = \"kept\"\n  other = [1 2 =]\n}\n\
         scenario C {\n  outcomes = [A]\n  vary {\n    a on [1]\n    b in [2]\n  }\n  forbid a ==\n  trigger when T.t(x)\n  samples = 1\n}\n"
    ), @r#"
    outcome A
      error entry severity
      describe = "kept"
    persona B
      error entry describe
      tone = "kept"
      error entry other
    scenario C
      outcomes = [A]
      vary
        a in error
        b in [2]
      error entry forbid
      error entry trigger
      samples = 1
    2:12 syntax: expected `=` or `{`, found `high`
    6:14 syntax: expected a value, found `=`
    8:16 syntax: expected `,` or `]`, found `=`
    13:7 syntax: expected `in`, found `on`
    16:14 syntax: expected a condition, found the end of the line
    17:21 syntax: expected an operator or `in`, found `)`
    "#);
}

#[test]
fn broken_fields_side_by_side_are_each_said() {
    insta::assert_snapshot!(problems(
        "persona A {\n  a = =\n  b = =\n}\n"
    ), @r#"
    2:7 syntax: expected a value, found `=`
    3:7 syntax: expected a value, found `=`
    "#);
}

#[test]
fn lines_of_rubbish_are_one_problem() {
    insta::assert_snapshot!(problems(
        "persona A {\n  ?? ??\n  !!\n\n  // still\n  @@ foo\n  x = 1\n}\n%% %%\n^^\npersona B {}\n"
    ), @r#"
    2:3 syntax: expected a field, found `?`
    9:1 syntax: expected a declaration, found `%`
    "#);
}

#[test]
fn a_broken_declaration_keeps_its_name() {
    insta::assert_snapshot!(recovered(
        "scenario A extends B {\n  x = 1\n}\npersona {\n}\nscenaro C {\n}\nprompt P to user = \"x\"\npersona D { a = 1 } rest\n"
    ), @r#"
    error item A
    error item
    error item C
    error item P
    persona D
      a = 1
    1:12 syntax: expected `=` or `{`, found `extends`
    4:9 syntax: expected a name, found `{`
    6:1 syntax: expected a declaration, found `scenaro`
    8:10 syntax: expected `for`, found `to`
    9:21 syntax: expected the end of the line, found `rest`
    "#);
}

#[test]
fn common_mistakes_are_answered_by_name_and_read_for_what_they_mean() {
    insta::assert_snapshot!(recovered(
        "outcome A {\n  severity: high;\n  describe == 'single'\n}\n\
         scenario B\n{\n  outcomes = [A B]\n  title = “smart”\n  vary {\n    a = [1, 2]\n    b in 1..=3\n  }\n  # old comment (\n\
         \x20 forbid a = 1 && !b || c <> 3\n  trigger when T::t(x =~ \"y\" z == 1)\n  unsafe T.t(x: 1)\n  time = 30min\n}\n\
         toolkit T {\n  tool t(x: [string]) => int\n}\nots 1\n"
    ), @r#"
    outcome A
      severity = high
      describe = "single"
    scenario B
      outcomes = [A, B]
      title = "smart"
      vary
        a in [1, 2]
        b in 1..3
      Forbid (((a Equal 1) And (not b)) Or (c NotEqual 3))
      when T.t(x Matches "y", z Equal 1)
      Unsafe T.t(x = 1)
      time = error
    toolkit T
      tool t(x: list<string>) -> int
    error item
    2:11 syntax: a value follows `=`
    2:17 syntax: `;` ends no field
    3:12 syntax: a value follows `=`
    3:15 syntax: a text stands between double quotes
    6:1 syntax: the `{` of a block stands on its header's line
    7:16 syntax: a comma is missing
    8:11 syntax: a text stands between straight quotes
    10:7 syntax: the values of an axis follow `in`
    11:11 syntax: a range is written `1..3`, and holds both ends
    13:3 syntax: `#` begins no comment
    14:12 syntax: equality is written `==`
    14:16 syntax: "and" is written as a word
    14:19 syntax: "not" is written as a word
    14:22 syntax: "or" is written as a word
    14:27 syntax: inequality is written `!=`
    15:17 syntax: the parts of a name are joined by `.`
    15:23 syntax: a match with a regular expression is written `~`
    15:29 syntax: a comma is missing
    16:15 syntax: an argument's value follows `=`
    17:10 syntax: `30min` is no number
    20:13 syntax: a type of lists is written `list<…>`
    20:23 syntax: a tool's result follows `->`
    22:1 syntax: the version of the language is named after something else
    "#);
}

#[test]
fn blocks_with_an_equals_sign_and_conditions_with_and_are_mistakes_too() {
    insta::assert_snapshot!(recovered(
        "model M {\n  limits = { rpm = 3 }\n  price: {\n    input = 1\n  }\n}\n\
         scenario A {\n  trigger when T.t(x ~ \"y\" and z == 1)\n  a = f({ b: 1 })\n}\n"
    ), @r#"
    model M
      block limits
        rpm = 3
      block price
        input = 1
    scenario A
      when T.t(x Matches "y", z Equal 1)
      a = f({ b: 1 })
    2:10 syntax: a block follows its name at once
    3:8 syntax: a block follows its name at once
    8:28 syntax: conditions on arguments are joined by commas
    "#);
}

#[test]
fn a_misspelt_keyword_is_suggested_wherever_it_stands() {
    insta::assert_snapshot!(problems(
        "toolkit A {\n  tool t(x =)\n  tol d()\n}\nscenario B {\n  trigger wen T.t()\n  forbd a == 1\n}\n"
    ), @r#"
    2:12 syntax: expected `:`, found `=`
    3:3 syntax: expected a field, found `tol`
    6:11 syntax: expected `=`, `when` or `{`, found `wen`
    7:3 syntax: expected a field, found `forbd`
    "#);
}

#[test]
fn fixes_of_mistakes_make_the_file_right() {
    let broken = "outcome A {\n  severity: high;\n  describe == 'single'\n}\nscenario B\n{\n  outcomes = [A B]\n  title = “smart”\n  \
                  vary {\n    a=[1, 2]\n    b in 1..=3\n  }\n  # old\n  forbid a = 1&&!b || c <> 3\n  trigger when T::t(x =~ \"y\" z == 1)\n  \
                  unsafe T.t(x: { a = 1 }); samples=1\n}\ntoolkit T {\n  tool t(x: [string]) => int\n}\nscenaro C {\n}\n";
    let mended = fixed(broken);
    assert_eq!(problems(&mended), "", "in\n{mended}");
}

/// A text with every fix applied, from the last to the first.
fn fixed(text: &str) -> String {
    let (sources, tree, diagnostics) = parsed(text);
    let base = sources.file(tree.file).span().start;
    let mut edits: Vec<_> = diagnostics
        .into_iter()
        .flat_map(|diagnostic| diagnostic.fix.expect("each has a fix").edits)
        .collect();
    edits.sort_by_key(|edit| edit.span);
    let mut mended = text.to_owned();
    for edit in edits.iter().rev() {
        let range = (edit.span.start - base) as usize..(edit.span.end - base) as usize;
        mended.replace_range(range, &edit.text);
    }
    mended
}

#[test]
fn what_is_unclosed_is_shown_where_it_opened() {
    insta::assert_snapshot!(recovered(
        "scenario A {\n  outcomes = [X, Y\n  vary {\n    a in [1, 2]\n\n  title = \"no end\n  unsafe T.t(x = \"y)\n  samples = 2\n}\n\
         scenario B {\n  samples = 1\n\nscenario C {\n  samples = 3\n}\n"
    ), @r#"
    scenario A
      outcomes = [X, Y]
      vary
        a in [1, 2]
      title = error
      Unsafe T.t(x = error)
      samples = 2
    scenario B
      samples = 1
    scenario C
      samples = 3
    2:14 unclosed: `[` is never closed
    3:8 unclosed: `{` is never closed
    6:11 unclosed: text is never closed
    7:18 unclosed: text is never closed
    10:12 unclosed: `{` is never closed
    "#);
}

#[test]
fn an_unclosed_text_block_does_not_swallow_the_next() {
    insta::assert_snapshot!(recovered(
        "scenario A {\n  instruction = \"\"\"\n    Do it.\n  samples = 2\n  context = malicious \"\"\"\n    Here.\n  \"\"\"\n  safe = \"x\"\n}\n"
    ), @r#"
    scenario A
      instruction = error
      samples = 2
      context = malicious "Here."
      safe = "x"
    2:17 unclosed: text block is never closed
    "#);
}

#[test]
fn text_blocks_closed_at_the_end_of_a_line_are_understood() {
    insta::assert_snapshot!(recovered(
        "scenario A {\n  instruction = \"\"\"\n    Do it.\"\"\"\n  context = \"\"\"Here\n    and there.\n  \"\"\"\n  safe = \"x\"\n}\n"
    ), @r#"
    scenario A
      instruction = "Do it."
      context = "Here\n    and there."
      safe = "x"
    3:11 syntax: the `"""` that closes a text block begins a line
    4:16 syntax: a text block begins on the line after its `"""`
    "#);
}

#[test]
fn quotes_inside_of_a_block_s_lines_are_text() {
    insta::assert_snapshot!(entries(
        "a = \"\"\"\n  Say \"\"\"hello\"\"\" to them.\n\"\"\"\nb = \"\"\"one \"line\" \"\"\"\nc = 1"
    ), @r#"
    a = "Say \"\"\"hello\"\"\" to them."
    b = "one \"line\" "
    c = 1
    "#);
}

#[test]
fn brackets_of_another_kind_and_those_too_many_are_one_problem_each() {
    insta::assert_snapshot!(recovered(
        "scenario A {\n  a = [1, 2)\n  b = f(1])\n  c = 1\n}\n}\nscenario B {\n  vary {\n    x in [1]\n  }\n  }\n  d = 2\n}\n"
    ), @r#"
    scenario A
      a = [1, 2]
      b = f(1)
      c = 1
    scenario B
      vary
        x in [1]
      d = 2
    2:7 unclosed: `[` is closed by a bracket of another kind
    3:10 syntax: `]` closes nothing
    6:1 syntax: `}` closes nothing
    11:3 syntax: `}` closes nothing
    "#);
}

#[test]
fn a_file_that_just_ends_is_one_problem() {
    insta::assert_snapshot!(recovered("scenario A {\n  vary {\n    x in [1,"), @r#"
    scenario A
      vary
        x in [1]
    3:10 unclosed: `[` is never closed
    "#);
}

#[test]
fn another_version_is_the_only_thing_said() {
    insta::assert_snapshot!(problems("// new\nots 2\nscenario {{{\n"), @"2:5 unsupported-version: version 2 of the language is not known");
    insta::assert_snapshot!(problems("ots 1.1\n"), @"1:5 unsupported-version: version 1.1 of the language is not known");
}

#[test]
fn bad_escapes_and_numbers_are_said_where_they_stand() {
    insta::assert_snapshot!(recovered(
        "persona A {\n  a = \"x\\q \\u{110000} \\u{12} \\u{e9}\"\n  b = 99999999999999999999\n  c = 0.3s\n}\n"
    ), @r#"
    persona A
      a = "x\\q \\u{110000} \u{12} é"
      b = error
      c = error
    2:9 syntax: `\q` is no escape
    2:12 syntax: `\u{110000}` is no escape
    3:7 out-of-range: `99999999999999999999` is beyond what is handled
    4:7 out-of-range: `0.3s` is no duration in whole seconds
    "#);
}

/// The text of a persona's only field, and what stands at the place of `part` of its value.
fn located(text: &str, part: &str) -> String {
    let (sources, tree, diagnostics) = parsed(text);
    assert_eq!(lines(&sources, &diagnostics), "", "in\n{text}");
    let value = only_text(&tree);
    let start = value.value.find(part).expect("the value holds the part");
    let span = value.locate(start, start + part.len());
    sources.text(span).to_owned()
}

fn only_text(tree: &Tree) -> &Text {
    let ItemKind::Persona(block) = &tree.items[0].kind else {
        panic!("a persona is declared");
    };
    let EntryKind::Field(field) = &block.body.entries[0].kind else {
        panic!("it has a field");
    };
    match &field.value.kind {
        ExprKind::Text(text) | ExprKind::Prose { text, .. } => text,
        other => panic!("its value is a text, not {other:?}"),
    }
}

#[test]
fn parts_of_a_text_are_found_where_they_are_written() {
    let escapes = "persona A {\n  a = \"é\\n\\u{e9}{{ name }} \\\"x\\\" 🦀\"\n}\n";
    assert_eq!(located(escapes, "name"), "name");
    assert_eq!(located(escapes, "é{{"), "\\u{e9}{{");
    assert_eq!(located(escapes, "\"x\""), "\\\"x\\\"");
    assert_eq!(located(escapes, "🦀"), "🦀");
    assert_eq!(located(escapes, "é\né"), "é\\n\\u{e9}");
    let raw = "persona A {\n  a = r##\"a\\n\"# {{ b }}\"##\n}\n";
    assert_eq!(located(raw, "\\n\"# {{ b }}"), "\\n\"# {{ b }}");
}

#[test]
fn parts_of_a_text_block_are_found_where_they_are_written() {
    let block = "persona A {\n  a = malicious \"\"\"\n    one {{ x }}\n\n      two é\n    three\n  \"\"\"\n}\n";
    for text in [block.to_owned(), block.replace('\n', "\r\n")] {
        assert_eq!(located(&text, "one {{ x }}"), "one {{ x }}");
        assert_eq!(located(&text, "  two é"), "  two é");
        assert_eq!(located(&text, "three"), "three");
        let (_, tree, _) = parsed(&text);
        assert_eq!(only_text(&tree).value, "one {{ x }}\n\n  two é\nthree");
    }
    assert_eq!(located(block, "é\nthree"), "é\n    three");
}

#[test]
fn blocks_lose_the_indent_that_all_of_their_lines_have() {
    insta::assert_snapshot!(entries(
        "a = \"\"\"\n\"\"\"\nb = \"\"\"\"\"\"\nc = \"\"\" one \"\"\"\nd = \"\"\"\n      deep\n    less\n   \n\n    \\n raw\n        \"\"\", e = 1\n\
         f = \"\"\"\n\ttab\n  blanks\n\"\"\""
    ), @r#"
    a = ""
    b = ""
    c = " one "
    d = "  deep\nless\n\n\n\\n raw"
    e = 1
    f = "\ttab\n  blanks"
    "#);
}

#[test]
fn spans_are_tight() {
    let text = "ots 1\n/// Doc\nscenario A = T( 1 ) {   // c\n  forbid a == 1   // why\n\n  trigger when X.y()  \n  then Z.w( )   // end\n  // tail\n}   \n";
    let (sources, tree, _) = parsed(text);
    let item = &tree.items[0];
    assert!(sources.text(item.span).starts_with("scenario A"));
    assert!(sources.text(item.span).ends_with("// tail\n}"));
    let ItemKind::Scenario(scenario) = &item.kind else {
        panic!("a scenario is declared");
    };
    let base = scenario.base.as_ref().expect("it has a template");
    assert_eq!(sources.text(base.span), "T( 1 )");
    let body = scenario.body.as_ref().expect("it has a body");
    assert_eq!(sources.text(body.braces.open), "{");
    assert_eq!(sources.text(body.braces.close), "}");
    let written: Vec<&str> = body
        .entries
        .iter()
        .map(|entry| sources.text(entry.span))
        .collect();
    assert_eq!(
        written,
        ["forbid a == 1", "trigger when X.y()  \n  then Z.w( )"]
    );
}

/// All scenario files under a folder.
fn scenario_files(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .flat_map(|entry| match entry.path() {
            path if path.is_dir() => scenario_files(&path),
            path => vec![path],
        })
        .filter(|path| path.extension().is_some_and(|extension| extension == "ots"))
        .collect()
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "a test may read the repository's own files"
)]
fn no_error_rule_matches_in_the_files_that_people_copy() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    for path in scenario_files(&folder) {
        let text = std::fs::read_to_string(&path).expect("the file is readable");
        assert_eq!(problems(&text), "", "{}", path.display());
    }
}
