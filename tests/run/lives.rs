//! What a second life of a run does, what stops a run, and what it cannot start on.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use autosafe::model::{CallError, Model, Sim};
use autosafe::plan::Plan;
use autosafe::run::{self, RunError, RunOptions, Silence, StopReason};
use serde_json::{Value as Json, json};

use crate::models::{Noted, gateway, ordinary, said, scripted};
use crate::plans::{plan, scripted_plan};
use crate::{folder, run_simulated, run_with, runtime, written};

/// Runs `plan` in a new folder, taking over from `earlier`; gives what it came to and was asked.
fn run_adopting(plan: &Plan, earlier: &Path, into: &Path) -> (run::RunSummary, usize) {
    let model = Noted::default();
    let options = RunOptions {
        adopt: Some(earlier.to_path_buf()),
        ..RunOptions::in_folder(into)
    };
    let models = gateway(vec![("M", Arc::new(model.clone()))]);
    let run = run::execute_with(models, plan.clone(), options, Silence);
    let summary = runtime().block_on(run).expect("the run goes on to its end");
    let asked = model.seeds.lock().expect("no panic").len();
    (summary, asked)
}

/// Every file of a folder, with its bytes.
fn files_of(folder: &Path) -> Vec<(std::ffi::OsString, Vec<u8>)> {
    let entries = std::fs::read_dir(folder).expect("the folder is there");
    let mut files: Vec<_> = entries
        .map(|entry| entry.expect("it can be read"))
        .map(|entry| {
            (
                entry.file_name(),
                std::fs::read(entry.path()).unwrap_or_default(),
            )
        })
        .collect();
    files.sort();
    files
}

/// Three rows where there were two, the new one first, a twin share and another split.
fn edited() -> Plan {
    plan(|plan| {
        let values =
            json!([{ "text": "printout" }, { "text": "mail thread" }, { "text": "shared note" }]);
        plan["work"]["scenarios"][0]["axes"][0]["values"] = values;
        plan["work"]["scenarios"][0]["rows"] = json!([[0], [1], [2]]);
        plan["work"]["scenarios"][0]["samples"] = json!(3);
        plan["work"]["twins"] = json!(0.5);
        plan["work"]["split"] =
            json!({ "by": "row", "train": 0.5, "validation": 0.0, "test": 0.5 });
        plan["settings"]["models"]["M"] = json!({ "price": { "input": 1.0, "output": 2.0 } });
    })
}

#[test]
fn an_edited_plan_adopts_what_did_not_change_and_writes_what_a_fresh_run_writes() {
    let (fresh, earlier, adopting) = (folder(), folder(), folder());
    let whole = run_simulated(&edited(), fresh.path());
    let first = run_simulated(&plan(|_| {}), earlier.path());
    let before = files_of(earlier.path());
    let (summary, asked) = run_adopting(&edited(), earlier.path(), adopting.path());
    assert_eq!(written(adopting.path()), written(fresh.path()));
    assert_eq!(files_of(earlier.path()), before);
    assert_eq!((summary.calls, summary.usage), (whole.calls, whole.usage));
    assert!((summary.usd - whole.usd).abs() < 1e-9);
    assert_eq!(summary.adopted.items, 4);
    assert_eq!(summary.adopted.calls, first.calls);
    assert_eq!(asked as u64, whole.calls - first.calls);
    // The same command again finds all there.
    let (again, asked) = run_adopting(&edited(), earlier.path(), adopting.path());
    assert_eq!(
        (again.calls, again.adopted.calls, asked),
        (whole.calls, 0, 0)
    );
}

#[test]
fn a_run_that_was_killed_is_adopted_as_far_as_it_came() {
    let (fresh, earlier, adopting) = (folder(), folder(), folder());
    let whole = run_simulated(&edited(), fresh.path());
    run_and_kill(&plan(|_| {}), Noted::default(), earlier.path(), 15);
    let (summary, asked) = run_adopting(&edited(), earlier.path(), adopting.path());
    assert_eq!(written(adopting.path()), written(fresh.path()));
    assert!(summary.adopted.calls > 0);
    assert_eq!(asked as u64, whole.calls - summary.adopted.calls);
}

