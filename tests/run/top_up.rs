//! Rows of which too few records were kept get further samples, and no more than that.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use autosafe::model::{Answer, CallError, Model, Sim};
use autosafe::plan::Plan;
use autosafe::run::{
    self, Ending, RunOptions, RunSummary, ShortBecause, Silence, StopReason, TopUp,
};
use serde_json::json;

use crate::models::{Noted, gateway, ordinary, said, scripted};
use crate::plans::{plan, scripted_plan};
use crate::{endings, folder, run_simulated, runtime, written};

const TOP_UP: TopUp = TopUp {
    kept: 4,
    attempts: 6,
};

fn options(folder: &Path, top_up: impl Into<Option<TopUp>>) -> RunOptions {
    RunOptions {
        top_up: top_up.into(),
        ..RunOptions::in_folder(folder)
    }
}

fn run_of(plan: &Plan, model: Arc<dyn Model>, options: RunOptions) -> RunSummary {
    let run = run::execute_with(gateway(vec![("M", model)]), plan.clone(), options, Silence);
    runtime().block_on(run).expect("the run ends")
}

fn top_up_to(kept: u32, plan: &Plan, folder: &Path) -> RunSummary {
    let top_up = TopUp { kept, ..TOP_UP };
    run_of(plan, Arc::new(Sim), options(folder, top_up))
}

/// The ids of the records in `folder`, with the row that each is of.
fn records(folder: &Path) -> BTreeMap<String, usize> {
    let kept = endings(folder)
        .into_iter()
        .filter_map(|ending| match ending {
            Ending::Kept { record } => Some((record.id.clone(), record.row as usize)),
            Ending::Dropped { .. } | Ending::Failed { .. } => None,
        });
    kept.collect()
}

fn kept_of_rows(folder: &Path) -> [usize; 2] {
    let records = records(folder);
    [0, 1].map(|row| records.values().filter(|of| **of == row).count())
}

/// Two rows of two samples for a scripted model, which reads of which row it is asked.
fn two_rows() -> Plan {
    scripted_plan(|plan| {
        plan["work"]["prompts"]["generator"] = json!("{{ brief }}");
        plan["work"]["prompts"]["simulator"] = json!("{{ context }}");
        plan["work"]["scenarios"][0]["rows"] = json!([[0], [1]]);
        plan["work"]["scenarios"][0]["samples"] = json!(2);
    })
}

/// The generator writes every other instruction of the row `shared note`, and never one of a row
/// that is called `never`.
fn unwilling(never: &'static str) -> Arc<dyn Model> {
    let asked = AtomicUsize::new(0);
    scripted(move |question| {
        if question.role == "generator" {
            let is_note = question.prompt.contains("shared note");
            let asked = asked.fetch_add(usize::from(is_note), Ordering::Relaxed);
            if question.prompt.contains(never) || (is_note && asked.is_multiple_of(2)) {
                return Ok(Answer {
                    refusal: Some("no".to_owned()),
                    ..said("")
                });
            }
        }
        Ok(ordinary(question))
    })
}

#[test]
fn each_row_gets_samples_until_enough_are_kept_and_no_more() {
    let (plan, folder) = (two_rows(), folder());
    let summary = run_of(&plan, unwilling("nothing"), options(folder.path(), TOP_UP));
    assert_eq!(summary.stop, StopReason::Finished);
    assert_eq!(kept_of_rows(folder.path()), [4, 4]);
    let top_up = summary.top_up.expect("it was asked for");
    assert_eq!((top_up.short, top_up.first.len()), (0, 0));
    // Two of each row are planned; the first row needs two more, the other more than that.
    let items = summary.items;
    assert!(items.topped_up > 4, "{items:?}");
    assert_eq!(items.total, 4 + items.topped_up);
    assert_eq!(items.finished(), items.total);
    let status = run::status(folder.path()).expect("there is a run");
    assert_eq!(status.items, items);
    assert_eq!(status.top_up, Some(TOP_UP));
}

#[test]
fn twins_do_not_count_and_trajectories_do() {
    let folder = folder();
    let plan = plan(|plan| {
        plan["work"]["twins"] = json!(1.0);
        plan["work"]["rollout"]["trajectories"] = json!(3);
    });
    let summary = top_up_to(8, &plan, folder.path());
    assert_eq!(summary.top_up.expect("it was asked for").short, 0);
    let mut kept = [0, 0];
    for ending in endings(folder.path()) {
        if let Ending::Kept { record } = ending
            && record.kind != run::Kind::Twin
        {
            kept[record.row as usize] += 1;
        }
    }
    // Never a sample more than was needed, whatever its trajectories give.
    assert!(kept.iter().all(|kept| (8..11).contains(kept)), "{kept:?}");
}

