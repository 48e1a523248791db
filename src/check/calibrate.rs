//! `calibrate { … }` of a campaign: the labels that its evaluator is measured against.

use serde::{Deserialize, Serialize};

use super::checker::Checker;
use super::fields::{FieldRule, Fields, Shape, Table};
use crate::import::check_labels;
use crate::resolve::ModuleId;

/// The fields of `calibrate`.
pub(super) const CALIBRATE: Table = Table {
    owner: "`calibrate`",
    fields: &[
        FieldRule::required(
            "labels",
            Shape::Text,
            "name a file of labelled actions, such as `labels = \"labels.jsonl\"`; `autosafe label` makes one",
        ),
        FieldRule::optional(
            "kappa",
            Shape::Number {
                least: 0.0,
                most: 1.0,
            },
        ),
    ],
};

/// Agreement that Landis and Koch (Biometrics 33, 1977) call substantial.
const KAPPA: f64 = 0.6;

/// What a campaign's evaluator is measured against, and how well it must agree. It changes no work.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Calibrate {
    /// The file of labels, by its path from the project's root.
    pub labels: String,
    /// Cohen's kappa between evaluator and labels that the labels of a run are trusted from, 0 to 1.
    pub kappa: f64,
}

impl Checker<'_> {
    /// What `calibrate` asks for; nothing where it names no file that can be read, which is told.
    pub(super) fn read_calibrate(&self, module: ModuleId, fields: &Fields) -> Option<Calibrate> {
        let text = fields.text("labels")?;
        let file = self.workspace.attached_file(module, &text.value)?;
        let file = self.workspace.sources.file(file);
        let problems = check_labels(file);
        if !problems.is_empty() {
            problems.into_iter().for_each(|problem| self.say(problem));
            return None;
        }
        Some(Calibrate {
            labels: file.name().to_owned(),
            kappa: fields.number("kappa").unwrap_or(KAPPA),
        })
    }
}