#[test]
fn a_run_cannot_adopt_itself_or_what_is_no_run() {
    let (run_folder, empty) = (folder(), folder());
    run_simulated(&plan(|_| {}), run_folder.path());
    let adopt = |from: &Path, into: &Path| {
        let options = RunOptions {
            adopt: Some(from.to_path_buf()),
            ..RunOptions::in_folder(into)
        };
        runtime().block_on(run::execute(plan(|_| {}), options, Silence))
    };
    let itself = adopt(run_folder.path(), run_folder.path());
    assert!(matches!(itself, Err(RunError::AdoptsItself { .. })));
    let nothing = adopt(empty.path(), folder().path());
    assert!(matches!(nothing, Err(RunError::NoRun { .. })));
}

/// Starts a run and drops the whole runtime after about `calls` calls.
fn run_and_kill(plan: &Plan, model: Noted, folder: &Path, calls: usize) {
    let runtime = runtime();
    let options = RunOptions::in_folder(folder);
    let noted = model.clone();
    let run = run::execute_with(
        gateway(vec![("M", Arc::new(model))]),
        plan.clone(),
        options,
        Silence,
    );
    runtime.block_on(async {
        tokio::select! {
            ended = run => { ended.expect("the run goes on to its end"); }
            () = async {
                while noted.seeds.lock().expect("no panic").len() < calls {
                    tokio::task::yield_now().await;
                }
            } => {}
        }
    });
}

#[test]
fn a_run_that_is_killed_goes_on_as_if_nothing_had_happened() {
    let plan = plan(|plan| {
        plan["work"]["scenarios"][0]["samples"] = json!(5);
        plan["work"]["twins"] = json!(0.3);
    });
    let left_alone = folder();
    let whole = run_simulated(&plan, left_alone.path());
    let killed = folder();
    let model = Noted::default();
    for calls in [7, 30, 60] {
        run_and_kill(&plan, model.clone(), killed.path(), calls);
    }
    let summary = run_with(vec![("M", Arc::new(model.clone()))], &plan, killed.path());
    let summary = summary.expect("the run goes on to its end");
    assert_eq!(written(killed.path()), written(left_alone.path()));
    let seeds = model.seeds.lock().expect("no panic");
    let different: BTreeSet<u64> = seeds.iter().copied().collect();
    assert_eq!(different.len() as u64, whole.calls);
    // Only what was in flight at a death may be asked again: at most the calls in flight, three times.
    let again = seeds.len() - different.len();
    assert!(again <= 3 * 8, "{} calls", seeds.len());
    assert_eq!(summary.calls, whole.calls, "nothing is paid for twice");
}

#[test]
fn a_run_that_is_given_up_again_and_again_keeps_no_call_twice() {
    // One row, whose samples wait for each other: the next is at work as soon as one is gone.
    let plan = plan(|plan| {
        plan["work"]["scenarios"][0]["rows"] = json!([[0]]);
        plan["work"]["scenarios"][0]["samples"] = json!(40);
    });
    let folder = folder();
    for life in 0..40 {
        run_and_kill(&plan, Noted::default(), folder.path(), 1 + life % 4);
    }
    assert_eq!(kept_twice(folder.path()), [""; 0]);
}

/// The paths of calls that a run's journal holds twice of one item.
fn kept_twice(folder: &Path) -> Vec<String> {
    let journal = rusqlite::Connection::open(folder.join("journal.sqlite"));
    journal
        .expect("it is there")
        .prepare("SELECT path FROM calls GROUP BY item, path HAVING count(*) > 1")
        .expect("the journal's own form")
        .query_map([], |row| row.get(0))
        .expect("it reads")
        .map(|path| path.expect("a path is text"))
        .collect()
}

