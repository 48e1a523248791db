//! An item from its instruction to its endings.

use futures_util::future::{join, join_all};

use tracing::{Instrument as _, Span, info_span};

use crate::plan::{ItemPlace, Scene};

use super::generate::{generate, scene_at};
use super::judge::Case;
use super::past_step::steps_of;
use super::propose::Conduct;
use super::recording::{Outcome, enter_sums, record};
use super::respond::respond;
use super::rollout::{RolledOut, roll_out};
use super::situation::Situation;
use super::twin::{generate_twin, is_over_refusal};
use super::verify::{confirm, score};
use crate::run::ask::Asker;
use crate::run::call_path::CallPath;
use crate::run::context::RunContext;
use crate::run::departure::{Departure, Failure, FailureKind, Halt};
use crate::run::journal::{Finished, name, sql_index};
use crate::run::record::{Ending, Judgement, Kind, Record};
use crate::run::stages::Stage;
use crate::run::standouts::{ItemSpending, Took};
use crate::run::tally::{Sums, Tally};

/// What became of every trajectory of the item at `place`.
pub(in crate::run) async fn run_item(
    run: &RunContext,
    place: &ItemPlace,
) -> Result<Finished, Halt> {
    let mut endings = Endings::default();
    match scene_at(run, place) {
        Ok(scene) => {
            let asker = Asker::open(run, sql_index(place.index), &scene.id.0);
            let asker = asker.map_err(Halt::Journal)?;
            let span = Span::current();
            span.record("autosafe.item", scene.id.0.as_str());
            span.record("autosafe.scenario", scene.scenario.as_str());
            run_scene(&asker, &scene, &mut endings).await?;
            endings.take_note(&scene, asker.took());
        }
        Err(departure) => endings.depart(run.items.id(place).0, departure)?,
    }
    Ok(endings.finish())
}

async fn run_scene(asker: &Asker<'_>, scene: &Scene, endings: &mut Endings) -> Result<(), Halt> {
    let run = asker.run;
    reach(run, scene, Stage::Generate);
    let id = &scene.id.0;
    let generating = generate(run, asker, scene).instrument(info_span!("generate"));
    let generated = match generating.await {
        Ok(generated) => generated,
        Err(departure) => return endings.depart(id.clone(), departure),
    };
    reach(run, scene, Stage::Rollout);
    let situation = Situation {
        scene,
        instruction: generated.instruction.clone(),
        expected_achievements: generated.expected_achievements.clone(),
        risky_outcomes: generated.risky_outcomes.clone(),
        context: scene.context.clone(),
        cell: scene.cell,
        planted: &scene.planted,
        is_twin: false,
        harms: run.harms.of(&scene.outcomes),
        toolbox: run.toolboxes.of(scene),
    };
    let item = CallPath::item();
    let risks = run_trajectories(asker, &situation, id, &item);
    let twins = async {
        if !scene.has_twin {
            return None;
        }
        let twin = run_twin(asker, scene, &generated.instruction);
        Some(twin.instrument(info_span!("twin")).await)
    };
    let (risks, twins) = join(risks, twins).await;
    endings.take(run, risks, &generated.sums)?;
    match twins {
        None => Ok(()),
        Some(Err(departure)) => endings.depart(format!("{id}/twin"), departure),
        Some(Ok((twins, sums))) => endings.take(run, twins, &sums),
    }
}

async fn run_twin(
    asker: &Asker<'_>,
    scene: &Scene,
    instruction: &str,
) -> Result<(Vec<Trajectory>, Sums), Departure> {
    let tally = Tally::default();
    let twin = generate_twin(asker, &tally, scene, instruction).await?;
    let id = format!("{}/twin", scene.id.0);
    let base = CallPath::item().then("twin");
    let trajectories = run_trajectories(asker, &twin, &id, &base).await;
    Ok((trajectories, tally.sums()))
}

/// One trajectory that came to its end, and what its answers took.
struct Trajectory {
    id: String,
    end: Result<Box<Record>, Departure>,
    sums: Sums,
}

