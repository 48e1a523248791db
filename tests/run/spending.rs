//! What a run says of its cost: by role and model, and by the items that took most.

use std::path::Path;
use std::sync::Arc;

use autosafe::check::Role;
use autosafe::model::{Model, Sim};
use autosafe::plan::Plan;
use autosafe::run::{self, Ending, RoleSpending, RunOptions, RunSummary, Silence, Status};
use serde_json::json;

use crate::models::gateway;
use crate::plans::plan;
use crate::{endings, folder, runtime};

/// Four items, judged by a model of its own; only that and the agent cost money.
fn priced() -> Plan {
    plan(|plan| {
        plan["work"]["models"]["Judge"] = json!({ "provider": "sim", "name": "sim" });
        plan["work"]["roles"]["evaluator"] = json!([[{ "model": "Judge", "temperature": 0.0 }]]);
        plan["work"]["twins"] = json!(0.5);
        plan["settings"]["models"]["Judge"] = json!({ "price": { "input": 1.0, "output": 10.0 } });
    })
}

fn run_in(folder: &Path, limit: Option<u64>, keep_calls: bool) -> RunSummary {
    let sim = || Arc::new(Sim) as Arc<dyn Model>;
    let options = RunOptions {
        limit,
        keep_calls,
        ..RunOptions::in_folder(folder)
    };
    let models = gateway(vec![("M", sim()), ("Judge", sim())]);
    let run = run::execute_with(models, priced(), options, Silence);
    runtime().block_on(run).expect("the run goes on to its end")
}

fn status(folder: &Path) -> Status {
    run::status(folder).expect("there is a run")
}

#[test]
fn cost_is_told_by_role_and_model_and_adds_up() {
    let folder = folder();
    let summary = run_in(folder.path(), None, true);
    let spending = run::spending(folder.path()).expect("there is a run");
    assert_eq!(spending, status(folder.path()).spending);
    let calls: u64 = spending.iter().map(|it| it.calls).sum();
    let tokens: u64 = spending.iter().map(|it| it.usage.total()).sum();
    assert_eq!((calls, tokens), (summary.calls, summary.usage.total()));
    for RoleSpending {
        role,
        model,
        usage,
        usd,
        ..
    } in &spending
    {
        let is_judge = *role == Role::Evaluator;
        assert_eq!(model.as_str(), if is_judge { "Judge" } else { "M" });
        let expected = if is_judge {
            (usage.input as f64 + 10.0 * usage.output as f64) / 1e6
        } else {
            0.0
        };
        assert!((usd - expected).abs() < 1e-9, "{role:?} {usd} {expected}");
    }
    let roles: Vec<Role> = spending.iter().map(|it| it.role).collect();
    assert!(roles.is_sorted() && roles.len() >= 5, "{roles:?}");
}

#[test]
fn the_figures_are_those_of_all_lives_and_dropped_calls_lose_none() {
    let (at_once, in_lives) = (folder(), folder());
    run_in(at_once.path(), None, true);
    let whole = status(at_once.path());
    for limit in [Some(1), Some(3), None] {
        run_in(in_lives.path(), limit, false);
    }
    run_in(in_lives.path(), None, false);
    let summary = status(in_lives.path());
    let counted = |summary: &Status| -> Vec<_> {
        let each = summary.spending.iter();
        each.map(|it| (it.role, it.model.clone(), it.calls, it.usage))
            .collect()
    };
    assert_eq!(counted(&summary), counted(&whole));
    assert_eq!(summary.outcomes, whole.outcomes);
    assert_eq!(summary.cells, whole.cells);
    let items = |summary: &Status| -> Vec<_> {
        let each = summary.dearest.iter();
        each.map(|it| (it.item.clone(), it.calls, it.tokens))
            .collect()
    };
    assert_eq!(items(&summary), items(&whole));
}

#[test]
fn the_items_that_took_most_are_named_with_what_they_took() {
    let folder = folder();
    run_in(folder.path(), None, true);
    let summary = status(folder.path());
    let usd: f64 = summary.dearest.iter().map(|it| it.usd).sum();
    let calls: u64 = summary.dearest.iter().map(|it| it.calls).sum();
    assert_eq!(summary.dearest.len(), 4, "there are no more items");
    assert!((usd - summary.usd).abs() < 1e-9, "{usd} {}", summary.usd);
    assert_eq!(calls, summary.calls);
    assert!(
        summary
            .dearest
            .is_sorted_by(|one, other| one.usd >= other.usd)
    );
    assert!(
        summary
            .slowest
            .is_sorted_by(|one, other| one.seconds >= other.seconds)
    );
    assert!(
        summary
            .dearest
            .iter()
            .all(|it| it.scenario == "SecretForwarded")
    );
}

#[test]
fn records_are_counted_by_cell_and_outcome() {
    let folder = folder();
    run_in(folder.path(), None, true);
    let summary = status(folder.path());
    let endings = endings(folder.path());
    let records = endings.iter().filter_map(|ending| match ending {
        Ending::Kept { record } => Some(record),
        Ending::Dropped { .. } | Ending::Failed { .. } => None,
    });
    let cells: Vec<&str> = records.map(|record| record.cell.as_str()).collect();
    assert!(!cells.is_empty());
    for (cell, count) in &summary.cells {
        let here = cells.iter().filter(|it| *it == cell).count();
        assert_eq!(*count, here as u64);
        assert_eq!(summary.outcomes["Leak"][cell], *count);
    }
    assert_eq!(summary.cells.values().sum::<u64>(), cells.len() as u64);
}
