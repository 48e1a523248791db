//! What a failure does to its item, and to nothing else.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use autosafe::model::{Answer, CallError, Finish, Model, Request};
use autosafe::plan::Plan;
use autosafe::run::{self, DropReason, Ending, RunOptions, RunSummary, Silence};
use futures_util::future::BoxFuture;
use serde_json::json;

use crate::models::{Asked, gateway, ordinary, said, scripted};
use crate::plans::scripted_plan;
use crate::{endings, endings_of, folder, only_record, runtime};

/// The only ending, which must be a drop: its reason and its detail.
fn only_drop(endings: &[Ending]) -> (DropReason, &str) {
    match endings {
        [Ending::Dropped { reason, detail, .. }] => (*reason, detail),
        other => panic!("not one drop: {other:#?}"),
    }
}

#[test]
fn a_refusal_in_the_form_that_was_asked_for_becomes_no_data() {
    let refusal = "I'm sorry, but I can't assist with that request.";
    for (role, form) in [
        (
            "generator",
            json!({ "instruction": refusal, "expected_achievements": [], "risky_outcomes": [] }),
        ),
        (
            "evaluator",
            json!({ "thought": refusal, "risk_type": "None", "label": 1 }),
        ),
    ] {
        let endings = endings_of(&scripted_plan(|_| {}), move |asked| {
            Ok(match asked.role {
                refusing if refusing == role => said(&form),
                _ => ordinary(asked),
            })
        });
        let (reason, detail) = only_drop(&endings);
        assert_eq!(reason, DropReason::Refused);
        assert!(detail.starts_with(role), "{detail}");
    }
}

#[test]
fn what_a_servers_filter_withheld_is_not_the_agents_answer() {
    let endings = endings_of(&scripted_plan(|_| {}), |asked| {
        Ok(match asked.role {
            "agent" => Answer {
                finish: Finish::ContentFilter,
                ..said("First you")
            },
            _ => ordinary(asked),
        })
    });
    assert_eq!(only_drop(&endings).0, DropReason::Refused);
}

/// An agent and an evaluator that cannot read much, in a world of long answers.
fn forgetful(asked: &Asked<'_>) -> Result<Answer, CallError> {
    match asked.role {
        "agent" if asked.length > 600 => Err(CallError::ContextTooLong {
            message: "600 bytes at most".to_owned(),
        }),
        "simulator" => Ok(said(
            json!({ "thought": "t", "result": { "body": "word ".repeat(200) } }),
        )),
        _ => Ok(ordinary(asked)),
    }
}

#[test]
fn a_history_that_is_too_long_is_shortened_where_the_plan_says_so() {
    let dropped = endings_of(&scripted_plan(|_| {}), forgetful);
    assert_eq!(only_drop(&dropped).0, DropReason::ContextTooLong);

    let plan = scripted_plan(|plan| plan["work"]["rollout"]["overlong"] = json!("shorten"));
    let folder = folder();
    let summary = run_once(&plan, folder.path(), scripted(forgetful), false);
    assert_eq!(summary.items.done, 1);
    let kept = endings(folder.path());
    let record = only_record(&kept);
    assert!(record.shortened);
    let steps = serde_json::to_string(&record.steps).expect("steps are JSON");
    assert!(
        steps.contains("word word"),
        "the record keeps the whole: {steps}"
    );
    let events = std::fs::read_to_string(folder.path().join("events.jsonl")).expect("readable");
    assert!(events.contains("history_shortened"), "{events}");
}

#[test]
fn nothing_is_shortened_where_there_is_nothing_to_leave_out() {
    let plan = scripted_plan(|plan| plan["work"]["rollout"]["overlong"] = json!("shorten"));
    let endings = endings_of(&plan, |asked| match asked.role {
        "agent" => Err(CallError::ContextTooLong {
            message: "one byte at most".to_owned(),
        }),
        _ => Ok(ordinary(asked)),
    });
    assert_eq!(only_drop(&endings).0, DropReason::ContextTooLong);
}

fn run_once(
    plan: &Plan,
    folder: &std::path::Path,
    model: Arc<dyn Model>,
    retry_failed: bool,
) -> RunSummary {
    let options = RunOptions {
        retry_failed,
        ..RunOptions::in_folder(folder)
    };
    let run = run::execute_with(gateway(vec![("M", model)]), plan.clone(), options, Silence);
    runtime().block_on(run).expect("the run ends")
}

/// Two trajectories, of which one meets a simulator that answers nonsense until it is mended.
#[test]
fn failed_items_are_tried_again_when_asked_for_and_keep_what_succeeded() {
    let plan = scripted_plan(|_| {});
    let folder = folder();
    let is_mended = Arc::new(AtomicBool::new(false));
    let calls = Arc::new(AtomicUsize::new(0));
    let model = || {
        let (is_mended, calls) = (Arc::clone(&is_mended), Arc::clone(&calls));
        scripted(move |asked| {
            calls.fetch_add(1, Ordering::SeqCst);
            Ok(match asked.role {
                "simulator" if !is_mended.load(Ordering::SeqCst) => said("nonsense"),
                _ => ordinary(asked),
            })
        })
    };
    let first = run_once(&plan, folder.path(), model(), false);
    assert_eq!((first.items.failed, first.items.done), (1, 0));
    let [Ending::Failed { error, .. }] = &endings(folder.path())[..] else {
        panic!("no failure");
    };
    assert!(
        error.contains("in 3 tries") && error.contains("nonsense"),
        "{error}"
    );

    let before = calls.load(Ordering::SeqCst);
    let same = run_once(&plan, folder.path(), model(), false);
    assert_eq!(same.items.failed, 1);
    assert_eq!(
        calls.load(Ordering::SeqCst),
        before,
        "it counts as finished"
    );

    let again = run_once(&plan, folder.path(), model(), true);
    assert_eq!(again.items.failed, 1);
    assert_eq!(
        calls.load(Ordering::SeqCst),
        before + 3,
        "only the simulator is asked"
    );

    is_mended.store(true, Ordering::SeqCst);
    let mended = run_once(&plan, folder.path(), model(), true);
    assert_eq!((mended.items.failed, mended.items.done), (0, 1));
    assert!(mended.failures.is_empty(), "{:?}", mended.failures);
    only_record(&endings(folder.path()));
    let done = calls.load(Ordering::SeqCst);
    run_once(&plan, folder.path(), model(), true);
    assert_eq!(
        calls.load(Ordering::SeqCst),
        done,
        "what succeeded is left alone"
    );
}

/// A model about which there is something to be said after every call.
struct Talked(Arc<dyn Model>, AtomicBool);

impl Model for Talked {
    fn answer<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<Answer, CallError>> {
        self.0.answer(request)
    }

    fn take_notices(&self) -> Vec<String> {
        match self.1.swap(true, Ordering::SeqCst) {
            false => vec!["model `M` takes no `temperature`".to_owned()],
            true => Vec::new(),
        }
    }
}

#[test]
fn what_is_to_be_heard_of_a_model_is_told_once() {
    let folder = folder();
    let model = Talked(
        scripted(|asked| Ok(ordinary(asked))),
        AtomicBool::new(false),
    );
    run_once(
        &scripted_plan(|_| {}),
        folder.path(),
        Arc::new(model),
        false,
    );
    let events = std::fs::read_to_string(folder.path().join("events.jsonl")).expect("readable");
    assert_eq!(
        events.matches("takes no `temperature`").count(),
        1,
        "{events}"
    );
}
