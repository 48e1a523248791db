//! `calibrate { … }` of a campaign: the labels that its evaluator is measured against.

use super::checker::Checker;
use super::fields::{FieldRule, Fields, Shape, Table};
use super::program::Calibrate;
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

impl Checker<'_> {
    /// What `calibrate` asks for; nothing where it names no file that can be read, which is told.
    pub(super) fn read_calibrate(&self, module: ModuleId, fields: &Fields) -> Option<Calibrate> {
        let text = fields.text("labels")?;
        let file = self.workspace.attached_file(module, &text.value)?;
        let file = self.workspace.sources.file(file);
        let rows = match check_labels(file) {
            Ok(rows) => rows,
            Err(problems) => {
                self.say_all(problems);
                return None;
            }
        };
        Some(Calibrate {
            labels: file.name().to_owned(),
            rows,
            kappa: fields.number("kappa").unwrap_or(KAPPA),
        })
    }
}
