//! ToolEmu's toolkits.

use crate::show::expect;

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
