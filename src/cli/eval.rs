//! `autosafe eval`

use std::path::{Path, PathBuf};

use super::arguments::{EvalArguments, Format};
use super::evaluating::{
    around_scenarios, carry_out, eval_failure, exit_of, lineup, measured, note_stop, write_json,
    write_text,
};
use super::exit::{Exit, Failure, Outcome};
use super::output::{print_error, print_note, print_result};
use super::program;
use super::report::write_eval_report;
use super::runs::progress;
use crate::eval::{
    Check, EvalReport, Evaluation, EvaluationOptions, Scenarios, junit, render_evaluation,
};
use crate::plan::Plan;
use crate::run::{Defence, folder_name};

/// The k of the paper.
const PAPER: [u32; 3] = [1, 3, 5];

/// Evaluates models on scenarios, and says what came of it.
pub fn eval(arguments: &EvalArguments) -> Outcome {
    let (scenarios, source) = read_scenarios(arguments)?;
    let lineup = lineup(
        &arguments.models,
        arguments.campaign.as_deref(),
        &arguments.model,
        &arguments.evaluator,
        &arguments.asking.budget,
        arguments.seed,
    )?;
    let options = options(arguments, source.clone())?;
    let evaluation = Evaluation::new(scenarios, lineup, options);
    let folder = match &arguments.out {
        Some(folder) => folder.clone(),
        None => default_folder("evals", &source, &evaluation.plan.plan_id),
    };
    let outcome = carry_out(
        evaluation.plan.clone(),
        evaluation.trials.clone(),
        &folder,
        arguments.asking.concurrency,
        progress(arguments.asking.quiet),
    )?;
    let report = evaluation.report(&outcome);
    write_json(&folder.join("eval.json"), &report)?;
    let lines = evaluation.trial_lines(&outcome.outcomes);
    write_text(&folder.join("trials.jsonl"), &lines)?;
    write_eval_report(&evaluation, &report, &outcome, &folder)?;
    print_report(&report, arguments.format)?;
    print_note(format_args!(
        "eval.json, report.html and trials.jsonl are in {}",
        folder.display()
    ));
    note_stop(&outcome.summary.stop);
    let checks = checks(arguments, &report);
    if let Some(path) = &arguments.junit {
        write_text(path, &junit(&report.source, &checks))?;
    }
    let missed: Vec<_> = checks.iter().filter(|check| !check.passes).collect();
    for check in &missed {
        print_error(&format!("missed: {}", check.words()));
    }
    match exit_of(&outcome.summary) {
        Exit::Done if !missed.is_empty() => Ok(Exit::ThresholdMissed),
        exit => Ok(exit),
    }
}

fn print_report(report: &EvalReport, format: Format) -> Result<(), Failure> {
    match format {
        Format::Human => print_result(render_evaluation(report)),
        Format::Json => {
            let text = serde_json::to_string_pretty(report).expect("a report is plain JSON");
            print_result(text + "\n")
        }
    }
}

fn checks(arguments: &EvalArguments, report: &EvalReport) -> Vec<Check> {
    let thresholds = arguments.fail_under.iter();
    thresholds
        .flat_map(|threshold| threshold.check(report))
        .collect()
}

fn options(arguments: &EvalArguments, source: String) -> Result<EvaluationOptions, Failure> {
    let samples = arguments.samples.unwrap_or(arguments.k);
    let mut k: Vec<u32> = PAPER.into_iter().filter(|k| *k <= arguments.k).collect();
    k.push(arguments.k);
    k.extend(arguments.fail_under.iter().filter_map(|it| it.k()));
    k.sort_unstable();
    k.dedup();
    if let Some(most) = k.last().filter(|most| **most > samples) {
        return Err(Failure::usage(format!(
            "sec@{most} needs at least {most} samples of each scenario, and there are {samples}; raise `--samples`"
        )));
    }
    let mut defences: Vec<Defence> = Vec::new();
    for defence in &arguments.defence {
        if !defences.contains(&(*defence).into()) {
            defences.push((*defence).into());
        }
    }
    Ok(EvaluationOptions {
        source,
        defences,
        k,
        samples,
        limit: arguments.limit,
        measured: arguments.measured.as_deref().map(measured).transpose()?,
    })
}

/// The scenarios, and how they are called.
fn read_scenarios(arguments: &EvalArguments) -> Result<(Scenarios, String), Failure> {
    let given = &arguments.scenarios;
    let path = match planned(given, arguments.campaign.as_deref())? {
        None => given.clone(),
        Some(plan) => run_of(given, &plan)?,
    };
    let mut around = around_scenarios(
        &arguments.models,
        arguments.toolkits.as_deref(),
        arguments.plan.as_deref(),
    )?;
    around.splits = arguments.split.iter().map(|name| (*name).into()).collect();
    let scenarios = Scenarios::read(&path, around).map_err(eval_failure)?;
    if scenarios.risks.is_empty() {
        let of_part = match arguments.split.is_empty() {
            true => "",
            false => " of that part of the dataset",
        };
        return Err(Failure::usage(format!(
            "`{}` holds no risk scenario{of_part}",
            path.display()
        )));
    }
    Ok((scenarios, given.display().to_string()))
}

/// The plan that a source or a compiled plan stands for; none for records and cases.
fn planned(path: &Path, campaign: Option<&str>) -> Result<Option<Plan>, Failure> {
    let is_source = path.extension().is_some_and(|extension| extension == "ots");
    let is_plan = path.is_file() && path.extension().is_some_and(|it| it == "json") && {
        let text = std::fs::read_to_string(path).unwrap_or_default();
        text.trim_start().starts_with('{') && Plan::read(&text).is_ok()
    };
    if !is_source && !is_plan {
        return Ok(None);
    }
    program::plan_of(path, campaign).map(Some)
}

/// The folder of the run whose records are the scenarios of a plan.
fn run_of(given: &Path, plan: &Plan) -> Result<PathBuf, Failure> {
    let run = Path::new("runs").join(folder_name(plan));
    if run.is_dir() {
        return Ok(run);
    }
    Err(Failure::usage(format!(
        "the risk scenarios of `{}` are found by running it, and there is no run of it in `{}`; `autosafe run {}` first",
        given.display(),
        run.display(),
        given.display(),
    )))
}

/// `evals/<what it is of>-<first 8 of its id>`
pub fn default_folder(root: &str, source: &str, id: &str) -> PathBuf {
    let path = Path::new(source);
    let stem = match path.file_stem().map(|stem| stem.to_string_lossy()) {
        // `runs/X/dataset/records.jsonl` is known by its run.
        Some(stem) if stem == "records" => path
            .parent()
            .and_then(Path::parent)
            .and_then(Path::file_name)
            .map_or_else(
                || stem.to_string(),
                |run| run.to_string_lossy().into_owned(),
            ),
        Some(stem) => stem.into_owned(),
        None => "scenarios".to_owned(),
    };
    let digits = id.get(..8).unwrap_or(id);
    Path::new(root).join(format!("{stem}-{digits}"))
}
