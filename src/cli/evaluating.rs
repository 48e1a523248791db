//! What `eval` and `judge` share: the models' file, the carrying out, and what
//! is written.

use std::path::Path;
use std::sync::Arc;

use super::budget_override::BudgetOverride;
use super::exit::{Exit, Failure};
use super::output::{print_diagnostics, print_error, why_unwritten};
use super::program;
use super::runs::{failure_of, start_runtime};
use crate::check::{Budget, Program};
use crate::eval::{
    Confusion, EvalError, Lineup, LineupOptions, Surroundings, standard_outcomes, toolkits_in,
};
use crate::plan::Plan;
use crate::run::{
    Progress, RunSummary, StopReason, Trial, TrialsOptions, TrialsOutcome, carry_out_trials,
    interrupts_from_outside,
};

/// What an error of the evaluation's room means on the command line.
pub fn eval_failure(error: EvalError) -> Failure {
    Failure::usage(error.to_string())
}

/// The program of a models' file; its problems go to standard error.
pub fn models_program(path: &Path) -> Result<Program, Failure> {
    let analysis = program::load(path)?;
    if analysis.has_errors() {
        print_diagnostics(&analysis.diagnostics, &analysis.workspace.sources);
        return Err(Failure {
            message: format!("`{}` cannot be compiled", path.display()),
            exit: Exit::SourceErrors,
        });
    }
    Ok(analysis.program)
}

/// Who is evaluated and who judges.
pub fn lineup(
    models: &Path,
    campaign: Option<&str>,
    names: &[String],
    evaluators: &[String],
    limits: &[BudgetOverride],
    seed: Option<u64>,
) -> Result<Lineup, Failure> {
    let program = models_program(models)?;
    let mut budget = Budget::default();
    for limit in limits {
        limit.apply(&mut budget);
    }
    let options = LineupOptions {
        campaign,
        models: names,
        evaluators,
        budget,
        seed,
    };
    Lineup::of(&program, &options).map_err(eval_failure)
}

/// What is known beside a file of scenarios or labels: outcomes, toolkits, the plan.
pub fn around_scenarios(
    models: &Path,
    toolkits: Option<&Path>,
    plan: Option<&Path>,
) -> Result<Surroundings, Failure> {
    let program = models_program(models)?;
    let mut outcomes = standard_outcomes();
    outcomes.extend(program.outcomes.into_values());
    let mut known: Vec<_> = program.toolkits.into_values().collect();
    if let Some(path) = toolkits {
        let name = path.display().to_string();
        let text = read_text(path)?;
        known.extend(toolkits_in(&name, &text).map_err(Failure::usage)?);
    }
    Ok(Surroundings {
        plan: plan.map(read_plan).transpose()?,
        outcomes,
        toolkits: known,
        ..Surroundings::default()
    })
}

fn read_plan(path: &Path) -> Result<Plan, Failure> {
    Plan::read(&read_text(path)?)
        .map_err(|error| Failure::usage(format!("cannot use `{}`: {error}", path.display())))
}

/// The text of a file that was named on the command line.
pub fn read_text(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path)
        .map_err(|error| Failure::usage(format!("cannot read `{}`: {error}", path.display())))
}

/// How the evaluator was found to judge, from the file that `autosafe judge` wrote.
pub fn measured(path: &Path) -> Result<Confusion, Failure> {
    #[derive(serde::Deserialize)]
    struct Measurement {
        overall: Overall,
    }
    #[derive(serde::Deserialize)]
    struct Overall {
        confusion: Confusion,
    }
    let read: Result<Measurement, _> = serde_json::from_str(&read_text(path)?);
    read.map(|it| it.overall.confusion).map_err(|error| {
        Failure::usage(format!(
            "`{}` is no `judge.json` as `autosafe judge` writes it: {error}",
            path.display()
        ))
    })
}

/// Carries trials out in `folder`, or goes on with them.
pub fn carry_out(
    plan: Plan,
    trials: Vec<Trial>,
    folder: &Path,
    concurrency: Option<u32>,
    progress: Box<dyn Progress>,
) -> Result<TrialsOutcome, Failure> {
    start_runtime()?.block_on(async {
        let options = TrialsOptions {
            folder: folder.to_path_buf(),
            concurrency: concurrency.map(|calls| calls as usize),
            environment: Arc::new(|name| std::env::var(name).ok()),
            interrupts: Some(interrupts_from_outside()),
        };
        carry_out_trials(plan, trials, options, progress)
            .await
            .map_err(failure_of)
    })
}

/// What a person should know of an evaluation that stopped before its end.
pub fn note_stop(stop: &StopReason) {
    match stop {
        StopReason::Finished => {}
        StopReason::Budget => print_error(
            "the budget is spent; the same command with a larger `--budget` goes on where it stopped",
        ),
        StopReason::ModelCannotWork(words) => print_error(&format!(
            "{words}\nmend the model's declaration or its key; the same command goes on where it stopped"
        )),
        StopReason::Interrupted => {
            print_error("interrupted; the same command goes on where it stopped");
        }
    }
}

/// How a command ends whose trials came to this; answers that do not fit are part of the result,
/// calls without an answer are not.
pub fn exit_of(summary: &RunSummary) -> Exit {
    let passing = ["no answer", "internal error"];
    let has_gaps = passing
        .iter()
        .any(|kind| summary.failures.contains_key(*kind));
    match &summary.stop {
        StopReason::Finished if has_gaps => Exit::ItemsFailed,
        StopReason::Finished => Exit::Done,
        StopReason::Budget => Exit::Budget,
        StopReason::ModelCannotWork(_) => Exit::ModelCannotWork,
        StopReason::Interrupted => Exit::Interrupted,
    }
}

/// Writes a document, whole or not at all.
pub fn write_json(path: &Path, value: &impl serde::Serialize) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(value).expect("documents are plain JSON");
    write_text(path, &(text + "\n"))
}

/// Writes a text, whole or not at all.
pub fn write_text(path: &Path, text: &str) -> Result<(), Failure> {
    let mut new = path.as_os_str().to_owned();
    new.push(".new");
    std::fs::write(&new, text)
        .and_then(|()| std::fs::rename(&new, path))
        .map_err(|error| {
            let why = why_unwritten(&error);
            Failure::usage(format!("cannot write `{}`: {why}", path.display()))
        })
}
