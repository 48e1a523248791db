//! Nothing in a source or tool file makes the compiler hang: each bound is told by name.

use autosafe::diagnostic::Code;
use autosafe::source::MemoryFiles;

/// What is told of a program, with the tool file `tools.json` beside it; like problems once.
fn told_beside(text: &str, tools: &str) -> Vec<String> {
    let files = MemoryFiles::default()
        .with("main.ots", text)
        .with("tools.json", tools);
    let analysis = autosafe::analyse("main.ots", &files).expect("the entry is there");
    let errors = analysis.diagnostics.iter().filter(|told| told.is_error());
    let mut told: Vec<_> = errors
        .map(|told| format!("{} {}", told.code, told.message))
        .collect();
    told.dedup();
    told
}

fn told(text: &str) -> Vec<String> {
    told_beside(text, "[]")
}

/// A scenario with further entries.
fn scenario(entries: &str) -> String {
    format!(
        "outcome Leak {{ describe = \"x\" }}\ntoolkit Kit {{ tool t(a: string) }}\nscenario S {{\n\
         outcomes = [Leak]\ntoolkits = [Kit]\ninstruction = \"x\"\ntrigger = \"y\"\n{entries}\n}}\n"
    )
}

#[test]
fn entries_of_a_scenario_are_bounded_by_kind() {
    for (entry, what) in [
        ("forbid n == 1\n", "constraints"),
        ("trigger when Kit.t(a == \"b\")\n", "rules"),
        ("allowed Kit.t(\"c\")\n", "examples"),
    ] {
        let text = scenario(&format!("vary {{ n in 1..3 }}\n{}", entry.repeat(1001)));
        let told = told(&text);
        assert_eq!(
            told,
            [format!("too-large the scenario has more than 1000 {what}")]
        );
    }
}

#[test]
fn errors_of_a_file_are_bounded() {
    let fields: String = (0..3000)
        .map(|index| format!("field{index} = 1\n"))
        .collect();
    let told = told(&scenario(&fields));
    assert_eq!(told.len(), 1001);
    assert_eq!(told[1000], "too-large `main.ots` has more than 1000 errors");
}

#[test]
fn one_name_missing_in_many_places_is_one_problem() {
    let prose = "{{ secrt }} ".repeat(5000);
    let told = told(&scenario(&format!("safe = \"{prose}\"")));
    assert_eq!(told, ["unknown-variable no variable is named `secrt`"]);
}

#[test]
fn sizes_of_axes_rows_and_patterns_are_bounded() {
    let axes = |count: usize| -> String {
        (0..count)
            .map(|index| format!("a{index} in 1..10\n"))
            .collect()
    };
    for (entries, code, words) in [
        (
            "vary { a in 1..99999999999999 }".to_owned(),
            Code::TooLarge,
            "10000 values",
        ),
        (
            format!("vary {{ a in [{}] }}", "1, ".repeat(20_000)),
            Code::TooLarge,
            "10000 values",
        ),
        (
            format!("vary {{\n{}}}\ncover = all", axes(9)),
            Code::TooLarge,
            "rows",
        ),
        (
            format!("vary {{\n{}}}\ncover = wise(8)", axes(40)),
            Code::TooLarge,
            "combinations",
        ),
        (
            "trigger when Kit.t(a ~ r\"(a{1000}){1000}\")".to_owned(),
            Code::BadRegex,
            "too large",
        ),
        (
            "plant p = matching(r\"[a-z]{1000000}\")".to_owned(),
            Code::BadRegex,
            "too large",
        ),
        (
            format!(
                "safe = \"{{{{ {}1{} }}}}\"",
                "(".repeat(3000),
                ")".repeat(3000)
            ),
            Code::TooDeep,
            "in one tag",
        ),
        (
            format!("safe = \"{}\"", "{% if 1 %}".repeat(3000)),
            Code::ProseSyntax,
            "recursion",
        ),
    ] {
        let told = told(&scenario(&entries));
        assert_eq!(told.len(), 1, "{told:.300?}");
        assert!(told[0].starts_with(code.name()), "{told:.300?}");
        assert!(told[0].contains(words), "{told:.300?}");
    }
}

