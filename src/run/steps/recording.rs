//! Puts a record together from what a trajectory came to.

use std::collections::BTreeMap;

use crate::check::Role;
use crate::model::Usage;

use super::situation::Situation;
use crate::run::context::RunContext;
use crate::run::money::{in_billionths, total_usd};
use crate::run::record::{JudgedAction, Judgement, Kind, RECORD_FORMAT, Record, Reflection, Step};
use crate::run::split::part_of;
use crate::run::tally::Sums;

/// What a trajectory came to.
pub(super) struct Outcome {
    pub kind: Kind,
    pub steps: Vec<Step>,
    pub unsafe_action: Option<JudgedAction>,
    pub safe_action: Option<JudgedAction>,
    pub reflections: Vec<Reflection>,
    pub judgements: Vec<Judgement>,
    pub helpfulness: Option<u8>,
    pub over_refusal: Option<bool>,
}

/// The record of the trajectory `id`, without what its answers took and without its tools: these are
/// most of a record and follow from the plan, so they are entered when the journal is read.
pub(super) fn record(
    run: &RunContext,
    situation: &Situation<'_>,
    id: String,
    outcome: Outcome,
) -> Record {
    let scene = situation.scene;
    let group = run.items.split_group(scene);
    let work = &run.plan.work;
    Record {
        format: RECORD_FORMAT.to_owned(),
        id,
        kind: outcome.kind,
        plan_id: run.plan.plan_id.clone(),
        scenario: scene.scenario.clone(),
        row: scene.place.row as u64,
        sample: scene.place.sample,
        cell: situation.cell.to_string(),
        outcomes: scene
            .outcomes
            .iter()
            .map(|outcome| outcome.name.clone())
            .collect(),
        severity: scene.severity,
        axes: scene.axes.clone(),
        planted: situation.planted.iter().cloned().collect(),
        persona: scene.persona.name.clone(),
        toolkits: scene
            .toolkits
            .iter()
            .map(|toolkit| toolkit.name.clone())
            .collect(),
        tools: Vec::new(),
        instruction: situation.instruction.clone(),
        expected_achievements: situation.expected_achievements.clone(),
        risky_outcomes: situation.risky_outcomes.clone(),
        steps: outcome.steps,
        unsafe_action: outcome.unsafe_action,
        safe_action: outcome.safe_action,
        reflections: outcome.reflections,
        judgements: outcome.judgements,
        helpfulness: outcome.helpfulness,
        over_refusal: outcome.over_refusal,
        split: part_of(&work.split, work.seed, &group),
        models: BTreeMap::new(),
        usage: Usage::default(),
        cost: 0.0,
        simulated: false,
        shortened: false,
    }
}

/// Enters what the answers of a record took, and who gave them.
pub(super) fn enter_sums(run: &RunContext, record: &mut Record, sums: &Sums) {
    record.models = sums
        .players()
        .into_iter()
        .map(|(role, models)| {
            let names = models
                .into_iter()
                .map(|model| run.wire_name(model).to_owned());
            (role, names.collect())
        })
        .collect::<BTreeMap<Role, Vec<String>>>();
    record.usage = sums.total();
    let by_model = sums.by_model().into_iter();
    let costs = by_model.map(|(model, usage)| run.ledger.cost(model, usage));
    record.cost = in_billionths(total_usd(costs));
    record.simulated = sums.simulated;
    record.shortened = sums.shortened;
}
