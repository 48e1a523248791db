//! An evaluation for a person: tables, and in words what they do not say.

use std::fmt::Write as _;

use super::interval::Estimate;
use super::report::{Comparison, Entrant, EvalReport, Part, Sec, Test};
use super::scenario::ScenarioKind;
use super::table::Table;

/// The whole report as text.
pub fn render_evaluation(report: &EvalReport) -> String {
    let mut text = String::new();
    let mut add = |part: String| {
        if !part.is_empty() {
            if !text.is_empty() {
                text.push('\n');
            }
            text.push_str(&part);
        }
    };
    add(heading(report));
    add(safety(report));
    add(usefulness(report));
    add(unknown(report));
    add(comparisons(report));
    for (what, parts) in [
        ("cell", parts_of(report, |entrant| &entrant.by.cell)),
        ("outcome", parts_of(report, |entrant| &entrant.by.outcome)),
        ("toolkit", parts_of(report, |entrant| &entrant.by.toolkit)),
        ("severity", parts_of(report, |entrant| &entrant.by.severity)),
    ] {
        add(breakdown(report, what, &parts));
    }
    add(notes(report));
    text
}

fn heading(report: &EvalReport) -> String {
    let what = match report.kind {
        ScenarioKind::NextAction => "the next action in",
        ScenarioKind::Rollout => "whole trajectories in",
    };
    let mut text = format!(
        "{}: {what} {} risk scenarios, {} {}, and {} harmless twins\n",
        report.source,
        report.risk_scenarios,
        report.samples,
        if report.samples == 1 {
            "sample each"
        } else {
            "samples each"
        },
        report.twins,
    );
    for (why, count) in &report.left_out {
        let _ = writeln!(text, "  left out: {count} × {why}");
    }
    let _ = writeln!(
        text,
        "  judged by rules where they apply, else by {}",
        report.evaluators.join(", ")
    );
    if !report.whole {
        text.push_str("  not whole: some trials were not carried out; the same command goes on\n");
    }
    text
}

fn safety(report: &EvalReport) -> String {
    let mut heads = vec!["safety, %".to_owned()];
    let has_correction = corrected(report);
    for k in &report.k {
        heads.push(format!("sec@{k}"));
        if *k == 1 && has_correction {
            heads.push("corrected".to_owned());
        }
    }
    let mut table = Table::with_heads(heads);
    for entrant in &report.entrants {
        let mut row = vec![entrant.name()];
        for k in &report.k {
            let sec = entrant.sec_at(*k);
            row.push(cell(sec.map(|sec| &sec.estimate)));
            if *k == 1 && has_correction {
                row.push(cell(sec.and_then(|sec| sec.corrected.as_ref())));
            }
        }
        table.row(row);
    }
    table.render()
}

fn corrected(report: &EvalReport) -> bool {
    report
        .entrants
        .iter()
        .flat_map(|entrant| &entrant.sec)
        .any(|sec| sec.corrected.is_some())
}

fn usefulness(report: &EvalReport) -> String {
    let mut table = Table::new([
        "and usefulness, %",
        "safe and helpful",
        "helpful, where safe",
        "over-refusal",
    ]);
    for entrant in &report.entrants {
        let refusal = entrant.over_refusal.as_ref().map(|it| &it.estimate);
        table.row([
            entrant.name(),
            cell(entrant.safe_and_helpful.as_ref()),
            cell(entrant.helpfulness.helpful.as_ref()),
            cell(refusal),
        ]);
    }
    table.render()
}

fn cell(estimate: Option<&Estimate>) -> String {
    estimate.map_or_else(|| "–".to_owned(), Estimate::percent)
}

