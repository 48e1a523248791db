//! The same formats in YAML.

use autosafe::format::{format, write_plain};
use autosafe::import::read;
use autosafe::source::SourceMap;
use proptest::prelude::*;
use proptest::sample::Index;

use crate::show::{expect_as, import, import_as};

const HELPDESK: &str = include_str!("fixtures/helpdesk.yaml");

/// What an MCP tool's schema in YAML becomes: the parameters.
#[track_caller]
fn expect_properties(properties: &str, parameters: &str) {
    let lines: String = properties
        .lines()
        .map(|line| format!("        {line}\n"))
        .collect();
    let text = format!("tools:\n- name: a\n  inputSchema:\n      properties:\n{lines}");
    expect_as(
        "tools.yaml",
        &text,
        &format!("one\ntoolkit server\na({parameters})"),
    );
}

#[test]
fn a_large_description_becomes_source_that_reads_well() {
    let mut sources = SourceMap::new();
    let file = sources.add("helpdesk.yaml", HELPDESK);
    let (tree, _, problems) = read(file, &sources);
    assert!(problems.is_empty(), "{problems:?}");
    let source = format(&format!("ots 1\n{}", write_plain(&tree))).expect("it can be formatted");
    insta::assert_snapshot!(source);
}

#[test]
fn a_description_is_the_same_in_json_and_in_yaml() {
    let json = r##"{"openapi": "3.1.0", "paths": {"/a/{b}": {"get": {"operationId": "a",
        "parameters": [{"name": "b", "in": "path", "required": true, "schema": {"$ref": "#/components/schemas/B"}}],
        "responses": {"404": {"description": "No \"b\"."}}}}},
        "components": {"schemas": {"B": {"type": ["string", "null"], "enum": ["x", null]}}}}"##;
    let block = r##"
openapi: 3.1.0
paths:
  /a/{b}:
    get:
      operationId: a
      parameters:
      - name: b
        in: path
        required: true
        schema:
          $ref: "#/components/schemas/B"
      responses:
        404:
          description: No "b".
components: {schemas: {B: {type: [string, 'null'], enum: [x, null]}}}
"##;
    let wanted = import(json);
    assert!(wanted.contains("a(b: enum(\"x\")?)"), "{wanted}");
    for text in [json, block] {
        assert_eq!(import_as("tools.yaml", text), wanted);
    }
}

#[test]
fn files_of_tools_and_of_toolkits_may_be_yaml_too() {
    expect_as(
        "emu.yml",
        "- toolkit: Clock\n  tools:\n  - {name: now, summary: The time.}\n",
        "many\ntoolkit Clock\nnow() (The time.)",
    );
    expect_as(
        "server",
        "result:\n  tools:\n  - name: ping\n    inputSchema: {}\n    annotations: {readOnlyHint: true}\n",
        "one\ntoolkit server\nping()\nsays read-only",
    );
}

