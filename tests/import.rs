//! Tool files of other formats, seen as the toolkits they become.

use autosafe::import::{ImportShape, read};
use autosafe::source::SourceMap;
use autosafe::syntax::{
    Docs, ExprKind, FieldType, ItemKind, Parameter, Tool, Toolkit, TypeExpr, TypeKind,
};

/// What a file becomes, in the words of the language, then what is wrong with it.
fn import(text: &str) -> String {
    let mut sources = SourceMap::new();
    // Another file first: places must not be confused.
    sources.add("main.ots", "ots 1\n");
    let file = sources.add("tools.json", text);
    let (tree, shape, diagnostics) = read(file, &sources);
    let mut shown = match shape {
        ImportShape::Many => String::from("many\n"),
        ImportShape::One => String::from("one\n"),
    };
    for item in &tree.items {
        match &item.kind {
            ItemKind::Toolkit(toolkit) => shown += &show_toolkit(toolkit, &item.docs),
            ItemKind::Error { declares } => {
                let name = declares.as_ref().map_or("?", |name| &name.text);
                shown += &format!("broken {name}\n");
            }
            other => panic!("no toolkit: {other:?}"),
        }
    }
    for problem in &diagnostics {
        let file = sources.file_at(problem.span.start).expect("a file");
        shown += &format!(
            "{} {} {}: {} `{}`\n",
            file.name(),
            file.line_column(problem.span.start),
            problem.code,
            problem.message,
            sources.text(problem.span)
        );
    }
    shown
}

fn show_toolkit(toolkit: &Toolkit, docs: &Option<Docs>) -> String {
    let mut shown = format!("toolkit {}{}\n", show_name(&toolkit.name), show_docs(docs));
    for tool in &toolkit.tools {
        shown += &show_tool(tool);
    }
    shown
}

fn show_tool(tool: &Tool) -> String {
    let parameters: Vec<_> = tool.parameters.iter().map(show_parameter).collect();
    let result = tool
        .result
        .as_ref()
        .map_or(String::new(), |result| format!(" -> {}", show_type(result)));
    let mut shown = format!(
        "  {}({}){result}{}\n",
        show_name(&tool.name),
        parameters.join(", "),
        show_docs(&tool.docs)
    );
    for raise in &tool.raises {
        let text = raise.text.as_ref().map_or("", |text| &text.value);
        shown += &format!("    raises {} {text:?}\n", show_name(&raise.name));
    }
    shown
}

fn show_parameter(parameter: &Parameter) -> String {
    let default = parameter.default.as_ref().map_or(String::new(), |default| {
        let shown = match &default.kind {
            ExprKind::Text(text) => format!("{:?}", text.value),
            ExprKind::Int(int) => int.to_string(),
            ExprKind::Float(float) => float.to_string(),
            ExprKind::Bool(bool) => bool.to_string(),
            ExprKind::List(values) => format!("list of {}", values.len()),
            ExprKind::Record(fields) => format!("record of {}", fields.len()),
            other => panic!("no default: {other:?}"),
        };
        format!(" = {shown}")
    });
    format!(
        "{}: {}{default}{}",
        show_name(&parameter.name),
        show_type(&parameter.kind),
        show_docs(&parameter.docs)
    )
}

fn show_type(kind: &TypeExpr) -> String {
    match &kind.kind {
        TypeKind::Named(name) => name.text.clone(),
        TypeKind::List(items) => format!("list<{}>", show_type(items)),
        TypeKind::Enum(words) => {
            let words: Vec<_> = words
                .iter()
                .map(|word| format!("{:?}", word.value))
                .collect();
            format!("enum({})", words.join(", "))
        }
        TypeKind::Record(fields) => {
            let fields: Vec<_> = fields.iter().map(show_field).collect();
            format!("{{{}}}", fields.join(", "))
        }
        TypeKind::Optional(inner) => format!("{}?", show_type(inner)),
        TypeKind::Error => "error".to_owned(),
    }
}

