//! What is no tool file, and what is too much of one.

use autosafe::import::read;
use autosafe::source::SourceMap;

use crate::show::{expect, expect_as, import, import_as};

#[test]
fn what_is_no_json_is_reported_where_it_stops_being_json() {
    expect(
        "{\n  \"tools\": [,]\n}",
        "many\ntools.json 2:13 bad-import: `tools.json` is not JSON: expected value ``",
    );
    // The name says JSON.
    expect(
        "openapi: 3.0.0\npaths: {}\n",
        "many\ntools.json 1:1 bad-import: `tools.json` is not JSON: expected value ``",
    );
    expect(
        "",
        "many\ntools.json 1:1 bad-import: `tools.json` is not JSON: EOF while parsing a value ``",
    );
}

#[test]
fn what_is_in_no_known_format_is_refused() {
    for text in ["{\"a\": 1}", "3", "null"] {
        let shown = import(text);
        assert!(
            shown.contains("is in no format of tools that is known"),
            "{shown}"
        );
    }
    expect(
        "[]",
        "many\ntools.json 1:1 bad-import: the list of toolkits is empty `[]`",
    );
}

#[test]
fn nesting_without_end_is_refused_and_harmless() {
    let brackets = "[".repeat(500_000) + &"]".repeat(500_000);
    assert!(import(&brackets).contains("a toolkit should be an object, not a list"));
    let deep = r#"{"type": "array", "items": "#.repeat(100) + "{}" + &"}".repeat(100);
    let shown = import(&format!(
        r#"{{"tools": [{{"name": "a", "inputSchema": {{"properties": {{"x": {deep}}}}}}}]}}"#
    ));
    assert!(
        shown.contains("too-deep: this type lies more than 64 deep"),
        "{shown}"
    );
}

#[test]
fn types_that_multiply_without_end_are_refused() {
    let mut schemas = String::from(r#""S0": {"type": "string"}"#);
    for level in 1..12 {
        let fields: Vec<_> = (0..10)
            .map(|field| format!(r##""f{field}": {{"$ref": "#/$defs/S{}"}}"##, level - 1))
            .collect();
        schemas += &format!(
            r#", "S{level}": {{"properties": {{{}}}}}"#,
            fields.join(",")
        );
    }
    let shown = import(&format!(
        r##"{{"tools": [{{"name": "a", "inputSchema": {{"properties": {{"x": {{"$ref": "#/$defs/S11"}}}}, "$defs": {{{schemas}}}}}}}]}}"##
    ));
    assert_eq!(shown.matches("too-large").count(), 1);
}

#[test]
fn a_file_that_ends_within_a_text_is_reported_between_whole_characters() {
    let mut sources = SourceMap::new();
    let file = sources.add("tools.json", "{\"tools\": \"搏");
    let (_, _, diagnostics) = read(file, &sources);
    let [problem] = diagnostics.as_slice() else {
        panic!("{diagnostics:?}");
    };
    let text = sources.file(file).text();
    assert!(text.is_char_boundary(problem.span.start as usize));
    assert_eq!(problem.span.start, problem.span.end);
}

#[test]
fn source_of_the_language_is_told_from_tool_files() {
    for (name, text) in [
        ("tools.ots", "toolkit A {}"),
        ("tools.txt", "\n// mine\nots 1\n\ntoolkit A {}"),
    ] {
        let shown = import_as(name, text);
        let wanted = format!("`{name}` is source of the language already");
        assert!(shown.contains(&wanted), "{shown}");
    }
}

#[test]
fn what_is_neither_json_nor_yaml_is_refused() {
    expect_as(
        "notes.txt",
        "Tools: [one,\ntwo",
        "many\nnotes.txt 2:1 bad-import: `notes.txt` is neither JSON nor YAML: \
         invalid indentation in flow construct ``",
    );
    expect_as(
        "notes.md",
        "Some tools, in prose.",
        "many\nnotes.md 1:1 bad-import: `notes.md` is in no format of tools that is known \
         `Some tools, in prose.`",
    );
    expect_as(
        "empty.yaml",
        "# nothing yet\n",
        "many\nempty.yaml 2:1 bad-import: `empty.yaml` is in no format of tools that is known ``",
    );
}
