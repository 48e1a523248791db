//! Programs in, checked programs and problems out.

#[path = "check/examples.rs"]
mod examples;
#[path = "check/templates.rs"]
mod templates;

use autosafe::check::{Key, Program, Role, check};
use autosafe::diagnostic::{Diagnostic, sort};
use autosafe::resolve::load;
use autosafe::source::{Files, MemoryFiles, Project, SourceMap};

fn checked(files: &dyn Files, entry: &str) -> (Program, String) {
    let (workspace, mut problems) = load(entry, files).expect("the entry is there");
    let (program, found) = check(&workspace);
    problems.extend(found);
    sort(&mut problems);
    (program, lines(&workspace.sources, &problems))
}

fn lines(sources: &SourceMap, problems: &[Diagnostic]) -> String {
    let line = |problem: &Diagnostic| {
        let file = sources.file_at(problem.span.start).expect("it has a place");
        let place = file.line_column(problem.span.start);
        let name = match file.name() {
            "main.ots" => String::new(),
            other => format!("{other}:"),
        };
        format!("{} {name}{place} {}\n", problem.code, problem.message)
    };
    problems.iter().map(line).collect()
}

#[test]
fn scenarios_of_the_repository_are_right() {
    for name in ["quickstart", "home", "workplace"] {
        let path = format!("{}/scenarios/{name}.ots", env!("CARGO_MANIFEST_DIR"));
        let (project, entry) = Project::containing(path.as_ref()).expect("it is there");
        let (_, problems) = checked(&project, &entry);
        assert_eq!(problems, "", "in {name}");
    }
}

#[test]
fn the_reference_s_file_is_right() {
    let people = "persona Someone { describe = \"Somebody.\" }\n";
    let tools = r#"{"tools": [{"name": "find", "description": "Find.", "inputSchema": {"type": "object", "properties": {"id": {"type": "string"}}}}]}"#;
    let files = MemoryFiles::default()
        .with("main.ots", include_str!("syntax/whole.ots"))
        .with("people.ots", people)
        .with("tools/crm.mcp.json", tools);
    let (program, problems) = checked(&files, "main.ots");
    assert_eq!(problems, "");
    assert_eq!(program.scenarios.len(), 2);
}

const BASE: &str = r#"
/// Mail.
toolkit Mail {
  /// Send.
  tool send(to: list<string>, body: string, urgency: enum("low", "high") = "low", copies: int = 1, meta: { id: string, tags: list<string> }?) -> { id: string }
  /// Search.
  tool search(query: string) -> list<string>
}
/// Files.
toolkit Files {
  /// Read.
  tool read(path: string) -> string
}
outcome Leak { describe = "It leaks." }
persona Ann { describe = "Ann." }
persona Ben { describe = "Ben." }
"#;

/// What is wrong with a file that has the names of `BASE`; its text begins on line 2.
fn problems(text: &str) -> String {
    let files = MemoryFiles::default()
        .with("base.ots", BASE)
        .with("main.ots", format!("use \"./base.ots\".*\n{text}"));
    checked(&files, "main.ots").1
}

/// What is wrong with entries of a scenario that has all it needs; they begin on line 3.
fn entries(text: &str) -> String {
    problems(&format!("scenario A {{\n{text}\n{NEEDED}}}\n"))
}

const NEEDED: &str = r#"
outcomes = [Leak]
toolkits = [Mail]
instruction = "Do it."
trigger = "It is done."
"#;

/// What is wrong with a campaign of these fields, in a file with two models; they begin on line 3.
fn campaign(fields: &str) -> String {
    problems(&format!(
        "campaign C {{\n{fields}\n}}\n{MODELS}scenario A {{{NEEDED}}}\n"
    ))
}

const MODELS: &str = r#"
// allow unused-declaration
model Calm {
  provider = openai
  name = "calm"
}
// allow unused-declaration
model Hot {
  provider = openai
  name = "hot"
  temperature = 1
}
"#;

#[test]
fn a_scenario_with_what_it_needs_is_right() {
    assert_eq!(entries(""), "");
}

#[test]
fn a_scenario_says_all_that_it_lacks() {
    assert_eq!(
        problems("scenario A {\n}"),
        "missing-field 2:10 scenario `A` needs `instruction`
missing-field 2:10 scenario `A` needs `outcomes`
missing-field 2:10 scenario `A` needs `toolkits`
missing-field 2:10 scenario `A` needs `trigger`
"
    );
}

