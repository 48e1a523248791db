//! Cases as source of the language: one scenario each, in the user's own words.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::cases::Case;
use crate::syntax::quoted;

/// Where the toolkits of cases are found from the file that is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ToolkitSource {
    /// A tool file of others, as the path in `import toolkits "…"`.
    Foreign(String),
    /// A module of the language, as the path in `use "…"`.
    Module(String),
}

/// What each kind of harm is called in ToolEmu's own headings, first match first.
const HARMS: [(&str, &[&str]); 10] = [
    (
        "DataLoss",
        &["data loss", "delet", "corrupt", "overwrit", "loss of data"],
    ),
    (
        "PrivacyLeakage",
        &[
            "privacy",
            "leak",
            "expos",
            "identity",
            "disclos",
            "intellectual",
            "sharing",
            "confidential",
            "friends' data",
        ],
    ),
    (
        "BiasOffensiveness",
        &["bias", "discriminat", "offens", "hate"],
    ),
    (
        "IllegalActivities",
        &[
            "legal",
            "criminal",
            "complian",
            "prosecut",
            "counterfeit",
            "law",
        ],
    ),
    (
        "FinancialLoss",
        &[
            "financ",
            "fund",
            "trade",
            "trading",
            "transaction",
            "payment",
            "invest",
            "money",
            "fraud",
            "monetary",
            "cost",
            "charge",
            "stock",
            "purchase",
        ],
    ),
    (
        "PhysicalHealth",
        &[
            "safety", "hazard", "injur", "health", "diagnos", "medica", "physical", "accident",
            "traffic", "emergenc", "poison", "patient",
        ],
    ),
    (
        "PropertyDamage",
        &[
            "property",
            "shipment",
            "package",
            "delivery",
            "theft",
            "energy",
            "damage to",
        ],
    ),
    (
        "ComputerSecurity",
        &[
            "security",
            "unauthori",
            "malware",
            "system",
            "misconfig",
            "lockout",
            "vulnerab",
            "access",
            "disruption",
        ],
    ),
    (
        "EthicsMorality",
        &[
            "misinformation",
            "harass",
            "spam",
            "decei",
            "manipulat",
            "ethic",
            "mislead",
        ],
    ),
    ("Miscellaneous", &[""]),
];

/// Gives a file of the language with a scenario for each case; it has still to be formatted.
///
/// The instruction is the user's own words (`verbatim`) and counts as underspecified, as ToolEmu's
/// do. Outcomes are those of `std.outcomes` that the headings of the risky outcomes speak of.
pub fn case_source(cases: &[Case], toolkits: &ToolkitSource) -> String {
    let outcomes: BTreeSet<&str> = cases.iter().flat_map(outcomes_of).collect();
    let outcomes: Vec<&str> = outcomes.into_iter().collect();
    let mut text = format!("ots 1\n\nuse std.outcomes.{{{}}}\n", outcomes.join(", "));
    text += &match toolkits {
        ToolkitSource::Foreign(path) => format!("import toolkits {} as emu\n", quoted(path)),
        ToolkitSource::Module(path) => format!("use {} as emu\n", quoted(path)),
    };
    let mut taken = BTreeSet::new();
    for case in cases {
        write_case(&mut text, case, &mut taken);
    }
    text
}

fn write_case(text: &mut String, case: &Case, taken: &mut BTreeSet<String>) {
    let mut line = |words: String| {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{words}");
    };
    line(String::new());
    line(format!("/// {}", one_line(&doc_of(case))));
    line(format!("scenario {} {{", scenario_name(case, taken)));
    line(format!("outcomes = [{}]", outcomes_of(case).join(", ")));
    let toolkits: Vec<String> = case
        .toolkits
        .iter()
        .map(|toolkit| format!("emu.{}", name(&toolkit.value)))
        .collect();
    line(format!("toolkits = [{}]", toolkits.join(", ")));
    line(String::new());
    line(format!(
        "instruction = underspecified verbatim {}",
        prose(&case.instruction)
    ));
    for (field, texts) in [
        ("expected", &case.expected_achievements),
        ("risky", &case.risky_outcomes),
    ] {
        if !texts.is_empty() {
            let texts: Vec<String> = texts.iter().map(|text| prose(text)).collect();
            line(format!("{field} = [{}]", texts.join(", ")));
        }
    }
    line(String::new());
    line(format!("trigger = {}", prose(&trigger_of(case))));
    line("}".to_owned());
}

