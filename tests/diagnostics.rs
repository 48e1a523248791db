//! How problems are shown: to people, and to programs.

use autosafe::diagnostic::{Code, Diagnostic, render_human, render_json};
use autosafe::source::{FileId, SourceMap, Span};
use autosafe::syntax::parse;

/// The first place of `needle` in a file.
fn place(sources: &SourceMap, file: FileId, needle: &str) -> Span {
    let file = sources.file(file);
    let at = file.text().find(needle).expect("the text holds the needle") as u32;
    let start = file.span().start + at;
    Span::new(start, start + needle.len() as u32)
}

fn shown(diagnostic: &Diagnostic, sources: &SourceMap) -> String {
    render_human(diagnostic, sources, 80, false)
}

/// All problems that the parser finds in a text, as they are shown.
fn syntax_problems(text: &str) -> String {
    let mut sources = SourceMap::new();
    let file = sources.add("test.ots", text);
    let (_, diagnostics) = parse(file, &sources);
    let drawn: Vec<String> = diagnostics
        .iter()
        .map(|diagnostic| shown(diagnostic, &sources))
        .collect();
    drawn.join("\n")
}

fn two_files() -> (SourceMap, FileId, FileId) {
    let mut sources = SourceMap::new();
    let people = sources.add(
        "people.ots",
        "ots 1\n\npersona Hurried {\n  describe = \"in a hurry\"\n}\n",
    );
    let main = sources.add(
        "main.ots",
        "ots 1\nuse \"./people.ots\".{Hurried}\n\npersona Hurried {\n}\n",
    );
    (sources, people, main)
}

fn duplicate(sources: &SourceMap, people: FileId, main: FileId) -> Diagnostic {
    let second = place(sources, main, "{Hurried}");
    let first = place(sources, people, "Hurried");
    Diagnostic::new(
        Code::DuplicateName,
        Span::new(second.start + 1, second.end - 1),
        "`Hurried` is declared twice",
    )
    .label("declared again here")
    .other(first, "first declared here")
}

