//! How far the labels of a run can be trusted, and what follows for its rates.

use serde::Serialize;

use crate::check::Evaluate;
use crate::dataset::PanelAgreement;
use crate::eval::{Calibrated, JudgeReport, Rate, RunRates};
use crate::plan::{ItemPlace, Items};
use crate::run::{DropReason, Ending, ExampleAgreement};

/// What is known of a run's evaluators.
#[derive(Debug, Serialize)]
pub struct Evaluators {
    /// On the scenarios' own examples.
    pub examples: Option<ExampleAgreement>,
    pub panel: PanelAgreement,
    /// Against labels; `None` where the campaign demands no calibration.
    pub calibration: Option<Finding>,
    /// How often actions are unsafe, as judged and corrected.
    pub rates: Vec<Rate>,
}

/// What a campaign demands of its evaluator, and what was found.
#[derive(Debug, Serialize)]
pub struct Finding {
    pub words: String,
    pub passes: bool,
    /// The kappa that is demanded.
    pub kappa: f64,
    pub measured: Option<JudgeReport>,
}

/// Gathers what the endings of a run tell of its evaluators.
#[derive(Debug, Default)]
pub(super) struct EvaluatorsSoFar {
    rates: RunRates,
    panel: PanelAgreement,
}

impl EvaluatorsSoFar {
    pub(super) fn enter(&mut self, items: &Items, place: &ItemPlace, ending: &Ending) {
        match ending {
            Ending::Kept { record } => {
                self.rates.add(record);
                self.panel.add(&record.judgements);
            }
            Ending::Dropped {
                reason: DropReason::NoSafeAction,
                ..
            } => {
                let scenario = &items.plan().work.scenarios[place.scenario];
                self.rates
                    .add_never_safe(scenario.evaluate == Evaluate::Rules);
            }
            Ending::Dropped { .. } | Ending::Failed { .. } => {}
        }
    }

    pub(super) fn finish(
        self,
        examples: Option<ExampleAgreement>,
        calibrated: Option<Calibrated>,
    ) -> Evaluators {
        let models = calibrated.as_ref().and_then(Calibrated::by_model);
        Evaluators {
            examples,
            panel: self.panel,
            rates: self.rates.table(models.as_ref()),
            calibration: calibrated.map(|it| Finding {
                words: it.words(),
                passes: it.passes(),
                kappa: it.demanded.kappa,
                measured: it.measured,
            }),
        }
    }
}