#[test]
fn a_row_that_keeps_nothing_is_given_up_and_told_of() {
    let (plan, folder) = (two_rows(), folder());
    let model = unwilling("mail thread");
    let summary = run_of(&plan, model.clone(), options(folder.path(), TOP_UP));
    assert_eq!(summary.stop, StopReason::Finished);
    assert_eq!(kept_of_rows(folder.path()), [0, 4]);
    let top_up = summary.top_up.expect("it was asked for");
    assert_eq!(top_up.short, 1);
    let row = &top_up.first[0];
    assert_eq!((row.scenario.as_str(), row.row), ("SecretForwarded", 0));
    assert_eq!(
        (row.attempts, row.kept, row.why),
        (6, 0, ShortBecause::GivenUp)
    );
    assert_eq!(
        row.reasons,
        BTreeMap::from([("refused by a role".to_owned(), 6)])
    );
    let events = std::fs::read_to_string(folder.path().join("events.jsonl")).expect("a log");
    assert_eq!(events.matches("\"row_given_up\"").count(), 1, "{events}");

    // The next life knows, and pays for nothing.
    let again = run_of(&plan, model, options(folder.path(), None));
    assert_eq!((again.calls, again.top_up), (summary.calls, Some(top_up)));
}

#[test]
fn further_samples_are_those_of_a_plan_with_more() {
    let (few, many) = (folder(), folder());
    let small = plan(|_| {});
    let large = plan(|plan| plan["work"]["scenarios"][0]["samples"] = json!(9));
    top_up_to(4, &small, few.path());
    run_simulated(&large, many.path());
    let (topped, whole) = (records(few.path()), records(many.path()));
    assert!(topped.len() > 4, "{topped:?}");
    let ids = |records: &BTreeMap<String, usize>| records.keys().cloned().collect::<BTreeSet<_>>();
    assert!(ids(&topped).is_subset(&ids(&whole)), "{topped:?} {whole:?}");

    // So a plan with more adopts them, and asks for the rest alone.
    let adopting = folder();
    let noted = Noted::default();
    let adopt = RunOptions {
        adopt: Some(few.path().to_path_buf()),
        ..RunOptions::in_folder(adopting.path())
    };
    let summary = run_of(&large, Arc::new(noted.clone()), adopt);
    assert_eq!(written(adopting.path()), written(many.path()));
    let topped = run::status(few.path()).expect("there is a run");
    assert_eq!(summary.adopted.calls, topped.calls);
    let asked = noted.seeds.lock().expect("no panic").len() as u64;
    assert_eq!(asked, summary.calls - topped.calls);
}

#[test]
fn a_topped_up_run_adopts_what_topped_up_an_earlier_one() {
    let (earlier, later) = (folder(), folder());
    let first = top_up_to(4, &plan(|_| {}), earlier.path());
    let edited = plan(|plan| plan["work"]["split"]["by"] = json!("scenario"));
    let noted = Noted::default();
    let adopt = RunOptions {
        adopt: Some(earlier.path().to_path_buf()),
        ..options(later.path(), TOP_UP)
    };
    let summary = run_of(&edited, Arc::new(noted.clone()), adopt);
    assert_eq!(noted.seeds.lock().expect("no panic").len(), 0);
    assert_eq!(summary.items, first.items);
    assert_eq!(records(later.path()), records(earlier.path()));
}

#[test]
fn topping_up_twice_is_topping_up_once_to_the_larger_number() {
    let (twice, once) = (folder(), folder());
    let plan = plan(|_| {});
    run_simulated(&plan, twice.path());
    top_up_to(3, &plan, twice.path());
    let before = written(twice.path());
    top_up_to(2, &plan, twice.path());
    assert_eq!(
        written(twice.path()),
        before,
        "fewer than there are takes nothing back"
    );
    let second = top_up_to(5, &plan, twice.path());
    let only = top_up_to(5, &plan, once.path());
    assert_eq!(written(twice.path()), written(once.path()));
    assert_eq!((second.calls, second.items), (only.calls, only.items));
}

