//! OpenAPI 3.

use crate::show::{expect, import};

#[test]
fn an_openapi_description_becomes_one_toolkit() {
    expect(
        r##"{"openapi": "3.1.0", "info": {"title": "Shop", "description": "Sells."},
            "paths": {
              "/orders/{id}": {
                "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}],
                "get": {"operationId": "getOrder", "summary": "One order.",
                  "responses": {"200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Order"}}}},
                                "404": {"description": "No such order."}}},
                "delete": {"responses": {"204": {"description": "Gone."}}}},
              "/orders": {"post": {"operationId": "addOrder",
                "parameters": [{"name": "dry", "in": "query", "schema": {"type": "boolean"}}],
                "requestBody": {"required": true, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Order"}}}},
                "responses": {}}}},
            "components": {"schemas": {"Order": {"type": "object", "required": ["item"],
              "properties": {"item": {"type": "string"}, "count": {"type": "integer", "default": 1}}}}}}"##,
        r#"
        one
        toolkit service (Sells.)
          getOrder(id: string) -> {item: string, count: int?} (One order.)
            says read-only
            raises NotFound "No such order."
          delete_orders_id(id: string)
            says destructive, idempotent
          addOrder(dry: bool?, item: string, count: int = 1)
        "#,
    );
}

#[test]
fn other_versions_of_openapi_are_refused() {
    expect(
        r#"{"swagger": "2.0", "paths": {}}"#,
        "one\ntools.json 1:1 bad-import: Swagger 2 is not read `{`",
    );
    expect(
        r#"{"openapi": "4.0.0", "paths": {}}"#,
        "one\ntools.json 1:13 bad-import: OpenAPI \"4.0.0\" is not read `\"4.0.0\"`",
    );
}

/// A description of one operation with this body, and what is to be found as its parameters.
fn expect_body(schema: &str, parameters: &str) {
    let text = format!(
        r##"{{"openapi": "3.1.0", "paths": {{"/a": {{"post": {{"operationId": "a", "requestBody": {{
          "required": true, "content": {{"application/json": {{"schema": {schema}}}}}}}}}}}}},
          "components": {{"schemas": {{
            "Base": {{"type": "object", "required": ["id"], "properties": {{"id": {{"type": "string"}}, "kind": {{"type": "string"}}}}}},
            "Chain": {{"allOf": [{{"$ref": "#/components/schemas/Chain"}}, {{"$ref": "#/components/schemas/Base"}}]}},
            "Words": {{"type": "string", "enum": ["x", "y"]}}}}}}}}"##
    );
    expect(&text, &format!("one\ntoolkit service\na({parameters})"));
}

#[test]
fn parts_that_all_hold_are_put_together() {
    expect_body(
        r##"{"allOf": [{"$ref": "#/components/schemas/Base"},
             {"properties": {"kind": {"const": "k"}, "note": {"type": "string"}}}, {"required": ["note"]}]}"##,
        r#"id: string, kind: enum("k")?, note: string"#,
    );
    expect_body(
        r##"{"$ref": "#/components/schemas/Chain", "properties": {"more": {"type": "integer"}}}"##,
        "id: string, kind: string?, more: int?",
    );
    expect_body(
        r##"{"allOf": [{"type": "string"}, {"$ref": "#/components/schemas/Words"}]}"##,
        r#"body: enum("x", "y")"#,
    );
    expect_body(
        r#"{"allOf": [{"type": "number"}, {"type": "integer"}]}"#,
        "body: int",
    );
}