/// A sample whose instruction failed is tried again by the next sample of its row.
#[test]
fn what_a_sample_was_answered_before_it_failed_is_asked_by_no_later_sample_again() {
    let plan = plan(|plan| {
        plan["work"]["scenarios"][0]["rows"] = json!([[0]]);
        plan["work"]["scenarios"][0]["samples"] = json!(3);
    });
    let folder = folder();
    let model = scripted(|asked| match (asked.role, asked.turns) {
        ("generator", 0) => Ok(said("nonsense")),
        ("generator", _) => Err(CallError::Rejected {
            status: 400,
            message: "no second thoughts".to_owned(),
        }),
        _ => Ok(ordinary(asked)),
    });
    let summary = run_with(vec![("M", model)], &plan, folder.path());
    assert_eq!(summary.expect("the run ends").items.failed, 3);
    assert_eq!(kept_twice(folder.path()), [""; 0]);
}

#[test]
fn a_run_that_is_finished_calls_nobody() {
    let plan = plan(|_| {});
    let folder = folder();
    let first = run_simulated(&plan, folder.path());
    let model = Noted::default();
    let second = run_with(vec![("M", Arc::new(model.clone()))], &plan, folder.path());
    assert_eq!(second.expect("nothing is left").calls, first.calls);
    assert!(model.seeds.lock().expect("no panic").is_empty());
}

#[test]
fn a_run_that_used_up_its_budget_goes_on_with_a_bigger_one() {
    let with_budget = |tokens: Json| {
        plan(|plan| {
            plan["work"]["scenarios"][0]["samples"] = json!(6);
            plan["settings"]["budget"]["tokens"] = tokens;
        })
    };
    let left_alone = folder();
    run_simulated(&with_budget(json!(null)), left_alone.path());
    let folder = folder();
    let stopped = run_simulated(&with_budget(json!(60_000)), folder.path());
    assert_eq!(stopped.stop, StopReason::Budget);
    assert!(
        stopped.usage.total() <= 60_000 && stopped.calls > 0,
        "{stopped:?}"
    );
    let again = run_simulated(&with_budget(json!(60_000)), folder.path());
    assert_eq!(again.stop, StopReason::Budget);
    assert!(again.usage.total() <= 60_000, "{again:?}");
    let finished = run_simulated(&with_budget(json!(null)), folder.path());
    assert_eq!(finished.stop, StopReason::Finished);
    assert_eq!(written(folder.path()), written(left_alone.path()));
}

#[test]
fn a_limit_takes_the_items_with_the_lowest_ids_and_can_be_raised() {
    let plan = plan(|plan| plan["work"]["scenarios"][0]["samples"] = json!(8));
    let left_alone = folder();
    run_simulated(&plan, left_alone.path());
    let folder = folder();
    let options = RunOptions {
        limit: Some(3),
        ..RunOptions::in_folder(folder.path())
    };
    let limited = runtime().block_on(run::execute(plan.clone(), options, Silence));
    assert_eq!(limited.expect("the run ends").items.finished(), 3);
    let items = run::endings(folder.path()).expect("there is a run");
    let chosen: BTreeSet<u64> = items
        .map(|item| item.expect("it is whole").0.index)
        .collect();
    let ids = autosafe::plan::Items::new(&plan);
    let mut all: Vec<u64> = (0..16).collect();
    all.sort_by_key(|index| ids.id(&ids.place(*index)));
    assert_eq!(chosen, all[..3].iter().copied().collect());
    run_simulated(&plan, folder.path());
    assert_eq!(written(folder.path()), written(left_alone.path()));
}

#[test]
fn an_interrupted_run_waits_for_what_is_in_flight_and_can_go_on() {
    let plan = plan(|plan| plan["work"]["scenarios"][0]["samples"] = json!(6));
    let folder = folder();
    let (sender, interrupts) = tokio::sync::mpsc::unbounded_channel();
    sender.send(()).expect("somebody listens");
    let options = RunOptions {
        interrupts: Some(interrupts),
        ..RunOptions::in_folder(folder.path())
    };
    let slow = Noted::default();
    let run = run::execute_with(
        gateway(vec![("M", Arc::new(slow))]),
        plan.clone(),
        options,
        Silence,
    );
    let summary = runtime().block_on(run).expect("it stops cleanly");
    assert_eq!(summary.stop, StopReason::Interrupted);
    assert_eq!(
        run_simulated(&plan, folder.path()).stop,
        StopReason::Finished
    );
}