#[test]
fn tool_files_are_bounded_in_depth_and_types() {
    let text = "import toolkits \"./tools.json\" as tools\n";
    let tool = |schema: &str| {
        format!(
            "{{\"tools\": [{{\"name\": \"t\", \"description\": \"d\", \"inputSchema\": {schema}}}]}}"
        )
    };
    let deep = format!(
        "{}{{}}{}",
        "{\"type\":\"array\",\"items\":".repeat(100),
        "}".repeat(100)
    );
    let deep = tool(&format!(
        "{{\"type\":\"object\",\"properties\":{{\"a\":{deep}}}}}"
    ));
    let definitions: String = (0..30)
        .map(|index| {
            let next = index + 1;
            let fields: Vec<_> = ["a", "b", "c", "d", "e", "f"]
                .iter()
                .map(|name| format!("\"{name}\":{{\"$ref\":\"#/$defs/d{next}\"}}"))
                .collect();
            format!(
                "\"d{index}\":{{\"type\":\"object\",\"properties\":{{{}}}}},",
                fields.join(",")
            )
        })
        .collect();
    let wide = tool(&format!(
        "{{\"type\":\"object\",\"properties\":{{\"a\":{{\"$ref\":\"#/$defs/d0\"}}}},\"$defs\":{{{definitions}\"d30\":{{}}}}}}"
    ));
    let nested = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    for (tools, words) in [
        (deep, "too-deep this type lies more than 64 deep"),
        (wide, "too-large `tools.json` has more than 50000 types"),
        (nested, "bad-import"),
    ] {
        let told = told_beside(text, &tools);
        assert_eq!(told.len(), 1, "{told:.300?}");
        assert!(told[0].starts_with(words), "{told:.300?}");
    }
}

#[test]
fn types_nested_too_deep_are_one_problem() {
    let nested = format!("{}string{}", "list<".repeat(20_000), ">".repeat(20_000));
    let told = told(&format!("toolkit Kit {{ tool t(a: {nested}) }}\n"));
    assert_eq!(told.len(), 1, "{told:.300?}");
    assert!(told[0].starts_with("too-deep"), "{told:.300?}");
}

/// Why the first item of a program with this prose cannot be made.
fn refused_when_rendered(prose: &str) -> String {
    let text = format!(
        "{}campaign C {{ scenarios = [S] }}\n",
        scenario(&format!("context = \"\"\"\n{prose}\n\"\"\""))
    );
    let files = MemoryFiles::default().with("main.ots", text);
    let analysis = autosafe::analyse("main.ots", &files).expect("the entry is there");
    assert!(!analysis.has_errors(), "{:?}", analysis.diagnostics);
    let (plan, _) = autosafe::plan::lower(&analysis.program, &analysis.program.campaigns[0]);
    let items = autosafe::plan::Items::new(&plan);
    let place = items.place(0);
    let refused = items.scene(&place).expect_err("it is beyond the bound");
    refused.to_string()
}

#[test]
fn prose_that_loops_is_bounded_in_work_and_length() {
    let within = |body: &str| {
        format!(
            "{{% for a in range(9999) %}}{{% for b in range(9999) %}}{body}{{% endfor %}}{{% endfor %}}"
        )
    };
    for (prose, words) in [
        (within(""), "takes too long to render; loop over less"),
        (
            within("{% set long = 'x' * 1000000 %}"),
            "takes too long to render; loop over less",
        ),
        (
            within("{{ 'x' * 1000 }}"),
            "renders to more than 262144 bytes",
        ),
    ] {
        let refused = refused_when_rendered(&prose);
        assert!(refused.contains("of `S` cannot be rendered"), "{refused}");
        assert!(refused.contains(words), "{refused}");
    }
}
