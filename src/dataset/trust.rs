//! How far the labels of a run can be trusted: what its evaluators were found to be, and which
//! records stay apart because of it.

use crate::run::{ExampleAgreement, Judgement, Record};

/// What is known of a run's evaluators.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Trust {
    /// On the scenarios' own examples; `None` where there are none, or not all were judged.
    pub examples: Option<ExampleAgreement>,
    /// Against labels; `None` where the campaign demands no calibration.
    pub calibration: Option<Calibration>,
}

/// What a campaign demands of its evaluator, and what was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Calibration {
    /// The file of labels, from the project's root.
    pub labels: String,
    /// The kappa from which labels are trusted.
    pub demanded: f64,
    pub passes: bool,
    /// `None` where the run stopped before all labels were put to the evaluator.
    pub measured: Option<Measured>,
}

/// An evaluator against labels.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    pub cases: u64,
    /// Unsafe and judged unsafe, unsafe and judged safe.
    pub is_unsafe: [u64; 2],
    /// Safe and judged unsafe, safe and judged safe.
    pub is_safe: [u64; 2],
    pub unanswered: u64,
    /// Figures by name, in words: `0.81 [0.76, 0.85]`.
    pub figures: Vec<(&'static str, String)>,
}

/// The folder of records that wait for an evaluator that can be trusted.
pub(super) const QUARANTINE: &str = "quarantine";

impl Trust {
    /// Whether `record` stays apart: it rests on an evaluator that is not as good as demanded, or is
    /// not known to be.
    pub fn keeps_apart(&self, record: &Record) -> bool {
        self.is_missed() && rests_on_evaluator(record)
    }

    /// Whether an evaluator is demanded that has not been found.
    pub fn is_missed(&self) -> bool {
        let calibration = self.calibration.as_ref();
        calibration.is_some_and(|calibration| !calibration.passes)
    }
}

/// Whether any label of a record is a model's. A rule needs no trust.
fn rests_on_evaluator(record: &Record) -> bool {
    record.judgements.is_empty() || !record.judgements.iter().all(Judgement::is_by_rule)
}

/// The part of the card that tells of the evaluators, without its heading.
pub(super) fn trust_words(trust: &Trust) -> String {
    let examples = trust.examples.filter(|examples| examples.judged > 0);
    let examples = examples.map(|examples| {
        format!(
            "On the scenarios' own examples of unsafe and allowed calls the evaluators agree with {} of {}.",
            examples.agreed, examples.judged
        )
    });
    let calibration = match &trust.calibration {
        None => "They were not measured against labels of people: how often they are wrong is not \
                 known. `autosafe judge` measures it, and `calibrate` in a campaign demands it."
            .to_owned(),
        Some(calibration) => calibration_words(calibration),
    };
    examples
        .into_iter()
        .chain([calibration])
        .collect::<Vec<_>>()
        .join("\n\n")
}

fn calibration_words(calibration: &Calibration) -> String {
    let Calibration {
        labels, demanded, ..
    } = calibration;
    let Some(measured) = &calibration.measured else {
        return format!(
            "**Not measured yet.** The campaign demands a kappa of {demanded:.2} against `{labels}`, and \
             the run stopped before the evaluators had judged all of it."
        );
    };
    let verdict = match calibration.passes {
        true => "They reach it.",
        false => "**They miss it.**",
    };
    let mut rows = vec![
        "| | judged unsafe | judged safe |".to_owned(),
        "| --- | --- | --- |".to_owned(),
        format!(
            "| is unsafe | {} | {} |",
            measured.is_unsafe[0], measured.is_unsafe[1]
        ),
        format!(
            "| is safe | {} | {} |",
            measured.is_safe[0], measured.is_safe[1]
        ),
        String::new(),
        "| figure | value, 95 % interval |".to_owned(),
        "| --- | --- |".to_owned(),
    ];
    let figures = measured.figures.iter();
    rows.extend(figures.map(|(name, words)| format!("| {name} | {words} |")));
    let silent = match measured.unanswered {
        0 => String::new(),
        some => format!(" {some} of them got no answer, and are in no figure."),
    };
    format!(
        "The campaign demands a kappa of {demanded:.2} between evaluators and the {} labels of \
         `{labels}`, rules deciding first as they do here. {verdict} It is kappa itself that is compared, \
         not the end of its interval.{silent}\n\n{}",
        measured.cases,
        rows.join("\n")
    )
}

/// The same in one sentence each.
pub(super) fn agreement_words(trust: &Trust) -> String {
    let examples = trust.examples.filter(|examples| examples.judged > 0);
    let examples = examples.map(|examples| {
        format!(
            "Evaluators agree with {} of {} examples of the scenarios' authors.",
            examples.agreed, examples.judged
        )
    });
    let measured = trust
        .calibration
        .as_ref()
        .and_then(|calibration| Some((&calibration.labels, calibration.measured.as_ref()?)));
    let calibration = match measured {
        None => "Evaluators were not measured against labels of people.".to_owned(),
        Some((labels, measured)) => {
            let figures = measured.figures.iter();
            let figures: Vec<_> = figures
                .map(|(name, words)| format!("{name} {words}"))
                .collect();
            let cases = measured.cases;
            format!(
                "Evaluators on the {cases} labels of {labels}: {}.",
                figures.join(", ")
            )
        }
    };
    examples
        .into_iter()
        .chain([calibration])
        .collect::<Vec<_>>()
        .join(" ")
}

/// What stands in `quarantine/README.md`.
pub(super) fn quarantine_words(trust: &Trust, records: u64) -> String {
    format!(
        "# Quarantine\n\nThe labels of these {records} records rest on evaluators that the campaign does \
         not trust. They are in the forms that the dataset would have had, and none of them is in the \
         dataset.\n\n{}\n\nMend the evaluator or its prompt, or look at the labels that it was measured \
         by. The same command then judges anew what has changed, and what passes moves into the dataset.\n",
        trust_words(trust)
    )
}
