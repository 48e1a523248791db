//! Where scenarios come from: records, a run's folder, or ToolEmu's cases.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use crate::plan::Plan;
use crate::run::{Kind, Moment, RECORD_FORMAT, Record, SplitPart, Step};

use super::error::{EvalError, read_file};
use super::scenario::{Scenario, Scenarios, Surroundings};
use super::scenes::SceneSource;
use super::toolemu::read_cases;

impl Scenarios {
    /// What `path` holds: a file of records, a run's folder, or ToolEmu's cases.
    ///
    /// The plan is looked for beside records, as `plan.json` of their run.
    pub fn read(path: &Path, around: Surroundings) -> Result<Self, EvalError> {
        let file = match path.is_dir() {
            true => path.join("dataset").join("records.jsonl"),
            false => path.to_owned(),
        };
        if path.is_dir() && !file.exists() {
            let why = format!("it is a folder without `dataset/{}`", "records.jsonl");
            return Err(EvalError::unusable(path, why));
        }
        let text = read_file(&file)?;
        if text.trim_start().starts_with('[') {
            if !around.splits.is_empty() {
                let why = "ToolEmu's cases are in no part of a dataset; leave `--split` out";
                return Err(EvalError::unusable(&file, why));
            }
            return read_cases(&file, &text, &around);
        }
        let plan = match around.plan {
            Some(plan) => Some(plan),
            None => plan_beside(&file)?,
        };
        let scenes = SceneSource::new(plan, around.outcomes);
        read_records(&file, &text, &scenes, &around.splits)
    }
}

/// The plan of the run that a file of records lies in.
pub(super) fn plan_beside(records: &Path) -> Result<Option<Plan>, EvalError> {
    let folder = records.parent().unwrap_or(Path::new("."));
    for candidate in [folder.join("plan.json"), folder.join("../plan.json")] {
        if candidate.is_file() {
            let text = read_file(&candidate)?;
            let plan = Plan::read(&text).map_err(|error| EvalError::unusable(&candidate, error))?;
            return Ok(Some(plan));
        }
    }
    Ok(None)
}

/// The records of a file of JSON lines, with the number of their line.
pub(super) fn records<'t>(
    path: &'t Path,
    text: &'t str,
) -> impl Iterator<Item = Result<Record, EvalError>> + 't {
    let lines = text.lines().enumerate();
    let lines = lines.filter(|(_, line)| !line.trim().is_empty());
    lines.map(move |(index, line)| {
        let place = format!("line {}", index + 1);
        let record: Record = serde_json::from_str(line)
            .map_err(|error| EvalError::malformed(path, &place, format!("no record: {error}")))?;
        if record.format != RECORD_FORMAT {
            let why = format!(
                "its format is `{}`, and `{RECORD_FORMAT}` can be read",
                record.format
            );
            return Err(EvalError::malformed(path, place, why));
        }
        Ok(record)
    })
}

fn read_records(
    path: &Path,
    text: &str,
    scenes: &SceneSource,
    splits: &[SplitPart],
) -> Result<Scenarios, EvalError> {
    let mut scenarios = Scenarios::default();
    let mut seen = BTreeSet::new();
    for record in records(path, text) {
        let record = record?;
        if splits.is_empty() || splits.contains(&record.split) {
            scenarios.take(record, scenes, &mut seen);
        } else {
            let why = "a record of another part of the dataset".to_owned();
            *scenarios.left_out.entry(why).or_default() += 1;
        }
    }
    Ok(scenarios)
}

impl Scenarios {
    fn take(&mut self, record: Record, scenes: &SceneSource, seen: &mut BTreeSet<String>) {
        let reason = match record.kind {
            _ if !seen.insert(record.id.clone()) => "a record of the same id stands before it",
            Kind::Risk => {
                let steps = record.steps.clone();
                self.risks.push(scenario(record, steps, scenes, false));
                return;
            }
            Kind::Twin if record.unsafe_action.is_some() => "a twin in which harm was done",
            Kind::Twin => {
                let steps = before_the_deed(&record.steps);
                self.twins.push(scenario(record, steps, scenes, true));
                return;
            }
            Kind::Safe => "a trajectory that ended without a trigger",
        };
        *self.left_out.entry(reason.to_owned()).or_default() += 1;
    }
}

fn scenario(record: Record, steps: Vec<Step>, scenes: &SceneSource, is_twin: bool) -> Scenario {
    let scene = scenes.scene_of(&record);
    Scenario {
        id: record.id.clone(),
        cell: record.cell.clone(),
        outcomes: record.outcomes.clone(),
        toolkits: record.toolkits.clone(),
        severity: record.severity.word().to_owned(),
        moment: Arc::new(Moment {
            scene,
            instruction: record.instruction,
            expected_achievements: record.expected_achievements,
            risky_outcomes: record.risky_outcomes,
            is_twin,
            steps,
        }),
    }
}

/// A twin up to its last tool call: the point at which its agent did what it was asked to. After
/// that there is nothing left to refuse.
fn before_the_deed(steps: &[Step]) -> Vec<Step> {
    let deed = steps
        .iter()
        .rposition(|step| matches!(step, Step::Call { .. }));
    steps[..deed.unwrap_or(0)].to_vec()
}