/// All trajectories, beside each other and apart from each other.
async fn run_trajectories(
    asker: &Asker<'_>,
    situation: &Situation<'_>,
    id: &str,
    base: &CallPath,
) -> Vec<Trajectory> {
    let count = asker.run.plan.work.rollout.trajectories as usize;
    let all = (0..count).map(|index| async move {
        let id = format!("{id}/{index}");
        let tally = Tally::default();
        let base = base.at("rollout", index);
        let outcome = run_trajectory(asker, &tally, situation, &base)
            .instrument(info_span!("trajectory", autosafe.trajectory = index as i64))
            .await;
        let end =
            outcome.map(|outcome| Box::new(record(asker.run, situation, id.clone(), outcome)));
        let sums = tally.sums();
        Trajectory { id, end, sums }
    });
    join_all(all).await
}

async fn run_trajectory(
    asker: &Asker<'_>,
    tally: &Tally,
    situation: &Situation<'_>,
    base: &CallPath,
) -> Result<Outcome, Departure> {
    let agent = Conduct::of_agent(asker);
    let rolled = roll_out(asker, tally, &agent, situation, base)
        .instrument(info_span!("rollout"))
        .await?;
    if rolled.verdict.is_safe() {
        return end_safely(asker, tally, situation, base, rolled).await;
    }
    if situation.is_twin {
        return end_unsafely(asker, tally, situation, rolled).await;
    }
    find_response(asker, tally, situation, base, rolled).await
}

/// A rollout that ended without a trigger.
async fn end_safely(
    asker: &Asker<'_>,
    tally: &Tally,
    situation: &Situation<'_>,
    base: &CallPath,
    rolled: RolledOut,
) -> Result<Outcome, Departure> {
    reach(asker.run, situation.scene, Stage::Verify);
    let judgements = rolled.confirmed(asker, tally, situation).await?;
    let (history, action) = (&rolled.history, &rolled.action);
    let helpfulness = score(asker, tally, situation, base, history, action).await?;
    let refusal = helpfulness.map(|score| is_over_refusal(action, score));
    Ok(Outcome {
        kind: if situation.is_twin {
            Kind::Twin
        } else {
            Kind::Safe
        },
        steps: steps_of(rolled.history),
        unsafe_action: None,
        safe_action: Some(rolled.verdict.label(rolled.action)),
        reflections: Vec::new(),
        judgements,
        helpfulness,
        over_refusal: refusal.filter(|_| situation.is_twin),
    })
}

/// A twin whose agent did harm all the same: no refusal, and nothing to respond to.
async fn end_unsafely(
    asker: &Asker<'_>,
    tally: &Tally,
    situation: &Situation<'_>,
    rolled: RolledOut,
) -> Result<Outcome, Departure> {
    reach(asker.run, situation.scene, Stage::Verify);
    let judgements = rolled.confirmed(asker, tally, situation).await?;
    Ok(Outcome {
        kind: Kind::Twin,
        steps: steps_of(rolled.history),
        unsafe_action: Some(rolled.verdict.label(rolled.action)),
        safe_action: None,
        reflections: Vec::new(),
        judgements,
        helpfulness: None,
        over_refusal: Some(false),
    })
}

/// A risk scenario: its trigger is known, and a safe action is looked for.
///
/// The panel confirms the trigger first, as there is nothing to respond to without one.
async fn find_response(
    asker: &Asker<'_>,
    tally: &Tally,
    situation: &Situation<'_>,
    base: &CallPath,
    rolled: RolledOut,
) -> Result<Outcome, Departure> {
    let history = &rolled.history;
    let mut judgements = rolled.confirmed(asker, tally, situation).await?;
    reach(asker.run, situation.scene, Stage::Respond);
    let response = respond(asker, tally, situation, base, history)
        .instrument(info_span!("respond"))
        .await?;
    reach(asker.run, situation.scene, Stage::Verify);
    let answer = Case {
        action: &response.action,
        at: &response.at,
        ..rolled.case(situation)
    };
    judgements.extend(response.judgements.iter().cloned());
    judgements.extend(confirm(asker, tally, answer, &response.of, &response.verdict).await?);
    let helpfulness = score(asker, tally, situation, base, history, &response.action).await?;
    Ok(Outcome {
        kind: Kind::Risk,
        unsafe_action: Some(rolled.verdict.label(rolled.action)),
        safe_action: Some(response.verdict.label(response.action)),
        steps: steps_of(rolled.history),
        reflections: response.reflections,
        judgements,
        helpfulness,
        over_refusal: None,
    })
}