fn show_field(field: &FieldType) -> String {
    format!(
        "{}: {}{}",
        show_name(&field.name),
        show_type(&field.kind),
        show_docs(&field.docs)
    )
}

fn show_name(name: &autosafe::syntax::Name) -> String {
    if name.quoted {
        format!("`{}`", name.text)
    } else {
        name.text.clone()
    }
}

fn show_docs(docs: &Option<Docs>) -> String {
    docs.as_ref()
        .map_or(String::new(), |docs| format!(" ({})", docs.text))
}

#[track_caller]
fn expect(text: &str, wanted: &str) {
    let shown = import(text);
    let shown: Vec<_> = shown.lines().map(str::trim).collect();
    let wanted: Vec<_> = wanted.trim().lines().map(str::trim).collect();
    assert_eq!(shown, wanted, "\n{}", shown.join("\n"));
}

#[test]
fn a_list_of_toolemu_toolkits_becomes_a_module_of_toolkits() {
    expect(
        r#"[{"toolkit": "Terminal", "category": "Tools", "name_for_model": "Terminal",
             "description_for_model": "Runs commands.", "description_for_human": "Runs.",
             "tools": [{"name": "Execute", "summary": "Run one.",
               "parameters": [
                 {"name": "command", "type": "string", "description": "What to run.", "required": true},
                 {"name": "args", "type": "array", "description": "", "required": false},
                 {"name": "limit", "type": "integer"}],
               "returns": [{"name": "exit_code", "type": "integer", "description": "Zero is good."},
                           {"name": "usage", "type": "object"}],
               "exceptions": [{"name": "NotFound", "description": "No \"such\" command."}]}]},
           {"toolkit": "Clock", "tools": [{"name": "now", "parameters": [], "returns": []}]}]"#,
        r#"
        many
        toolkit Terminal (Runs commands.)
          Execute(command: string (What to run.), args: list<any>?, limit: int) -> {exit_code: int (Zero is good.), usage: {}} (Run one.)
            raises NotFound "No \"such\" command."
        toolkit Clock
          now()
        "#,
    );
}

#[test]
fn a_single_toolemu_toolkit_is_one() {
    expect(
        r#"{"toolkit": "Clock", "tools": [{"name": "now"}]}"#,
        "one\ntoolkit Clock\nnow()",
    );
}

#[test]
fn each_misshapen_part_of_a_toolemu_file_is_reported_at_its_place() {
    expect(
        r#"[{"toolkit": "A", "tools": [
              {"summary": "nameless"},
              {"name": "b", "parameters": {"x": 1}},
              {"name": "c", "parameters": [{"name": "x", "type": "strng", "required": "yes"}]},
              {"name": "", "parameters": []}, 7]},
            {"toolkit": "B"},
            "C"]"#,
        r#"
        many
        toolkit A
          b()
          c(x: error)
        broken B
        broken ?
        tools.json 2:15 bad-import: a tool has no `name` `{`
        tools.json 3:43 bad-import: `parameters` of tool `b` should be a list, not an object `{"x": 1}`
        tools.json 4:66 bad-import: unknown type `strng` `"strng"`
        tools.json 4:87 bad-import: `required` of parameter `x` of tool `c` should be a boolean, not a string `"yes"`
        tools.json 5:24 bad-import: the name of a tool is empty `""`
        tools.json 5:47 bad-import: a tool should be an object, not a number `7`
        tools.json 6:13 bad-import: toolkit `B` has no `tools` `{`
        tools.json 7:13 bad-import: a toolkit should be an object, not a string `"C"`
        "#,
    );
}

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
            raises NotFound "No such order."
          delete_orders_id(id: string)
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

#[test]
fn what_is_no_json_is_reported_where_it_stops_being_json() {
    expect(
        "{\n  \"tools\": [,]\n}",
        "many\ntools.json 2:13 bad-import: `tools.json` is not JSON: expected value ``",
    );
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
fn json_in_no_known_format_is_refused() {
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
