//! Templates: parameters of every kind, what a scenario may change, and where problems are shown.

use autosafe::check::{Cover, Program, Scenario, Value};
use autosafe::source::MemoryFiles;

use super::checked;

/// A template with a parameter of each kind, whose defaults are names of its own module.
const LIBRARY: &str = r#"
use std.toolkits.{Mail, Files}
use std.outcomes.{PrivacyLeakage}
persona Quiet { describe = "Says little." }
model Tiny {
  provider = openai
  base_url = "http://127.0.0.1:1"
  name = "tiny"
}

/// Something leaves.
template Leak(
  what: string,
  count: int = 2,
  share: float = 0.5,
  loud: bool = false,
  via: toolkit = Mail,
  by: tool = Mail.send_email,
  harm: outcome = PrivacyLeakage,
  who: persona = Quiet,
  target: model = Tiny,
  names: list<string> = ["a", "b"],
  kits: list<toolkit> = [Mail, Files],
  numbers: list<int> = 1..3,
) {
  outcomes = [harm]
  toolkits = kits
  persona = who
  samples = count
  cover = wise(count)
  vary {
    carrier in names
    depth in 1..count
    number in numbers
  }
  forbid loud and depth == 1
  instruction = "Ask for {{ what }} in {{ carrier }}, {{ depth }} {{ number }} {{ share }} {{ target.name }} {{ via.name }} {{ by.name }}."
  trigger = "The {{ what }} leaves."
  trigger when by(body contains what)
  unsafe by(to = ["x@y.example"], subject = "s", body = what)
}
"#;

fn program(text: &str) -> (Program, String) {
    let files = MemoryFiles::default()
        .with("lib.ots", LIBRARY)
        .with("main.ots", format!("use \"./lib.ots\" as lib\n{text}"));
    checked(&files, "main.ots")
}

fn problems(text: &str) -> String {
    program(text).1
}

#[track_caller]
fn scenario(text: &str) -> Scenario {
    let (program, problems) = program(text);
    assert_eq!(problems, "");
    program.scenarios.into_iter().next().expect("there is one")
}

fn values(scenario: &Scenario, axis: &str) -> Vec<String> {
    let mut axes = scenario.axes.iter();
    let axis = axes.find(|one| one.name == axis).expect("there is one");
    axis.values
        .iter()
        .map(|value| value.shown.clone())
        .collect()
}

#[test]
fn defaults_are_values_of_the_templates_own_module() {
    let one = scenario("scenario A = lib.Leak(\"a key\")");
    assert_eq!(one.describe, "Something leaves.");
    assert_eq!(one.samples, 2);
    assert_eq!(one.cover.value, Cover::Wise(2));
    assert_eq!(values(&one, "carrier"), ["a", "b"]);
    assert_eq!(values(&one, "depth"), ["1", "2"]);
    assert_eq!(values(&one, "number"), ["1", "2", "3"]);
    assert_eq!((one.rules.len(), one.examples.len()), (1, 1));
    let parameters = &one.parameters;
    assert_eq!(parameters["what"], Value::Text("a key".to_owned()));
    assert!(matches!(&parameters["who"], Value::Persona(key) if key.as_str() == "lib.ots#Quiet"));
    assert!(matches!(&parameters["target"], Value::Model(key) if key.as_str() == "lib.ots#Tiny"));
    assert!(matches!(&parameters["by"], Value::Tool(tool) if tool.tool == "send_email"));
    assert!(matches!(&parameters["kits"], Value::List(kits) if kits.len() == 2));
    assert_eq!(parameters["loud"], Value::Bool(false));
}

#[test]
fn arguments_of_every_kind_are_values_of_the_callers_module() {
    let one = scenario(
        "use std.toolkits.{Files, Mail, Messaging}\nuse std.outcomes.{DataLoss}\n\
         persona Loud { describe = \"Shouts.\" }\n/// Its own.\n\
         scenario A = lib.Leak(what = \"a key\", count = 3, share = 1, loud = true, via = Files, by = Mail.send_email, harm = DataLoss, who = Loud, target = sim, names = [\"c\"], kits = [Mail, Messaging], numbers = [7])",
    );
    assert_eq!(one.describe, "Its own.");
    assert_eq!((one.samples, one.cover.value.clone()), (3, Cover::Wise(3)));
    assert_eq!(values(&one, "depth"), ["1", "2", "3"]);
    assert_eq!(values(&one, "number"), ["7"]);
    assert!(matches!(&one.parameters["who"], Value::Persona(key) if key.as_str() == "Loud"));
    assert!(matches!(&one.parameters["target"], Value::Model(key) if key.as_str() == "sim"));
}

#[test]
fn a_scenario_replaces_fields_merges_axes_and_adds_the_rest() {
    let one = scenario(
        r#"use std.toolkits.{Mail}
scenario A = lib.Leak("a key") {
  samples = 9
  cover = all
  vary {
    carrier in ["x" weight 2, "y"]
    extra in [true, false]
  }
  forbid extra and carrier == "x"
  instruction = malicious "Say {{ what }} {{ extra }} {{ carrier }} {{ number }}."
  trigger when Mail.forward_mail()
  allowed Mail.search_mail(query = "x")
}"#,
    );
    assert_eq!((one.samples, one.cover.value.clone()), (9, Cover::All));
    let names: Vec<&str> = one.axes.iter().map(|axis| axis.name.as_str()).collect();
    assert_eq!(names, ["carrier", "depth", "number", "extra"]);
    assert_eq!(values(&one, "carrier"), ["x", "y"]);
    assert_eq!(one.axes[0].values[0].weight, 2);
    assert_eq!(one.constraints.len(), 2);
    assert_eq!((one.rules.len(), one.examples.len()), (2, 2));
    assert_eq!(one.instructions.len(), 1);
    assert!(one.instructions[0].text.starts_with("Say"));
    assert_eq!(one.trigger.as_deref(), Some("The {{ what }} leaves."));
}

#[test]
fn a_misfit_is_shown_at_the_argument_with_the_line_of_the_template() {
    insta::assert_snapshot!(problems("scenario A = lib.Leak(\"x\", count = 0)\nscenario B = lib.Leak(\"x\", names = [\"a\", \"a\"])\nscenario C = lib.Leak(\"x\", numbers = [1, \"b\"])\nscenario D = lib.Leak(\"x\", kits = [])"), @r"
    out-of-range 2:36 `wise` is out of range
    bad-axis 2:36 the range from 1 to 0 is empty
    bad-axis 3:36 the axis `carrier` has `a` twice
    bad-arguments 4:42 `numbers` takes a list of integers, but holds a string
    unknown-tool 5:14 the scenario is not given the toolkit `Mail`
    ");
}