#[test]
fn the_run_remembers_how_far_it_is_topped_up_until_it_is_told_otherwise() {
    let (run, alone) = (folder(), folder());
    let bounded = |tokens: u64| plan(|plan| plan["settings"]["budget"]["tokens"] = json!(tokens));
    let whole = top_up_to(5, &bounded(1_000_000_000), alone.path());
    let planned = run_simulated(&bounded(1_000_000_000), folder().path());
    // Enough for the plan, and for half of what tops it up.
    let some = (planned.usage.total() + whole.usage.total()) / 2;
    let stopped = top_up_to(5, &bounded(some), run.path());
    assert_eq!(stopped.stop, StopReason::Budget);
    assert!(stopped.items.total < whole.items.total, "{stopped:?}");
    let limited = RunOptions {
        limit: Some(1),
        ..options(run.path(), None)
    };
    let limited = run_of(&bounded(1_000_000_000), Arc::new(Sim), limited);
    assert_eq!(
        limited.calls, stopped.calls,
        "a limited life tops nothing up"
    );
    let goes_on = options(run.path(), None);
    let finished = run_of(&bounded(1_000_000_000), Arc::new(Sim), goes_on);
    assert_eq!(finished.stop, StopReason::Finished);
    assert_eq!(written(run.path()), written(alone.path()));

    let off = TopUp { kept: 0, ..TOP_UP };
    run_of(
        &bounded(1_000_000_000),
        Arc::new(Sim),
        options(run.path(), off),
    );
    let status = self::run::status(run.path()).expect("there is a run");
    assert_eq!(status.top_up, None);
}

#[test]
fn a_row_waits_for_what_got_no_answer_and_writes_what_it_would_have() {
    let (run, alone) = (folder(), folder());
    let plan = two_rows();
    let is_down = Arc::new(AtomicBool::new(true));
    let model = || {
        let is_down = Arc::clone(&is_down);
        scripted(move |question| match question.role {
            "simulator"
                if question.prompt.contains("shared note") && is_down.load(Ordering::Relaxed) =>
            {
                Err(CallError::Rejected {
                    status: 422,
                    message: "down".to_owned(),
                })
            }
            _ => Ok(ordinary(question)),
        })
    };
    let first = run_of(&plan, model(), options(run.path(), TOP_UP));
    let top_up = first.top_up.expect("it was asked for");
    assert_eq!(top_up.short, 1, "{top_up:?}");
    assert_eq!(top_up.first[0].why, ShortBecause::Unanswered);
    assert_eq!(
        top_up.first[0].attempts, 2,
        "no money is spent on top of failures"
    );
    assert_eq!(kept_of_rows(run.path()), [4, 0]);

    is_down.store(false, Ordering::Relaxed);
    let second = run_of(&plan, model(), options(run.path(), None));
    assert_eq!(second.items.failed, 0);
    run_of(&plan, model(), options(alone.path(), TOP_UP));
    assert_eq!(written(run.path()), written(alone.path()));
}

#[test]
fn failures_that_are_tried_again_count_once_in_a_row() {
    let (run, alone) = (folder(), folder());
    let plan = two_rows();
    let is_odd = Arc::new(AtomicBool::new(true));
    let model = || {
        let is_odd = Arc::clone(&is_odd);
        scripted(move |question| match question.role {
            "generator"
                if question.prompt.contains("shared note") && is_odd.load(Ordering::Relaxed) =>
            {
                Ok(said("no JSON at all"))
            }
            _ => Ok(ordinary(question)),
        })
    };
    let first = run_of(&plan, model(), options(run.path(), TOP_UP));
    let top_up = first.top_up.expect("it was asked for");
    assert_eq!(top_up.first[0].why, ShortBecause::GivenUp);
    assert_eq!(top_up.first[0].attempts, u64::from(TOP_UP.attempts));

    is_odd.store(false, Ordering::Relaxed);
    let again = RunOptions {
        retry_failed: true,
        ..options(run.path(), None)
    };
    let second = run_of(&plan, model(), again);
    assert_eq!(
        (second.items.failed, second.top_up.map(|it| it.short)),
        (0, Some(0))
    );
    run_of(&plan, model(), options(alone.path(), TOP_UP));
    assert_eq!(kept_of_rows(alone.path()), [4, 4]);
    assert!(kept_of_rows(run.path())[1] >= 4);
}
