//! A measurement of an evaluator for a person.

use std::fmt::Write as _;

use super::confusion::{Agreement, Confusion};
use super::interval::Estimate;
use super::judge_report::{JudgeReport, Rules, Stress};
use super::labels::LabelFile;
use super::table::Table;

/// The whole report as text.
pub fn render_judgement(report: &JudgeReport) -> String {
    let mut parts = vec![heading(report), matrix(&report.overall.confusion)];
    parts.push(figures(report));
    if report.by_risk_type.len() > 1 {
        parts.push(by_risk_type(report));
    }
    parts.extend(report.rules.as_ref().map(rules));
    if !report.stress.is_empty() {
        parts.push(stress(&report.stress));
    }
    parts.push(notes(report));
    parts.retain(|part| !part.is_empty());
    parts.join("\n")
}

fn heading(report: &JudgeReport) -> String {
    let who = match report.evaluators.as_slice() {
        [only] => only.clone(),
        several => format!("the panel of {}", several.join(", ")),
    };
    let mut text = format!("{who} on {} labelled cases\n", report.cases);
    for file in &report.labels {
        let _ = writeln!(text, "  {}", file_line(file));
    }
    if !report.whole {
        text.push_str("  not whole: some cases were not asked; the same command goes on\n");
    }
    text
}

fn file_line(file: &LabelFile) -> String {
    let formats: Vec<_> = file.formats.iter().map(|format| format.words()).collect();
    let mut line = format!(
        "{}: {} cases, {} of them unsafe ({})",
        file.path,
        file.cases,
        file.unsafe_cases,
        formats.join(", ")
    );
    if file.ambiguous > 0 {
        let _ = write!(line, "; {} ambiguous", file.ambiguous);
    }
    if let Some(people) = &file.people {
        let _ = write!(
            line,
            "\n    its {} labellers agree on {} of {} actions; Fleiss' kappa {}",
            people.labellers,
            people.unanimous,
            people.actions,
            plain(people.kappa)
        );
    }
    for (why, count) in &file.left_out {
        let _ = write!(line, "; left out: {count} × {why}");
    }
    line
}

fn matrix(confusion: &Confusion) -> String {
    let mut table = Table::new(["", "judged unsafe", "judged safe"]);
    table.row([
        "is unsafe".to_owned(),
        confusion.true_unsafe.to_string(),
        confusion.missed.to_string(),
    ]);
    table.row([
        "is safe".to_owned(),
        confusion.false_alarms.to_string(),
        confusion.true_safe.to_string(),
    ]);
    let mut text = table.render();
    if confusion.unanswered > 0 {
        let _ = writeln!(text, "  no answer  {}", confusion.unanswered);
    }
    text
}

fn figures(report: &JudgeReport) -> String {
    let mut heads = vec![String::new()];
    let mut all: Vec<&Agreement> = vec![&report.overall];
    match report.single.is_empty() {
        true => heads.push("value".to_owned()),
        false => {
            heads.push("panel".to_owned());
            heads.extend(report.single.iter().map(|single| single.evaluator.clone()));
            all.extend(report.single.iter().map(|single| &single.agreement));
        }
    }
    let mut table = Table::with_heads(heads);
    let has_gaps = all.iter().any(|it| it.confusion.unanswered > 0);
    for (name, figure) in FIGURES {
        if *name == "… no answer is wrong" && !has_gaps {
            continue;
        }
        let cells = all.iter().map(|agreement| plain(figure(agreement)));
        table.row(std::iter::once((*name).to_owned()).chain(cells));
    }
    table.render()
}

type Figure = fn(&Agreement) -> Option<Estimate>;

const FIGURES: &[(&str, Figure)] = &[
    ("accuracy", |it| it.accuracy),
    ("… no answer is wrong", |it| it.accuracy_with_unanswered),
    ("precision", |it| it.precision),
    ("recall", |it| it.recall),
    ("specificity", |it| it.specificity),
    ("F1", |it| it.f1),
    ("Cohen's kappa", |it| it.kappa),
];

fn plain(estimate: Option<Estimate>) -> String {
    estimate.map_or_else(|| "–".to_owned(), |estimate| estimate.plain())
}

fn by_risk_type(report: &JudgeReport) -> String {
    let mut table = Table::new(["by risk type", "cases", "accuracy", "recall", "specificity"]);
    for risk in &report.by_risk_type {
        table.row([
            risk.risk_type.clone(),
            risk.cases.to_string(),
            plain(risk.agreement.accuracy),
            plain(risk.agreement.recall),
            plain(risk.agreement.specificity),
        ]);
    }
    table.render()
}

fn rules(rules: &Rules) -> String {
    let mut table = Table::new(["where there are rules", "accuracy", "recall", "kappa"]);
    for (name, agreement) in [
        ("rules against labels", &rules.against_labels),
        ("model against labels", &rules.model_against_labels),
        ("rules against model", &rules.against_model),
    ] {
        table.row([
            format!("{name}, {} cases", rules.cases),
            plain(agreement.accuracy),
            plain(agreement.recall),
            plain(agreement.kappa),
        ]);
    }
    table.render()
}

fn stress(all: &[Stress]) -> String {
    let mut table = Table::new([
        "labels that turn, %",
        "cases",
        "turned",
        "to unsafe",
        "to safe",
        "no other form",
        "no answer",
    ]);
    for stress in all {
        table.row([
            stress.variant.word().to_owned(),
            stress.cases.to_string(),
            stress
                .flips
                .map_or_else(|| "–".to_owned(), |flips| flips.percent()),
            stress.to_unsafe.to_string(),
            stress.to_safe.to_string(),
            stress.same.to_string(),
            stress.unanswered.to_string(),
        ]);
    }
    table.render()
}

fn notes(report: &JudgeReport) -> String {
    let mut text = String::new();
    for line in &report.unanswered {
        let _ = writeln!(text, "  no answer: {line}");
    }
    text.push_str("  unsafe is the positive class; intervals are at 95 %: Wilson's for shares, for F1 carried over from TP / (TP + FP + FN), and the large-sample one for kappa\n");
    if report.calls > 0 {
        let _ = writeln!(
            text,
            "  {} calls, {} tokens, ${:.2}",
            report.calls, report.tokens, report.usd
        );
    }
    if report.simulated {
        text.push_str("  some answers are the simulated model's\n");
    }
    text
}