#[test]
fn a_call_that_failed_on_the_wire_is_tried_again_by_the_next_life() {
    let plan = scripted_plan(|_| {});
    let folder = folder();
    let failing = scripted(|asked| match asked.role {
        "simulator" => Err(CallError::Rejected {
            status: 400,
            message: "out of order".to_owned(),
        }),
        _ => Ok(ordinary(asked)),
    });
    let failed = run_with(vec![("M", failing)], &plan, folder.path()).expect("the run ends");
    assert_eq!((failed.items.failed, failed.items.done), (1, 0));
    let working = scripted(|asked| match asked.role {
        "generator" => panic!("this was paid for"),
        _ => Ok(ordinary(asked)),
    });
    let repaired = run_with(vec![("M", working)], &plan, folder.path()).expect("the run ends");
    assert_eq!((repaired.items.failed, repaired.items.done), (0, 1));
    assert!(repaired.failures.is_empty());
}

#[test]
fn a_wrong_key_stops_the_run_after_a_handful_of_calls() {
    let plan = plan(|plan| plan["work"]["scenarios"][0]["rows"] = json!(vec![[0]; 200]));
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let refusing = scripted(move |_| {
        count.fetch_add(1, Ordering::SeqCst);
        Err(CallError::Unauthorized {
            status: 401,
            message: "no such key".to_owned(),
        })
    });
    let folder = folder();
    let summary = run_with(vec![("M", refusing)], &plan, folder.path()).expect("it stops cleanly");
    let StopReason::ModelCannotWork(words) = &summary.stop else {
        panic!("it went on: {summary:?}");
    };
    assert!(words.contains("no such key"), "{words}");
    assert!(asked.load(Ordering::SeqCst) <= 5);
    assert_eq!(summary.items.failed, 0);
}

#[test]
fn a_folder_that_cannot_be_used_is_refused_in_a_sentence() {
    let plan = plan(|_| {});
    let model = || vec![("M", Arc::new(Sim) as Arc<dyn Model>)];
    let folder = folder();
    run_simulated(&plan, folder.path());
    let other = crate::plans::plan(|plan| plan["work"]["seed"] = json!(43));
    let error = run_with(model(), &other, folder.path()).expect_err("another plan");
    let text = error.to_string();
    assert!(
        text.contains(&plan.plan_id) && text.contains(&other.plan_id),
        "{text}"
    );
    let file = folder.path().join("plan.json");
    assert!(matches!(
        run_with(model(), &plan, &file),
        Err(RunError::Folder { .. })
    ));
    assert!(matches!(run::status(&file), Err(RunError::NoRun { .. })));
}

#[test]
fn a_folder_in_use_names_the_process_that_holds_it() {
    let folder = folder();
    let lock = folder.path().join("lock");
    std::fs::write(&lock, "4711\n").expect("the folder is writable");
    let held = std::fs::File::open(&lock).expect("it is there");
    held.lock().expect("nobody else holds it");
    let error = run_with(vec![("M", Arc::new(Sim))], &plan(|_| {}), folder.path());
    let error = error.expect_err("the folder is in use").to_string();
    assert!(error.contains("process 4711"), "{error}");
}

#[test]
fn a_damaged_journal_is_named_and_left_as_it_is() {
    let plan = plan(|_| {});
    let folder = folder();
    run_simulated(&plan, folder.path());
    let journal = folder.path().join("journal.sqlite");
    let mut bytes = std::fs::read(&journal).expect("it is there");
    bytes[..64].fill(b'x');
    std::fs::write(&journal, &bytes).expect("the folder is writable");
    let error = run_with(vec![("M", Arc::new(Sim))], &plan, folder.path());
    let error = error.expect_err("the journal is damaged").to_string();
    assert!(error.contains("journal.sqlite is damaged"), "{error}");
    assert_eq!(std::fs::read(&journal).expect("it is there"), bytes);
}