/// Answers that are neither safe nor unsafe, and between what they leave the truth.
fn unknown(report: &EvalReport) -> String {
    let has_unknown = |entrant: &&Entrant| {
        let twins = entrant.over_refusal.as_ref();
        entrant.answers.unknown > 0 || twins.is_some_and(|it| it.unknown > 0)
    };
    let mut text = String::new();
    for entrant in report.entrants.iter().filter(has_unknown) {
        let answers = &entrant.answers;
        let _ = writeln!(
            text,
            "  {}: {} of {} samples are not known, and count as unsafe",
            entrant.name(),
            answers.unknown,
            answers.asked
        );
        for (why, count) in &answers.unknown_why {
            let _ = writeln!(text, "    {count} × {why}");
        }
        let bounds: Vec<String> = entrant.sec.iter().map(bounds).collect();
        let _ = writeln!(text, "    counted as safe: {}", bounds.join(", "));
        if let Some(refusal) = entrant.over_refusal.as_ref().filter(|it| it.unknown > 0) {
            let _ = writeln!(
                text,
                "    {} of {} twins are not known, and count as refused",
                refusal.unknown, refusal.twins
            );
        }
    }
    text
}

fn bounds(sec: &Sec) -> String {
    format!("sec@{} {:.1}", sec.k, sec.if_unknown_is_safe * 100.0)
}

fn comparisons(report: &EvalReport) -> String {
    if report.comparisons.is_empty() {
        return String::new();
    }
    let mut table = Table::new([
        "differences, points",
        "on",
        "first − second",
        "p",
        "p, Holm",
        "test",
    ]);
    for comparison in &report.comparisons {
        table.row(comparison_row(report, comparison));
    }
    table.render()
}

fn comparison_row(report: &EvalReport, comparison: &Comparison) -> [String; 6] {
    let name = |index: usize| {
        report
            .entrants
            .get(index)
            .map_or_else(String::new, Entrant::name)
    };
    [
        format!(
            "{}: {} − {}",
            comparison.measure,
            name(comparison.first),
            name(comparison.second)
        ),
        comparison.items.to_string(),
        comparison.difference.percent(),
        p_value(comparison.p),
        p_value(comparison.p_adjusted),
        match comparison.test {
            Test::Mcnemar => format!(
                "McNemar, {} : {}",
                comparison.only_first, comparison.only_second
            ),
            Test::Bootstrap => "bootstrap".to_owned(),
        },
    ]
}

fn p_value(p: f64) -> String {
    match p {
        p if p < 0.001 => "<0.001".to_owned(),
        p => format!("{p:.3}"),
    }
}

/// For each name of a part its figures, by entrant.
type Parts<'p> = Vec<(&'p str, Vec<Option<&'p Part>>)>;

fn parts_of(report: &EvalReport, parts: impl Fn(&Entrant) -> &Vec<Part>) -> Parts<'_> {
    let mut names: Vec<&str> = Vec::new();
    for entrant in &report.entrants {
        for part in parts(entrant) {
            if !names.contains(&part.name.as_str()) {
                names.push(&part.name);
            }
        }
    }
    names
        .into_iter()
        .map(|name| {
            let found = report
                .entrants
                .iter()
                .map(|entrant| parts(entrant).iter().find(|part| part.name == name));
            (name, found.collect())
        })
        .collect()
}

fn breakdown(report: &EvalReport, what: &str, parts: &Parts<'_>) -> String {
    if parts.len() < 2 {
        return String::new();
    }
    let mut heads = vec![format!("sec@1 by {what}, %"), "scenarios".to_owned()];
    heads.extend(report.entrants.iter().map(Entrant::name));
    let mut table = Table::with_heads(heads);
    for (name, figures) in parts {
        let scenarios = figures.iter().flatten().map(|part| part.scenarios).max();
        let mut row = vec![(*name).to_owned(), scenarios.unwrap_or(0).to_string()];
        row.extend(figures.iter().map(|part| {
            let sec = part.and_then(|part| part.sec.first());
            cell(sec.map(|sec| &sec.estimate))
        }));
        table.row(row);
    }
    table.render()
}

fn notes(report: &EvalReport) -> String {
    let mut text = format!(
        "  intervals are Wilson's at 95 %, over scenarios; {} calls, {} tokens, ${:.2}\n",
        report.calls, report.tokens, report.usd
    );
    if report.k.iter().any(|k| *k < report.samples) {
        let _ = writeln!(
            text,
            "  sec@k for k below {} is the unbiased estimate over {} samples",
            report.samples, report.samples
        );
    }
    if report.simulated {
        text.push_str("  some answers are the simulated model's\n");
    }
    text
}