#[test]
fn a_rule_is_trigger_enough() {
    let rule = "scenario A {\noutcomes = [Leak]\ntoolkits = [Mail]\ninstruction = \"x\"\ntrigger when Mail.send()\n}";
    assert_eq!(problems(rule), "");
}

#[test]
fn what_an_unreadable_entry_may_have_been_is_not_missing() {
    let told = problems("scenario A {\n  outcomes = [Leak]\n  !!!\n}");
    assert!(told.starts_with("syntax 4:3"), "{told}");
    assert_eq!(told.lines().count(), 1, "{told}");
}

#[test]
fn a_field_that_does_not_exist_is_unknown() {
    insta::assert_snapshot!(entries("outcome = [Leak]"), @"
unknown-field 3:1 a scenario has no field `outcome`
");
}

#[test]
fn a_field_given_twice_is_shown_where_it_stands_again() {
    insta::assert_snapshot!(entries(r#"safe = "a"
safe = "b""#), @"
duplicate-field 4:1 `safe` is given twice
");
}

#[test]
fn numbers_have_bounds() {
    insta::assert_snapshot!(entries("samples = 0
cover = wise(0)"), @"
out-of-range 3:11 `samples` is out of range
out-of-range 4:14 `wise` is out of range
");
}

#[test]
fn words_outside_their_set_are_of_the_wrong_type() {
    insta::assert_snapshot!(entries(r#"cover = pairwse
evaluate = rule
context = malicios "a""#), @"
wrong-type 3:9 `cover` cannot be `pairwse`
wrong-type 4:12 `evaluate` cannot be `rule`
wrong-type 5:11 `context` cannot be `malicios`
");
}

#[test]
fn values_of_another_type_are_told() {
    insta::assert_snapshot!(entries(r#"samples = "x"
safe = 3"#), @"
wrong-type 3:11 `samples` takes a whole number, not a string
wrong-type 4:8 `safe` takes a string, not an integer
");
}

#[test]
fn a_malicious_context_needs_prose() {
    insta::assert_snapshot!(entries(r#"context = malicious """#), @"
missing-field 3:1 a malicious `context` needs prose
");
}

#[test]
fn a_kind_without_prose_is_missing_it() {
    insta::assert_snapshot!(entries("context = malicious"), @"
missing-field 3:1 a malicious `context` needs prose
");
}

#[test]
fn an_instruction_is_given_once_per_kind() {
    insta::assert_snapshot!(entries(r#"instruction = malicious "m"
instruction = "again""#), @"
duplicate-field 8:1 the normal `instruction` is given twice
");
}

#[test]
fn a_misspelt_field_is_not_missing_as_well() {
    let fields = "outcome Lost { descibe = \"d\" }
scenario S {
  outcomes = [Lost], toolkits = [Mail], instuction = \"i {{ x }}\", triger = \"t\"
}
";
    insta::assert_snapshot!(problems(fields), @"
unknown-field 2:16 an outcome has no field `descibe`
unknown-field 4:41 a scenario has no field `instuction`
unknown-field 4:67 a scenario has no field `triger`
");
}

#[test]
fn expected_stands_beside_verbatim_instructions_only() {
    insta::assert_snapshot!(entries(r#"expected = ["x"]"#), @"
unknown-field 3:1 `expected` stands beside a `verbatim` instruction only
");
}

#[test]
fn an_axis_has_values() {
    insta::assert_snapshot!(entries("vary {
 a in []
 b in 3..1
}"), @"
bad-axis 4:7 the axis `a` has no values
bad-axis 5:7 the range from 3 to 1 is empty
");
}

#[test]
fn an_axis_has_no_value_twice() {
    insta::assert_snapshot!(entries("vary {
 a in [1, 2, 1.0]
}"), @"
bad-axis 4:14 the axis `a` has `1` twice
");
}

#[test]
fn an_axis_has_values_of_one_kind() {
    insta::assert_snapshot!(entries(r#"vary {
 a in [1, "x"]
}"#), @"
wrong-type 4:11 an axis has values of one kind, not an integer and a string
");
}

#[test]
fn a_giant_range_is_too_large() {
    insta::assert_snapshot!(entries("vary {
 a in 1..1000000
}"), @"
too-large 4:7 the range has more than 10000 values
");
}

#[test]
fn the_axis_persona_takes_personas() {
    insta::assert_snapshot!(entries(r#"vary {
 persona in ["x"]
}"#), @"
wrong-kind 4:14 the axis `persona` is who asks, and takes personas, not a string
");
}

#[test]
fn an_unknown_persona_is_an_unknown_name() {
    insta::assert_snapshot!(entries("vary {
 persona in [Ann, Bem]
}"), @"
unknown-name 4:19 unknown name `Bem`
");
}

#[test]
fn a_weight_is_at_least_one() {
    insta::assert_snapshot!(entries("vary {
 a in [1 weight 0, 2]
}"), @"
out-of-range 4:17 a weight is a whole number from 1
");
}

#[test]
fn an_axis_declared_twice_is_a_duplicate() {
    insta::assert_snapshot!(entries("vary {
 a in [1]
 a in [2]
}"), @"
duplicate-name 5:2 `a` is declared twice
");
}

#[test]
fn constraints_are_typed() {
    insta::assert_snapshot!(entries(r#"vary {
 persona in [Ann, Ben]
 c in ["mail", "file"]
 d in 1..3
}
forbid persona == Leak
forbid c == "mial"
forbid c == mail
forbid c < "x"
forbid carier == "mail"
forbid d == 9
forbid c == 3
forbid persona in [Ann, Bem]
forbid d
require instruction_kind == normal"#), @r#"
incomparable 8:19 a persona and an outcome are never equal
incomparable 9:13 the axis `c` never is `"mial"`
unknown-name 10:13 unknown name `mail`
incomparable 11:8 a string has no order
unknown-name 12:8 unknown name `carier`
incomparable 13:13 the axis `d` never is `9`
incomparable 14:13 a string and an integer are never equal
unknown-name 15:25 unknown name `Bem`
incomparable 16:8 an integer is no condition by itself
unknown-name 17:9 unknown name `instruction_kind`
"#);
}

#[test]
fn kinds_given_more_than_once_make_an_axis() {
    insta::assert_snapshot!(entries(r#"instruction = malicious "x"
forbid instruction_kind == malicous
forbid instruction_kind == malicious"#), @r#"
incomparable 4:28 the axis `instruction_kind` never is `"malicous"`
"#);
}

#[test]
fn planted_values_are_regular_expressions_or_lists() {
    insta::assert_snapshot!(entries(r#"plant a = matching(r"sk-[a")
plant b = maching(r"sk")
plant c = one_of()"#), @"
bad-regex 3:25 `sk-[a` is not a regular expression
wrong-type 4:11 a planted value cannot be `maching`
wrong-type 5:11 `one_of` takes at least one string
");
}

#[test]
fn rules_call_tools_that_the_scenario_is_given() {
    insta::assert_snapshot!(entries(r#"trigger when Mail.sent()
trigger when Mial.send()
trigger when Files.read()
trigger when send(body ~ "x")"#), @"
unknown-tool 3:19 toolkit `Mail` has no tool `sent`
unknown-tool 4:14 unknown name `Mial`
unknown-tool 5:14 the scenario is not given the toolkit `Files`
unknown-tool 6:14 unknown name `send`
");
}

#[test]
fn conditions_are_on_arguments_that_exist() {
    insta::assert_snapshot!(entries(r#"trigger when Mail.send(bdy ~ "x")
trigger when Mail.send(meta.idd ~ "x")
trigger when Mail.send(body.x ~ "x")
trigger when Mail.send(meta.tags == "a")"#), @"
unknown-tool 3:24 the tool has no argument `bdy`
unknown-tool 4:29 there is no field `idd` here
unknown-tool 5:29 `string` has no field `x`
");
}

#[test]
fn operators_and_operands_fit_the_argument() {
    insta::assert_snapshot!(entries(r#"trigger when Mail.send(body < 3)
trigger when Mail.send(copies ~ "x")
trigger when Mail.send(copies == "x")
trigger when Mail.send(urgency == "hihg")
trigger when Mail.send(to in ["a", 3])
trigger when Mail.send(body contains tokn)"#), @"
wrong-type 3:29 `<` is for numbers, and `body` is not
wrong-type 4:31 `~` is for text, and `copies` is not
wrong-type 5:34 `copies` is compared with a string, not with `int`
wrong-type 6:35 `urgency` is never `hihg`
wrong-type 7:36 `to` is compared with an integer, not with `string`
unknown-name 8:38 unknown name `tokn`
");
}

#[test]
fn a_bad_regex_is_shown_inside_its_string() {
    insta::assert_snapshot!(entries(r#"trigger when Mail.send(body ~ "a\tb(")"#), @"
bad-regex 3:36 `a	b(` is not a regular expression
");
}

#[test]
fn arguments_of_examples_fit_the_tool() {
    insta::assert_snapshot!(entries(r#"unsafe Mail.send(to = "x", body = "b")
allowed Mail.send(to = ["x"])
allowed Mail.send(to = [], body = "", bdy = 3)
allowed Mail.send(to = [], body = "{{ x }}")
allowed Mail.send([], "b", body = "c")
allowed Mail.send([], "b", urgency = "hig")"#), @r#"
bad-arguments 3:23 `to` takes `list<string>`
bad-arguments 4:9 the argument `body` of `send` is missing
bad-arguments 5:39 `send` has no parameter `bdy`
unknown-variable 6:39 no variable is named `x`
bad-arguments 7:28 the argument `body` is given twice
bad-arguments 8:38 `urgency` takes `enum("low", "high")`
"#);
}

#[test]
fn examples_that_the_rules_contradict_are_bad() {
    insta::assert_snapshot!(entries(r#"plant t = matching(r"k-[0-9]{4}")
evaluate = rules
trigger when Mail.send(body contains t)
trigger when Mail.send(body ~ "secret")
allowed Mail.send([], "a {{ t }}")
allowed Mail.send([], "my secret")
allowed Mail.send([], "nothing")
unsafe Mail.send([], "a {{ t }}")
unsafe Mail.send([], "nothing")"#), @"
bad-example 7:9 a rule makes this `allowed` call unsafe
bad-example 8:9 a rule makes this `allowed` call unsafe
bad-example 11:8 no rule matches this `unsafe` call
");
}

#[test]
fn evaluate_by_rules_needs_a_rule() {
    insta::assert_snapshot!(entries("evaluate = rules"), @"
missing-field 3:1 `evaluate = rules` needs a rule
");
}

#[test]
fn prose_is_checked_at_its_exact_place() {
    insta::assert_snapshot!(entries(r#"safe = "a\n {{ persona.nam }} {{ x }}"
benign = "{% if %}""#), @"
unknown-attribute 3:24 `persona` has no attribute `nam`
unknown-variable 3:34 no variable is named `x`
prose-syntax 4:17 unexpected end of block
");
}

#[test]
fn choices_are_of_the_right_kind() {
    insta::assert_snapshot!(problems(r#"scenario A {
outcomes = [Mail, 3]
toolkits = Leek
instruction = "x"
trigger = "x"
}"#), @"
wrong-kind 3:13 `Mail` is a toolkit, not an outcome
wrong-type 3:19 a list of outcomes takes names, not an integer
unknown-name 4:12 unknown toolkit `Leek`
");
}

#[test]
fn axes_bring_outcomes_and_groups_of_toolkits() {
    insta::assert_snapshot!(problems(r#"scenario A {
vary {
 o in [Leak]
 g in [[Mail], [Mail, Files]]
 k in [Mail, Files]
}
outcomes = o
toolkits = g
instruction = "x"
trigger = "x"
forbid k in g
require Mail in g
trigger when Files.read()
safe = "{{ k.name }}{% for t in g %}{{ t.name }}{% endfor %}"
}"#), @"

");
}

#[test]
fn a_rule_cannot_call_what_changes_from_row_to_row() {
    insta::assert_snapshot!(entries("vary {
 k in [Mail, Files]
}
trigger when k.read()"), @"
unknown-tool 6:14 `k` changes from row to row, and cannot name a tool
");
}

#[test]
fn a_template_s_problems_with_arguments_are_shown_at_the_argument() {
    insta::assert_snapshot!(problems(r#"template T(a: string, n: int = 3, k: toolkit = Mail, l: list<string> = ["x"]) {
 outcomes = [Leak]
 toolkits = [k]
 vary {
  c in l
 }
 instruction = "{{ a }} {{ n }} {{ c }}"
 trigger = "x"
 trigger when k.send(body ~ "x")
}
scenario A = T()
scenario B = T("x", m = 3)
scenario C = T("x", a = "y")
scenario D = T(3)
scenario E = T("x", l = [])
scenario F = T("x", k = Files)
scenario G = T("x", l = ["a", "a"])
scenario H = T("x") {
 safe = "{{ a }}{{ b }}"
}"#), @"
bad-arguments 12:14 the argument `a` of `T` is missing
bad-arguments 13:21 `T` has no parameter `m`
bad-arguments 14:21 the argument `a` is given twice
bad-arguments 15:16 `a` takes a string, not an integer
bad-axis 16:25 the axis `c` has no values
unknown-tool 17:14 toolkit `Files` has no tool `send`
bad-axis 18:25 the axis `c` has `a` twice
unknown-variable 20:20 no variable is named `b`
");
}

#[test]
fn a_template_tells_its_own_mistakes_once() {
    insta::assert_snapshot!(problems(r#"template T(a: strin) {
 outcomes = [Leek]
 safe = "{{ b }}"
}
scenario A = T(a = "x")
scenario B = T(a = "y")"#), @"
wrong-type 2:15 there is no type `strin` here
unknown-name 3:14 unknown outcome `Leek`
unknown-variable 4:13 no variable is named `b`
");
}

#[test]
fn a_template_cannot_call_itself() {
    insta::assert_snapshot!(problems(r#"template T(a: string) {
 safe = T("x")
}"#), @"
recursive-template 3:9 template `T` calls itself
");
}

#[test]
fn an_unknown_template_is_told_once() {
    insta::assert_snapshot!(problems(r#"scenario A = Nope(1) {
 safe = "{{ q }}"
}
scenario B = Mail()
campaign C { scenarios = [A, B] }"#), @"
unknown-name 2:14 unknown template `Nope`
wrong-kind 5:14 `Mail` is a toolkit, not a template
");
}

#[test]
fn types_and_defaults_of_tools_are_checked() {
    insta::assert_snapshot!(problems(r#"toolkit K {
 tool a(x: strng, x: int = "3", y: enum("a", "a"), z: { q: int, q: int }) -> numbr
 tool a()
 foo = 3
}
toolkit E {
}"#), @"
wrong-type 3:12 there is no type `strng` here
duplicate-name 3:19 `x` is declared twice
wrong-type 3:28 the default of `x` does not fit its type
duplicate-name 3:46 `a` is declared twice
duplicate-name 3:65 `q` is declared twice
wrong-type 3:78 there is no type `numbr` here
duplicate-name 4:7 `a` is declared twice
unknown-field 5:2 a toolkit has no field `foo`
missing-field 7:9 toolkit `E` has no tools
");
}

#[test]
fn outcomes_and_personas_have_fields() {
    insta::assert_snapshot!(problems("outcome O { severity = hgh }
persona P {
 describe = 3
 x = 1
}"), @"
missing-field 2:9 an outcome needs `describe`
wrong-type 2:24 `severity` cannot be `hgh`
wrong-type 4:13 `describe` takes a string, not an integer
unknown-field 5:2 a persona has no field `x`
");
}

#[test]
fn secrets_do_not_belong_in_a_source() {
    insta::assert_snapshot!(problems(r#"model N {
 provider = openai
 name = "n"
 api_key = "abc"
}
model O {
 provider = openai
 name = "sk-abcdefghijklmnopqrst"
 base_url = "https://a:b@c"
 api_key = env("K", "x")
}"#), @"
secret-in-source 5:12 a secret is written in the file
secret-in-source 9:10 a secret is written in the file
secret-in-source 10:19 a secret is written in the file
secret-in-source 11:21 a secret is written in the file
");
}

#[test]
fn how_a_model_is_reached_is_checked() {
    insta::assert_snapshot!(problems(r#"model N {
 provider = openai
 name = "n"
 stream = yes
 headers = { `x-team`: "safety", `X-Team`: "x", authorization: "abc", host: "h", `a b`: "c", n: 3 }
 proxy = "localhost:3128"
 ca = 3
}
model O {
 provider = anthropic
 name = "o"
 headers = "x"
 ca = env("CA", "/etc/ssl/cert.pem")
}"#), @"
wrong-type 5:11 `stream` takes `true` or `false`, not a name
duplicate-field 6:34 the header `X-Team` is given twice
secret-in-source 6:64 a secret is written in the file
wrong-type 6:71 `host` cannot be a header here
wrong-type 6:82 `a b` cannot be a header here
wrong-type 6:97 the header `n` takes a string or `env(…)`, not an integer
wrong-type 7:10 `proxy` is no web address
wrong-type 8:7 `ca` takes the path of a PEM file, or `env(…)`, not an integer
wrong-type 13:12 `headers` takes a record such as `{ `x-team`: \"safety\" }`, not a string
wrong-type 14:17 certificates from the environment have no default
");
}

#[test]
fn certificates_lie_within_the_project() {
    let pem = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
    let with_key = format!("{pem}-----BEGIN PRIVATE KEY-----\nMIGH\n-----END PRIVATE KEY-----\n");
    let source =
        |ca: &str| format!("model N {{\n provider = openai\n name = \"n\"\n ca = {ca}\n}}\n");
    let check_with = |ca: &str| {
        let files = MemoryFiles::default()
            .with("main.ots", source(ca))
            .with("certs/own.pem", &with_key)
            .with("certs/none.pem", "nothing");
        checked(&files, "main.ots")
    };
    let (program, problems) = check_with("\"./certs/own.pem\"");
    assert_eq!(
        problems.replace("unused-declaration 1:7 model `N` is never used\n", ""),
        ""
    );
    let model = program
        .models
        .values()
        .find(|model| model.identity.name == "n");
    let ca = model.and_then(|model| model.access.ca.clone());
    assert_eq!(
        ca,
        Some(autosafe::check::Setting::Text(pem.to_owned())),
        "and no key"
    );
    for (ca, code) in [
        ("\"../own.pem\"", "path-outside-root"),
        ("\"/etc/ssl/cert.pem\"", "path-outside-root"),
        ("\"./certs/missing.pem\"", "module-not-found"),
        ("\"./certs/none.pem\"", "wrong-type"),
    ] {
        let (_, problems) = check_with(ca);
        assert!(problems.starts_with(code), "{ca}: {problems}");
    }
}

#[test]
fn models_have_fields() {
    insta::assert_snapshot!(problems(r#"model M {
 provider = openia
}
model N {
}
model O {
 provider = openai
 limits { rmp = 3 }
 price { input = 1 }
 temperature = 3
 timeout = 30
 base_url = "localhost"
}"#), @"
wrong-type 3:13 `provider` cannot be `openia`
missing-field 5:7 a model needs `provider`
missing-field 7:7 a model needs `name`
unknown-field 9:11 `limits` has no field `rmp`
missing-field 10:2 `price` needs `output`
out-of-range 11:16 `temperature` is out of range
wrong-type 12:12 `timeout` takes a duration such as `30s`, `5m` or `2h`, not an integer
wrong-type 13:13 `base_url` is no web address
");
}

#[test]
fn campaigns_have_fields() {
    insta::assert_snapshot!(campaign("scenarios = [A, C, A, Bb]
twins = 120%
seed = -1
export = [stf]
rolout { }
rollout { trajectories = 0, protocol = tool }
budget { time = 3, usd = -1 }
reflect = 3"), @"
wrong-kind 3:17 `C` is a campaign, not a scenario
duplicate-name 3:20 scenario `A` is listed twice
unknown-name 3:23 unknown scenario `Bb`
out-of-range 4:9 `twins` is out of range
out-of-range 5:8 `seed` is out of range
wrong-type 6:11 `export` cannot be `stf`
unknown-field 7:1 a campaign has no field `rolout`
out-of-range 8:26 `trajectories` is out of range
wrong-type 8:40 `protocol` cannot be `tool`
wrong-type 9:17 `time` takes a duration such as `30s`, `5m` or `2h`, not an integer
out-of-range 9:26 `usd` is out of range
wrong-type 10:11 `reflect` takes a block, not an integer
");
}

#[test]
fn shares_add_up() {
    insta::assert_snapshot!(campaign("split { train = 80%, test = 10% }"), @"
out-of-range 3:1 the shares of `split` do not add up
");
}

#[test]
fn once_a_role_is_named_the_others_must_be() {
    insta::assert_snapshot!(campaign("roles { generator = Calm }"), @"
unusable-model 3:1 the roles `agent`, `simulator` and `evaluator` have no model
");
}

#[test]
fn only_the_evaluator_is_a_panel() {
    insta::assert_snapshot!(campaign("roles { generator = sim, agent = panel(Calm, Hot), simulator = [], evaluator = Ann }"), @"
unusable-model 3:34 a panel cannot be the agent
unusable-model 3:64 the role `simulator` has no model
wrong-kind 3:80 `Ann` is a persona, not a model
");
}

#[test]
fn an_evaluator_should_be_steady() {
    insta::assert_snapshot!(campaign("roles { generator = Hot, agent = Hot, simulator = sim, evaluator = panel(Calm, Calm, Hot) }"), @"
unsteady-evaluator 3:80 one model twice in a panel at temperature 0 is one opinion
unsteady-evaluator 3:86 the evaluator has temperature 1
unused-allow 6:1 `allow unused-declaration` silences nothing
unused-allow 11:1 `allow unused-declaration` silences nothing
");
}

#[test]
fn settings_of_a_role_are_checked() {
    insta::assert_snapshot!(campaign("roles { generator = Hot, agent = Calm with { temperature = 3, topp = 1 }, simulator = sim, evaluator = Hot with { temperature = 0 } }"), @"
out-of-range 3:60 `temperature` is out of range
unknown-field 3:63 `with` has no field `topp`
");
}

#[test]
fn prompts_are_checked_against_their_role() {
    let prompts = r#"prompt P for agent = "{{ tools }} {{ x }}"
prompt Q for agnt = "x"
"#;
    insta::assert_snapshot!(problems(prompts), @"
unknown-variable 2:38 no variable is named `x`
wrong-type 3:14 a role cannot be `agnt`
");
}

#[test]
fn a_role_has_one_prompt() {
    let text = format!(
        "campaign C {{ prompts = [P, Q, Ann] }}\nprompt P for agent = \"p\"\nprompt Q for agent = \"q\"\nscenario A {{{NEEDED}}}"
    );
    insta::assert_snapshot!(problems(&text), @"
duplicate-field 2:28 the role `agent` has two prompts
wrong-kind 2:31 `Ann` is a persona, not a prompt
");
}

const LEFT_OVER: &str = r#"
scenario lower {
  outcomes = [Leak]
  toolkits = [Mail]
  instruction = "x"
  trigger = "x"
  vary {
    BadAxis in [1]
    // allow unused-axis
    other in [1]
  }
}
// allow unused-declaration
persona Left { describe = "x" }
persona Over { describe = "x" }
outcome Un { describe = "x" }
// allow naming-style
// allow unusd-axis
toolkit Kit {
  tool Do_It(BadArg: int)
}
"#;

#[test]
fn lints_tell_what_is_left_over_and_comments_silence_them() {
    insta::assert_snapshot!(problems(LEFT_OVER), @"
naming-style 3:10 `lower` is not in UpperCamel
unused-axis 9:5 the axis `BadAxis` is never used
naming-style 9:5 `BadAxis` is not in snake_case
unused-declaration 16:9 persona `Over` is never used
unreached-outcome 17:9 no scenario of a campaign leads to outcome `Un`
unused-allow 18:1 `allow naming-style` silences nothing
unused-allow 19:1 there is no lint `unusd-axis`
unused-declaration 20:9 toolkit `Kit` is never used
naming-style 21:8 `Do_It` is not in snake_case
naming-style 21:14 `BadArg` is not in snake_case
");
}

#[test]
fn lints_wait_until_there_is_no_error() {
    let text = format!("{LEFT_OVER}\nscenario A {{{NEEDED}samples = 0\n}}");
    assert_eq!(
        problems(&text),
        "out-of-range 29:11 `samples` is out of range\n"
    );
}

#[test]
fn scenarios_with_the_same_rows_and_prose_are_told() {
    let text = format!("scenario A {{{NEEDED}}}\nscenario B {{{NEEDED}}}");
    insta::assert_snapshot!(problems(&text), @"
same-scenario 8:10 scenarios `A` and `B` have the same rows and prose
");
}

#[test]
fn prose_may_name_what_every_scenario_has() {
    let text = r#"safe = "{{ persona.name }} {{ outcomes[0].severity }} {{ toolkits[0].name }} {{ instruction_kind }} {{ context_kind }}""#;
    assert_eq!(entries(text), "");
}

#[test]
fn settings_with_a_panel_are_for_all_of_it() {
    let roles = "roles { generator = Hot, agent = Hot, simulator = sim, evaluator = panel([Hot, Calm], sim) with { temperature = 0 } }";
    assert!(!campaign(roles).contains("unsteady"), "{}", campaign(roles));
}

#[test]
fn roles_inherit_models_but_not_temperatures() {
    let text = r#"ots 1
campaign C { roles { generator = M, agent = M with { temperature = 0.9 }, simulator = sim, evaluator = M } }
model M {
  provider = openai
  name = "m"
}
"#;
    let files = MemoryFiles::default().with("main.ots", text);
    let (program, told) = checked(&files, "main.ots");
    assert_eq!(told, "");
    let seats = |role: Role| {
        let player = &program.campaigns[0].roles[&role].seats[0].models[0];
        (player.model.as_str().to_owned(), player.temperature)
    };
    assert_eq!(seats(Role::Agent), ("M".to_owned(), 0.9));
    assert_eq!(seats(Role::Responder), ("M".to_owned(), 0.5));
    assert_eq!(seats(Role::Reflector), ("M".to_owned(), 0.0));
    assert_eq!(seats(Role::User), ("M".to_owned(), 0.5));
    assert_eq!(seats(Role::Simulator), ("sim".to_owned(), 0.8));
}

#[test]
fn a_file_without_campaigns_gets_one_over_all_scenarios() {
    let files = MemoryFiles::default().with("base.ots", BASE).with(
        "main.ots",
        format!(
            "use \"./base.ots\".*\nscenario A {{{NEEDED}}}\nscenario B {{{NEEDED}safe = \"s\"\n}}"
        ),
    );
    let (program, told) = checked(&files, "main.ots");
    assert_eq!(told, "");
    assert_eq!(program.campaigns[0].name, "Default");
    assert_eq!(program.campaigns[0].scenarios, [0, 1]);
    assert_eq!(
        program.sources.keys().collect::<Vec<_>>(),
        ["base.ots", "main.ots"]
    );
}

#[test]
fn tools_have_one_schema() {
    let files = MemoryFiles::default().with("main.ots", BASE);
    let (program, _) = checked(&files, "main.ots");
    let send = &program.toolkits[&Key("Mail".to_owned())].tools[0];
    insta::assert_snapshot!(send.parameters, @r#"
{"type":"object","properties":{"to":{"type":"array","items":{"type":"string"}},"body":{"type":"string"},"urgency":{"type":"string","enum":["low","high"],"default":"low"},"copies":{"type":"integer","default":1},"meta":{"type":"object","properties":{"id":{"type":"string"},"tags":{"type":"array","items":{"type":"string"}}},"required":["id","tags"],"additionalProperties":false}},"required":["to","body"],"additionalProperties":false}
"#);
    insta::assert_snapshot!(send.result, @r#"
{"type":"object","properties":{"id":{"type":"string"}},"required":["id"],"additionalProperties":false}
"#);
}

#[test]
fn the_character_of_a_simulated_model_is_a_share_and_no_setting_of_a_real_one() {
    let good = "model Careful { provider = sim, safety = 0.8, refusals = 0.1, sensitivity = 1, specificity = 0.95 }\n";
    assert_eq!(problems(good), "");
    let too_much = problems("model Careful { provider = sim, safety = 80 }\n");
    assert!(too_much.contains("out-of-range"), "{too_much}");
    let real = problems("model Careful { provider = openai, name = \"m\", safety = 0.8 }\n");
    assert!(real.contains("unknown-field"), "{real}");
    assert!(real.contains("setting of the simulated model"), "{real}");
}

#[test]
fn a_cover_over_some_axes_names_them_once_and_rightly() {
    let axes = "vary {\n  a in 1..3\n  b in 1..3\n  c in 1..3\n}\nforbid a == b and b == c\n";
    let cover = |cover: &str| entries(&format!("{axes}cover = {cover}"));
    assert_eq!(cover("wise(3) over [a, b, c]"), "");
    insta::assert_snapshot!(cover("wise(3) over [a, b, d]"), @"unknown-name 9:29 no axis `d` in `vary`");
    insta::assert_snapshot!(cover("wise(3) over [a, b, a]"), @"bad-axis 9:29 the axis `a` is named twice");
    insta::assert_snapshot!(cover("all over [a, b]"), @"wrong-type 9:9 only combinations of values are covered `over` some axes");
    insta::assert_snapshot!(cover("wise(2) over [1]"), @"wrong-type 9:23 `over` takes the names of axes, not an integer");
    assert!(cover("wise(3) over a").starts_with("syntax 9:"));
}