/// The case's own name, and what its author says is left open.
fn doc_of(case: &Case) -> String {
    let open = case.underspecifications.join(" ");
    format!("{}. {open}", case.name.value)
}

/// The risky actions; where there are none, the risky outcomes.
fn trigger_of(case: &Case) -> String {
    let actions = match case.risky_actions.as_slice() {
        [] => &case.risky_outcomes,
        actions => actions,
    };
    match actions {
        [] => "The agent takes a step that may do harm that the user did not ask for.".to_owned(),
        actions => actions.join(" "),
    }
}

/// The outcomes of the standard library that the case may lead to; never none.
fn outcomes_of(case: &Case) -> Vec<&'static str> {
    let mut outcomes: Vec<&str> = Vec::new();
    for risky in &case.risky_outcomes {
        let outcome = outcome_of(risky);
        if !outcomes.contains(&outcome) {
            outcomes.push(outcome);
        }
    }
    if outcomes.is_empty() {
        outcomes.push("Miscellaneous");
    }
    outcomes
}

/// By the heading before the colon, or where that says nothing, by the rest.
fn outcome_of(risky: &str) -> &'static str {
    let heading = risky.split(':').next().unwrap_or(risky);
    [heading, risky]
        .into_iter()
        .map(|words| harm_in(&words.to_lowercase()))
        .find(|outcome| *outcome != "Miscellaneous")
        .unwrap_or("Miscellaneous")
}

fn harm_in(words: &str) -> &'static str {
    let harm = HARMS
        .iter()
        .find(|(_, signs)| signs.iter().any(|sign| words.contains(sign)));
    harm.map_or("Miscellaneous", |(outcome, _)| outcome)
}

/// `official_0` as `Official0`; a second of the same name gets a number.
fn scenario_name(case: &Case, taken: &mut BTreeSet<String>) -> String {
    let words = case
        .name
        .value
        .split(|it: char| !it.is_ascii_alphanumeric());
    let camel: String = words.map(capitalized).collect();
    let camel = match camel.chars().next() {
        Some(first) if first.is_ascii_alphabetic() => camel,
        _ => format!("Case{camel}"),
    };
    let mut unique = camel.clone();
    let mut number = 2;
    while !taken.insert(unique.clone()) {
        unique = format!("{camel}V{number}");
        number += 1;
    }
    unique
}

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    match letters.next() {
        Some(first) => first.to_ascii_uppercase().to_string() + letters.as_str(),
        None => String::new(),
    }
}

/// A name, in backquotes where it is no identifier.
fn name(text: &str) -> String {
    let is_letter = |it: char| it.is_ascii_alphanumeric() || it == '_';
    let is_plain = text.chars().all(is_letter) && !text.starts_with(|it: char| it.is_ascii_digit());
    if is_plain {
        text.to_owned()
    } else {
        format!("`{text}`")
    }
}

/// Prose is a template; what would be one by accident is kept as it is.
fn prose(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['{']) {
        let (before, from) = rest.split_at(at);
        kept.push_str(before);
        let length = if from.starts_with("{{") || from.starts_with("{%") || from.starts_with("{#") {
            let _ = write!(kept, "{{{{ '{}' }}}}", &from[..2]);
            2
        } else {
            kept.push('{');
            1
        };
        rest = &from[length..];
    }
    kept.push_str(rest);
    quoted(&kept)
}

fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ")
}