#[test]
fn plain_words_are_what_the_core_schema_says() {
    expect_properties(
        "a: {enum: [yes, no, on, off, 2026-01-01, 1:30]}
b: {enum: [1, 0x1F, 0o17]}
c: {enum: [1, .5]}
d: {enum: [true, False]}
e: {enum: [~, null, x]}
f: {type: string, enum: [1.0, true, '2']}
g: {type: string, default: 1.10}
h: {type: integer, default: 0o17}
i: {type: number, default: .inf}
j: {type: string, default: !!str 5}
k: {enum: ['1', \"2\", !!str 3]}",
        r#"a: enum("yes", "no", "on", "off", "2026-01-01", "1:30")?, b: int?, c: float?, d: bool?, e: enum("x")?, f: enum("1.0", "true", "2")?, g: string = "1.10", h: int = 15, i: float?, j: string = "5", k: enum("1", "2", "3")?"#,
    );
}

#[test]
fn aliases_stand_for_what_they_name_and_merges_add_what_is_missing() {
    expect_properties(
        "a: &a {type: string, description: Text., nullable: true}
b: *a
c: {<<: *a, description: Mine.}
d: {<<: [{type: integer}, *a]}",
        "a: string? (Text.), b: string? (Text.), c: string? (Mine.), d: int? (Text.)",
    );
}

#[test]
fn problems_point_into_the_file() {
    expect_as(
        "tools.yaml",
        "# ü 🦊\ntools:\n- name: a\n  inputSchema:\n    properties:\n      ü: {type: strng}\n      b: 3\n- description: 404\n  inputSchema: {}\n- name: 5\n  inputSchema: {}\n",
        r#"
        one
        toolkit server
          a(`ü`: error, b: error)
        tools.yaml 6:17 bad-import: unknown type `strng` `strng`
        tools.yaml 7:10 bad-import: a schema should be an object, not a number `3`
        tools.yaml 8:3 bad-import: a tool has no `name` `description`
        tools.yaml 10:9 bad-import: `name` of a tool should be a string, not a number `5`
        "#,
    );
    // With a byte-order mark and other line ends the places are the same.
    expect_as(
        "tools.yaml",
        "\u{feff}tools:\r\n- name: a\r\n  inputSchema: no\r\n",
        "one\ntoolkit server\na()\ntools.yaml 3:16 bad-import: `inputSchema` of tool `a` should be an object, not a string `no`",
    );
}

#[test]
fn what_is_no_yaml_is_reported_where_it_stops_being_yaml() {
    expect_as(
        "tools.yaml",
        "tools:\n- name: a\n  b: c: d\n",
        "many\ntools.yaml 3:7 bad-import: `tools.yaml` is not YAML: mapping values are not allowed in this context ``",
    );
    expect_as(
        "tools.yaml",
        "tools: *nobody\n",
        "many\ntools.yaml 1:8 bad-import: `tools.yaml` is not YAML: while parsing node, found unknown anchor ``",
    );
}

#[test]
fn what_would_be_unclear_is_refused() {
    expect_as(
        "tools.yaml",
        "tools: []\ninfo: {a: 1, \"a\": 2}\ntools: 3\n",
        "many
        tools.yaml 2:14 bad-import: the key `a` is given twice `\"a\"`
        tools.yaml 3:1 bad-import: the key `tools` is given twice `tools`",
    );
    expect_as(
        "tools.yaml",
        "? [a, b]\n: 1\n<<: 3\n",
        "many
        tools.yaml 1:3 bad-import: a key of a map should be a word, not a list or a map `[a, b]`
        tools.yaml 3:5 bad-import: `<<` copies the fields of maps, and this is none `3`",
    );
    expect_as(
        "tools.yaml",
        "tools: []\n---\ntools: []\n",
        "many\ntools.yaml 2:1 bad-import: `tools.yaml` holds more than one YAML document `---`",
    );
    expect_as(
        "tools.yaml",
        "tools: &all [*all]\n",
        "many\ntools.yaml 1:14 bad-import: this alias lies within what it stands for `*all`",
    );
}

#[test]
fn aliases_that_multiply_are_refused() {
    let mut laughs = String::from("l0: &l0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]\n");
    for level in 1..20 {
        let alias = format!("*l{}", level - 1);
        laughs += &format!(
            "l{level}: &l{level} [{}]\n",
            [alias.as_str(); 10].join(", ")
        );
    }
    assert!(import_as("tools.yaml", &laughs).contains("has more than 2000000 values"));

    let fields: String = (0..10_000)
        .map(|field| format!("  f{field}: 1\n"))
        .collect();
    let merges: String = (0..10_000)
        .map(|map| format!("m{map}: {{<<: *all}}\n"))
        .collect();
    let text = format!("all: &all\n{fields}{merges}");
    assert!(import_as("tools.yaml", &text).contains("has more than 2000000 values"));
}

#[test]
fn nesting_without_end_is_refused_and_harmless() {
    let flow = "[".repeat(100_000);
    assert!(import_as("tools.yaml", &flow).contains("too-deep"));
    let block: String = (0..2_000).map(|level| " ".repeat(level) + "a:\n").collect();
    assert!(import_as("tools.yaml", &block).contains("`tools.yaml` nests more than 128 deep"));
    let dashes = "- ".repeat(100_000);
    assert!(import_as("tools.yaml", &dashes).contains("too-deep"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Lines that are cut, doubled, moved in or begun with something else: whatever comes of it is
    /// read or refused, with places that can be shown.
    #[test]
    fn spoilt_descriptions_are_read_or_refused(
        changes in prop::collection::vec((any::<Index>(), 0..6_u8, "[-?:{}\\[\\]&*!|>'\"#%@` \t~a1ü]{1,3}"), 1..12)
    ) {
        let mut lines: Vec<String> = HELPDESK.lines().map(str::to_owned).collect();
        for (place, change, text) in changes {
            let index = place.index(lines.len());
            match change {
                0 => { lines.remove(index); }
                1 => { let line = lines[index].clone(); lines.insert(index, line); }
                2 => lines[index].insert_str(0, &text),
                3 => lines[index].push_str(&text),
                4 => { let half = lines[index].chars().count() / 2; lines[index] = lines[index].chars().take(half).collect(); }
                _ => { let line = format!("  {}", lines[index]); lines[index] = line; }
            }
        }
        let shown = import_as("helpdesk.yaml", &lines.join("\n"));
        prop_assert!(shown.starts_with("one") || shown.starts_with("many"));
    }
}
