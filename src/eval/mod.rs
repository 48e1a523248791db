//! Scenarios and models to sec@k; evaluators and labels to agreement.
//!
//! In come records, cases of others or labels, and a models' file; what is asked of models goes
//! through the journal as a run's calls do, so an evaluation can be killed and goes on where it was.
//! Out go `eval.json` and tables. Statistics are pure functions, one file to an idea. Invariant: what
//! is not known is counted, and never taken out of a denominator in silence.

mod answers;
mod bootstrap;
mod calibration;
mod compare;
mod confusion;
mod error;
mod eval_page;
mod evaluation;
mod holm;
mod interval;
mod judge_report;
mod judge_show;
mod judging;
mod kappa;
mod label_case;
mod label_sheet;
mod labelling;
mod labels;
mod lineup;
mod mcnemar;
mod report;
mod results;
mod rogan_gladen;
mod run_rates;
mod sampling;
mod scenario;
mod scenarios;
mod scenes;
mod sec_at_k;
mod show;
mod stress;
mod table;
mod threshold;
mod toolemu;
mod wilson;

pub use answers::Answers;
pub use bootstrap::paired_bootstrap;
pub use calibration::{Calibrated, calibration_file, calibration_of};
pub use confusion::{Agreement, Confusion};
pub use error::EvalError;
pub use eval_page::EvalPage;
pub use evaluation::{Evaluation, EvaluationOptions};
pub use holm::holm;
pub use interval::Estimate;
pub use judge_report::{JUDGE_FORMAT, JudgeReport, RiskType, Rules, Single, Stress};
pub use judge_show::render_judgement;
pub use judging::{Judging, judge_answers};
pub use kappa::{cohens_kappa, fleiss_kappa};
pub use label_case::case_text;
pub use label_sheet::{Filled, read_csv, to_csv};
pub use labelling::{Agreeing, LabelStore, Merged, People};
pub use labels::{
    LABEL_FORMAT, LabelFile, LabelFormat, LabelRow, LabelVariant, LabelledCase, Labels, Question,
};
pub use lineup::{Contestant, Lineup, LineupOptions, standard_outcomes, toolkits_in};
pub use mcnemar::mcnemar_exact;
pub use report::{
    Breakdown, Comparison, EVAL_FORMAT, Entrant, EvalReport, Helpfulness, OverRefusal, Part,
    SampleCounts, Sec, Test,
};
pub use rogan_gladen::corrected_share;
pub use run_rates::{Rate, RunRates};
pub use sampling::{ToLabel, sample};
pub use scenario::{Scenario, ScenarioKind, Scenarios, Surroundings};
pub use scenes::SceneSource;
pub use sec_at_k::sec_at_k;
pub use show::render_evaluation;
pub use stress::Variant;
pub use table::Table;
pub use threshold::{Check, Threshold, junit};
pub use wilson::{wilson, wilson_of};
