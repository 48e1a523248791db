//! The answers to MCP's `tools/list`.

use crate::show::expect;

#[test]
fn an_mcp_answer_becomes_one_toolkit() {
    expect(
        r##"{"tools": [{"name": "send-mail", "title": "Send", "description": "Send one message.",
             "inputSchema": {"type": "object", "required": ["to", "importance"], "properties": {
               "to": {"type": "array", "items": {"type": "string"}, "description": "Addresses."},
               "importance": {"enum": ["low", "high"]},
               "cc": {"type": ["string", "null"]},
               "bcc": {"anyOf": [{"type": "string"}, {"type": "null"}], "default": null},
               "limit": {"type": "integer", "default": 10},
               "rate": {"type": "number", "default": 0.5},
               "extra": {"type": "object"},
               "x-y": {},
               "address": {"$ref": "#/$defs/Address"}},
               "$defs": {"Address": {"type": "object", "required": ["city"],
                 "properties": {"city": {"type": "string"}, "next": {"$ref": "#/$defs/Address"}}}}},
             "outputSchema": {"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]},
             "annotations": {"destructiveHint": true}}]}"##,
        r#"
        one
        toolkit server
          `send-mail`(to: list<string> (Addresses.), importance: enum("low", "high"), cc: string?, bcc: string?, limit: int = 10, rate: float = 0.5, extra: {}?, `x-y`: any?, address: {city: string, next: any?}?) -> {id: string} (Send one message.)
            says Send, destructive
        "#,
    );
}

#[test]
fn an_mcp_answer_is_known_in_its_json_rpc_envelope_and_as_a_bare_list() {
    let tool = r#"{"name": "ping", "inputSchema": {"type": "object"}}"#;
    let wanted = "one\ntoolkit server\nping()";
    expect(
        &format!(r#"{{"jsonrpc": "2.0", "id": 1, "result": {{"tools": [{tool}]}}}}"#),
        wanted,
    );
    expect(&format!("[{tool}]"), wanted);
}

#[test]
fn misshapen_parts_of_an_mcp_answer_are_reported_at_their_places() {
    expect(
        r##"{"tools": [
          {"name": "a"},
          {"name": "b", "inputSchema": {"properties": {"x": {"type": "text"}, "y": {"$ref": "#/$defs/Y"}, "z": 3}}}]}"##,
        r##"
        one
        toolkit server
          a()
          b(x: error, y: error, z: error)
        tools.json 2:11 bad-import: tool `a` has no `inputSchema` `{`
        tools.json 3:70 bad-import: unknown type `text` `"text"`
        tools.json 3:93 bad-import: `#/$defs/Y` leads to no schema in this file `"#/$defs/Y"`
        tools.json 3:112 bad-import: a schema should be an object, not a number `3`
        "##,
    );
}

#[test]
fn what_a_server_says_of_its_tools_is_kept() {
    expect(
        r#"{"tools": [
          {"name": "a", "inputSchema": {"type": "object"}, "annotations": {"title": "Older place",
            "readOnlyHint": false, "destructiveHint": true, "idempotentHint": false, "openWorldHint": true}},
          {"name": "b", "title": "Newer place", "inputSchema": {"type": "object"}, "annotations": {"title": "x",
            "readOnlyHint": true, "destructiveHint": false, "idempotentHint": true, "openWorldHint": false}},
          {"name": "c", "title": "Only a title", "inputSchema": {"type": "object"}},
          {"name": "d", "inputSchema": {"type": "object"}, "annotations": {}},
          {"name": "e", "inputSchema": {"type": "object"}, "annotations": null}]}"#,
        "
        one
        toolkit server
          a()
          says Older place, destructive, open-world, changes things, not idempotent
          b() (Newer place)
          says Newer place, only adds, closed-world, idempotent, read-only
          c() (Only a title)
          says Only a title
          d()
          e()
        ",
    );
}

#[test]
fn misshapen_annotations_are_reported_at_their_places() {
    expect(
        r#"{"tools": [
          {"name": "a", "inputSchema": {}, "annotations": {"destructiveHint": "yes", "title": 3}},
          {"name": "b", "inputSchema": {}, "annotations": ["destructive"]}]}"#,
        r#"
        one
        toolkit server
          a()
          b()
        tools.json 2:95 bad-import: `title` of `annotations` of tool `a` should be a string, not a number `3`
        tools.json 2:79 bad-import: `destructiveHint` of `annotations` of tool `a` should be a boolean, not a string `"yes"`
        tools.json 3:59 bad-import: `annotations` of tool `b` should be an object, not a list `["destructive"]`
        "#,
    );
}