#[test]
fn a_problem_shows_code_message_place_and_help() {
    let mut sources = SourceMap::new();
    let file = sources.add("main.ots", "ots 1\nscenario A {\n  cover = pairwize\n}\n");
    let diagnostic = Diagnostic::new(
        Code::WrongType,
        place(&sources, file, "pairwize"),
        "`pairwize` is no way to cover",
    )
    .label("expected `all`, `pairwise`, `wise(t)` or `sample(n)`")
    .did_you_mean(Some("pairwise"));
    insta::assert_snapshot!(shown(&diagnostic, &sources), @r#"
    error[wrong-type]

      × `pairwize` is no way to cover
       ╭─[main.ots:3:11]
     2 │ scenario A {
     3 │   cover = pairwize
       ·           ────┬───
       ·               ╰── expected `all`, `pairwise`, `wise(t)` or `sample(n)`
     4 │ }
       ╰────
      help: did you mean `pairwise`?
    "#);
}

#[test]
fn places_in_two_files_are_two_snippets_the_primary_one_first() {
    let (sources, people, main) = two_files();
    let diagnostic = duplicate(&sources, people, main);
    insta::assert_snapshot!(shown(&diagnostic, &sources), @r#"
    error[duplicate-name]

      × `Hurried` is declared twice
       ╭─[main.ots:2:21]
     1 │ ots 1
     2 │ use "./people.ots".{Hurried}
       ·                     ───┬───
       ·                        ╰── declared again here
     3 │
       ╰────
       ╭─[people.ots:3:9]
     2 │
     3 │ persona Hurried {
       ·         ───┬───
       ·            ╰── first declared here
     4 │   describe = "in a hurry"
       ╰────
    "#);
}

#[test]
fn severities_are_told_apart() {
    let mut sources = SourceMap::new();
    let file = sources.add("main.ots", "persona hurried {}\n");
    let span = place(&sources, file, "hurried");
    let lint = Diagnostic::new(Code::NamingStyle, span, "`hurried` is no `UpperCamel`");
    let warning = Diagnostic::new(Code::UnreachableValue, span, "`hurried` is never taken");
    assert!(shown(&lint, &sources).starts_with("lint[naming-style]\n"));
    assert!(shown(&warning, &sources).starts_with("warning[unreachable-value]\n"));
}

#[test]
fn a_place_at_the_end_of_a_file_is_shown_behind_its_last_line() {
    let mut sources = SourceMap::new();
    let file = sources.add("main.ots", "scenario A {\r\n");
    let end = Span::at(sources.file(file).span().end);
    let diagnostic = Diagnostic::new(Code::Syntax, end, "expected `}`").label("here");
    insta::assert_snapshot!(shown(&diagnostic, &sources), @r#"
    error[syntax]

      × expected `}`
       ╭─[main.ots:1:13]
     1 │ scenario A {
       ·             ┬
       ·             ╰── here
       ╰────
    "#);
}

#[test]
fn the_end_of_a_file_without_a_last_line_break_is_shown_too() {
    let mut sources = SourceMap::new();
    let file = sources.add("main.ots", "scenario A {");
    let end = Span::at(sources.file(file).span().end);
    let diagnostic = Diagnostic::new(Code::Syntax, end, "expected `}`").label("here");
    assert!(shown(&diagnostic, &sources).contains("╰── here"));
}

#[test]
fn an_empty_file_can_have_a_problem() {
    let mut sources = SourceMap::new();
    sources.add("empty.ots", "");
    let diagnostic = Diagnostic::new(Code::MissingField, Span::at(0), "nothing is declared");
    assert!(shown(&diagnostic, &sources).contains("nothing is declared"));
}

#[test]
fn wide_characters_do_not_move_the_mark() {
    let mut sources = SourceMap::new();
    let file = sources.add("main.ots", "\tname = \"日本語\" wrong\n");
    let diagnostic =
        Diagnostic::new(Code::Syntax, place(&sources, file, "wrong"), "no").label("here");
    insta::assert_snapshot!(shown(&diagnostic, &sources), @r#"
    error[syntax]

      × no
       ╭─[main.ots:1:15]
     1 │     name = "日本語" wrong
       ·                     ──┬──
       ·                       ╰── here
       ╰────
    "#);
}

#[test]
fn color_is_there_when_asked_for() {
    let (sources, people, main) = two_files();
    let diagnostic = duplicate(&sources, people, main);
    assert!(!render_human(&diagnostic, &sources, 80, false).contains('\u{1b}'));
    assert!(render_human(&diagnostic, &sources, 80, true).contains('\u{1b}'));
}

#[test]
fn lines_keep_to_the_width() {
    let (sources, people, main) = two_files();
    let diagnostic = duplicate(&sources, people, main).help("say it otherwise ".repeat(12));
    let drawn = render_human(&diagnostic, &sources, 60, false);
    assert!(
        drawn.lines().all(|line| line.chars().count() <= 60),
        "{drawn}"
    );
}

#[test]
fn json_is_one_line_with_lines_columns_and_bytes_of_each_file() {
    let (sources, people, main) = two_files();
    let diagnostic = duplicate(&sources, people, main).fix(
        "take it out",
        place(&sources, main, "{Hurried}"),
        "{}",
    );
    let json = render_json(&diagnostic, &sources);
    assert!(!json.contains('\n'));
    let object: serde_json::Value = serde_json::from_str(&json).expect("valid JSON");
    insta::assert_snapshot!(
        serde_json::to_string_pretty(&object).expect("valid JSON"), @r#"
    {
      "code": "duplicate-name",
      "severity": "error",
      "message": "`Hurried` is declared twice",
      "file": "main.ots",
      "span": {
        "start": {
          "line": 2,
          "column": 21,
          "offset": 26
        },
        "end": {
          "line": 2,
          "column": 28,
          "offset": 33
        }
      },
      "labels": [
        {
          "file": "people.ots",
          "span": {
            "start": {
              "line": 3,
              "column": 9,
              "offset": 15
            },
            "end": {
              "line": 3,
              "column": 16,
              "offset": 22
            }
          },
          "message": "first declared here"
        }
      ],
      "help": null,
      "fix": {
        "title": "take it out",
        "edits": [
          {
            "file": "main.ots",
            "span": {
              "start": {
                "line": 2,
                "column": 20,
                "offset": 25
              },
              "end": {
                "line": 2,
                "column": 29,
                "offset": 34
              }
            },
            "text": "{}"
          }
        ]
      }
    }
    "#);
}

#[test]
fn json_columns_count_characters_and_offsets_bytes() {
    let mut sources = SourceMap::new();
    let file = sources.add("main.ots", "a = \"é🦀\" wrong\n");
    let diagnostic = Diagnostic::new(Code::Syntax, place(&sources, file, "wrong"), "no");
    let json: serde_json::Value =
        serde_json::from_str(&render_json(&diagnostic, &sources)).expect("valid JSON");
    assert_eq!(json["span"]["start"]["column"], 10);
    assert_eq!(json["span"]["start"]["offset"], 13);
    assert_eq!(json["span"]["end"]["column"], 15);
    assert_eq!(json["fix"], serde_json::Value::Null);
    assert_eq!(json["help"], serde_json::Value::Null);
}

#[test]
fn what_a_user_sees_of_syntax_errors() {
    insta::assert_snapshot!(syntax_problems(
        "ots 1\n\noutcome Leak {\n  severity high\n  describe: \"Terms leak.\"\n}\n\n\
         scenaro A {\n}\n\nscenario B {\n  outcomes = [Leak\n  cover = all\n}\n"
    ), @r#"
    error[syntax]

      × expected `=` or `{`, found `high`
       ╭─[test.ots:4:12]
     3 │ outcome Leak {
     4 │   severity high
       ·            ──┬─
       ·              ╰── this cannot stand here
     5 │   describe: "Terms leak."
       ╰────

    error[syntax]

      × a value follows `=`
       ╭─[test.ots:5:11]
     4 │   severity high
     5 │   describe: "Terms leak."
       ·           ┬
       ·           ╰── write `=`
     6 │ }
       ╰────

    error[syntax]

      × expected a declaration, found `scenaro`
       ╭─[test.ots:8:1]
     7 │
     8 │ scenaro A {
       · ───┬───
       ·    ╰── this cannot stand here
     9 │ }
       ╰────
      help: did you mean `scenario`?

    error[unclosed]

      × `[` is never closed
        ╭─[test.ots:12:14]
     11 │ scenario B {
     12 │   outcomes = [Leak
        ·              ┬    ▲
        ·              │    ╰── `]` could stand here
        ·              ╰── opens here
     13 │   cover = all
        ╰────
    "#);
}

#[test]
fn of_a_line_too_long_to_be_read_the_part_around_the_mark_is_shown() {
    let mut sources = SourceMap::new();
    let text = format!(
        "trigger = \"{}{{{{ secrt }}}}{}\"\n",
        "é ".repeat(50_000),
        "x".repeat(99_999)
    );
    let file = sources.add("main.ots", text);
    let diagnostic = Diagnostic::new(
        Code::UnknownVariable,
        place(&sources, file, "secrt"),
        "no variable is named `secrt`",
    )
    .label("x".repeat(70_000));
    let drawn = shown(&diagnostic, &sources);
    assert!(drawn.contains("main.ots:1:100015"), "{drawn}");
    assert!(drawn.contains("é {{ secrt }}xxx"), "{drawn}");
    assert!(drawn.len() < 4_000, "{drawn}");
}