impl RolledOut {
    /// The judgements on the way, and the panel's on the action that ended it.
    async fn confirmed(
        &self,
        asker: &Asker<'_>,
        tally: &Tally,
        situation: &Situation<'_>,
    ) -> Result<Vec<Judgement>, Departure> {
        let ended = self.case(situation);
        let mut judgements = self.judgements.clone();
        judgements.extend(confirm(asker, tally, ended, &self.of, &self.verdict).await?);
        Ok(judgements)
    }

    fn case<'c>(&'c self, situation: &'c Situation<'c>) -> Case<'c> {
        Case {
            situation,
            history: &self.history,
            action: &self.action,
            at: &self.at,
        }
    }
}

fn reach(run: &RunContext, scene: &Scene, stage: Stage) {
    run.stages.reach(scene.place.index, stage);
}

/// Gathers the endings of an item, and counts them.
#[derive(Default)]
struct Endings(Finished);

impl Endings {
    /// Takes in trajectories of one instruction, which took `generation`: that is entered with the
    /// first record, so that adding up records counts it once.
    fn take(
        &mut self,
        run: &RunContext,
        trajectories: Vec<Trajectory>,
        generation: &Sums,
    ) -> Result<(), Halt> {
        let mut generation = Some(generation);
        for mut trajectory in trajectories {
            match trajectory.end {
                Err(departure) => self.depart(trajectory.id, departure)?,
                Ok(mut record) => {
                    if let Some(generation) = generation.take() {
                        trajectory.sums.merge(generation);
                    }
                    enter_sums(run, &mut record, &trajectory.sums);
                    self.keep(record);
                }
            }
        }
        Ok(())
    }

    fn keep(&mut self, record: Box<Record>) {
        let counts = &mut self.0.counts;
        counts.increase(format!("{}{}", name::RECORDS, kind_word(record.kind)));
        counts.increase(format!("{}{}", name::CELLS, record.cell));
        for outcome in &record.outcomes {
            counts.increase(format!("{}{}/{outcome}", name::OUTCOMES, record.cell));
        }
        self.0.endings.push(Ending::Kept { record });
    }

    /// A trajectory that gave no record; a halt is no ending.
    fn depart(&mut self, id: String, departure: Departure) -> Result<(), Halt> {
        let counts = &mut self.0.counts;
        match departure {
            Departure::Halted(halt) => return Err(halt),
            Departure::Dropped { reason, detail } => {
                counts.increase(format!("{}{}", name::DROPS, reason.words()));
                self.0.endings.push(Ending::Dropped { id, reason, detail });
            }
            Departure::Failed(Failure { kind, error }) => {
                counts.increase(format!("{}{}", name::FAILURES, kind.words()));
                self.0.again |= kind.may_pass();
                self.0.endings.push(Ending::Failed { id, error });
            }
        }
        Ok(())
    }

    /// What the whole item took.
    fn take_note(&mut self, scene: &Scene, took: Took) {
        self.0.took = Some(ItemSpending::of(&scene.id.0, &scene.scenario, took));
    }

    /// The item counts as failed when any part of it failed, else as done when any was kept.
    fn finish(mut self) -> Finished {
        let is_failed = |ending: &Ending| matches!(ending, Ending::Failed { .. });
        let is_kept = |ending: &Ending| matches!(ending, Ending::Kept { .. });
        let counted = if self.0.endings.iter().any(is_failed) {
            name::FAILED
        } else if self.0.endings.iter().any(is_kept) {
            name::DONE
        } else {
            name::DROPPED
        };
        self.0.counts.increase(counted);
        self.0
    }
}

/// What became of an item in which this program made a mistake.
pub(in crate::run) fn internal_failure(id: String, what: &str) -> Finished {
    let mut endings = Endings::default();
    let error = format!("internal error: {what}, please report");
    let failed = endings.depart(id, Departure::failed(FailureKind::Internal, error));
    debug_assert!(failed.is_ok(), "a failure is no halt");
    endings.finish()
}

fn kind_word(kind: Kind) -> &'static str {
    match kind {
        Kind::Risk => "risk",
        Kind::Safe => "safe",
        Kind::Twin => "twin",
    }
}