#[test]
fn alternatives_become_the_nearest_type_that_takes_all_of_them() {
    expect_body(
        r#"{"oneOf": [{"type": "object", "required": ["t", "a"], "properties": {"t": {"const": "A"}, "a": {"type": "integer"}}},
                      {"type": "object", "required": ["t", "b"], "properties": {"t": {"const": "B"}, "b": {"type": "string"}, "a": {"type": "number"}}}]}"#,
        r#"t: enum("A", "B"), a: float?, b: string?"#,
    );
    expect_body(
        r#"{"type": "object", "properties": {"a": {"type": "string"}}, "anyOf": [{"required": ["a"]}, {"required": ["b"]}]}"#,
        "a: string?",
    );
    for (schema, kind) in [
        (
            r#"{"anyOf": [{"type": "string"}, {"type": "null"}]}"#,
            "string?",
        ),
        (
            r#"{"oneOf": [{"const": "a"}, {"const": "b"}, {"const": null}]}"#,
            r#"enum("a", "b")?"#,
        ),
        (
            r##"{"oneOf": [{"$ref": "#/components/schemas/Words"}, {"type": "string"}]}"##,
            "string",
        ),
        (
            r#"{"anyOf": [{"type": "integer"}, {"type": "number"}]}"#,
            "float",
        ),
        (
            r#"{"anyOf": [{"type": "integer"}, {"type": "string"}]}"#,
            "any",
        ),
        (
            r#"{"anyOf": [{"type": "object"}, {"properties": {"a": {}}}]}"#,
            "{}",
        ),
        (
            r#"{"anyOf": [{"items": {"type": "integer"}}, {"items": {"type": "number"}}]}"#,
            "list<float>",
        ),
        (
            r#"{"items": {"anyOf": [{"properties": {"a": {"type": "string"}}, "required": ["a"]}, {"properties": {"b": {"type": "string"}}, "required": ["b"]}]}}"#,
            "list<{a: string?, b: string?}>",
        ),
        (r#"{"type": ["string", "integer", "null"]}"#, "any?"),
        (r#"{"type": ["integer", "number"]}"#, "float"),
        (r#"{"type": "string", "nullable": true}"#, "string?"),
        (r#"{"enum": [1, 2]}"#, "int"),
        (r#"{"enum": [1, 2.5, null]}"#, "float?"),
        (r#"{"enum": [1, "a"]}"#, "any"),
        (r#"{"const": true}"#, "bool"),
    ] {
        expect_body(schema, &format!("body: {kind}"));
    }
}

#[test]
fn defaults_written_as_text_count_as_what_they_are_in_a_url() {
    expect(
        r#"{"openapi": "3.0.3", "paths": {"/a": {"get": {"operationId": "a", "parameters": [
            {"name": "page", "in": "query", "schema": {"type": "integer", "default": "1"}},
            {"name": "deep", "in": "query", "schema": {"type": "boolean", "default": "false"}},
            {"name": "sort", "in": "query", "schema": {"type": "string", "default": "1"}}]}}}}"#,
        r#"
        one
        toolkit service
          a(page: int = 1, deep: bool = false, sort: string = "1")
          says read-only
        "#,
    );
}

#[test]
fn what_is_only_answered_or_only_sent_stays_on_its_side() {
    expect(
        r##"{"openapi": "3.0.3", "paths": {"/a": {"post": {"operationId": "a",
             "requestBody": {"required": true, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/A"}}}},
             "responses": {"200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/A"}}}}}}}},
             "components": {"schemas": {"A": {"type": "object", "required": ["id", "key"], "properties": {
               "id": {"type": "string", "readOnly": true}, "key": {"type": "string", "writeOnly": true}, "name": {"type": "string"}}}}}}"##,
        "
        one
        toolkit service
          a(key: string, name: string?) -> {id: string, name: string?}
        ",
    );
}

#[test]
fn parameters_of_one_name_in_several_places_are_all_kept() {
    expect(
        r#"{"openapi": "3.0.3", "paths": {"/a/{id}": {"parameters": [
               {"name": "id", "in": "path", "schema": {"type": "string"}},
               {"name": "v", "in": "query", "schema": {"type": "string"}}],
             "put": {"operationId": "a", "parameters": [
               {"name": "v", "in": "query", "required": true, "schema": {"type": "integer"}},
               {"name": "v", "in": "header", "schema": {"type": "string"}},
               {"name": "Accept", "in": "header", "schema": {"type": "string"}}],
             "requestBody": {"content": {"application/json": {"schema": {"properties": {"id": {"type": "integer"}}}}}}}}}}"#,
        "
        one
        toolkit service
          a(v: int, header_v: string?, id: string, body_id: int?)
          says idempotent
        ",
    );
}

#[test]
fn references_that_leave_the_file_or_lead_nowhere_are_refused_once() {
    expect(
        r##"{"openapi": "3.0.3", "paths": {"/a": {"get": {"operationId": "a", "parameters": [
               {"$ref": "common.yaml#/Page"}, {"name": "b", "in": "query", "schema": {"$ref": "https://example.com/s.json"}}],
             "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/No"}}}}}}}}"##,
        r##"
        one
        toolkit service
          a(b: error, body: error)
          says read-only
        tools.json 2:25 bad-import: `common.yaml#/Page` leads to another file `"common.yaml#/Page"`
        tools.json 2:95 bad-import: `https://example.com/s.json` leads to another file `"https://example.com/s.json"`
        tools.json 3:82 bad-import: `#/components/schemas/No` leads to no schema in this file `"#/components/schemas/No"`
        "##,
    );
}

#[test]
fn references_in_a_circle_are_refused_where_something_is_needed() {
    expect(
        r##"{"openapi": "3.0.3", "paths": {"/a": {"get": {"operationId": "a",
             "parameters": [{"$ref": "#/components/parameters/A"}]}}},
             "components": {"parameters": {"A": {"$ref": "#/components/parameters/B"}, "B": {"$ref": "#/components/parameters/A"}}}}"##,
        r##"
        one
        toolkit service
          a()
          says read-only
        tools.json 2:29 bad-import: these references lead to each other and to nothing else `{"$ref": "#/components/parameters/A"}`
        "##,
    );
}

#[test]
fn a_description_too_large_to_be_looked_into_is_read_less_far() {
    let fields = |level: usize| {
        let next = level + 1;
        let field = |index| format!(r##""f{index}": {{"$ref": "#/components/schemas/S{next}"}}"##);
        let fields: Vec<String> = (0..60).map(field).collect();
        format!(r#""S{level}": {{"properties": {{{}}}}}"#, fields.join(", "))
    };
    let schemas: Vec<String> = (0..4).map(fields).collect();
    let shown = import(&format!(
        r##"{{"openapi": "3.0.3", "paths": {{"/a": {{"get": {{"operationId": "a", "responses": {{
          "200": {{"content": {{"application/json": {{"schema": {{"$ref": "#/components/schemas/S0"}}}}}}}}}}}}}}}},
          "components": {{"schemas": {{{}, "S4": {{"type": "string"}}}}}}}}"##,
        schemas.join(", ")
    ));
    assert!(!shown.contains("too-large"), "{shown}");
    assert!(shown.contains("f59: {f0: any?, f1: any?"), "{shown}");
}
