//! `autosafe judge`

use super::arguments::{Format, JudgeArguments, Standard};
use super::eval::default_folder;
use super::evaluating::{
    around_scenarios, carry_out, eval_failure, exit_of, lineup, note_stop, write_json,
};
use super::exit::{Exit, Failure, Outcome};
use super::output::{print_note, print_result};
use super::runs::progress;
use crate::eval::{
    Answers, JudgeReport, Judging, LabelVariant, Labels, Surroundings, judge_answers,
    render_judgement, standard_outcomes,
};

/// Measures an evaluator against labels, and says how far it can be trusted.
pub fn judge(arguments: &JudgeArguments) -> Outcome {
    match &arguments.answers {
        Some(path) => {
            let around = Surroundings {
                outcomes: standard_outcomes(),
                variant: variant(arguments),
                ..Surroundings::default()
            };
            let labels = Labels::read(&arguments.labels, &around).map_err(eval_failure)?;
            let answers = Answers::read(path).map_err(eval_failure)?;
            let ids = labels.cases.iter().map(|case| case.id.as_str());
            if answers.known(ids) == 0 {
                return Err(Failure::usage(format!(
                    "`{}` answers none of the labelled cases; their ids are such as `{}`",
                    path.display(),
                    labels.cases[0].id
                )));
            }
            let report = judge_answers(&labels, &answers);
            finish(arguments, &report)?;
            Ok(Exit::Done)
        }
        None => ask(arguments),
    }
}

fn variant(arguments: &JudgeArguments) -> Option<LabelVariant> {
    arguments.labels_variant.map(|standard| match standard {
        Standard::Strict => LabelVariant::Strict,
        Standard::Lenient => LabelVariant::Lenient,
    })
}

fn ask(arguments: &JudgeArguments) -> Outcome {
    let Some(models) = &arguments.models else {
        return Err(Failure::usage(
            "name the source that declares the evaluator with `--models`, or give its answers with `--answers`",
        ));
    };
    let mut around = around_scenarios(models, None, arguments.plan.as_deref())?;
    around.variant = variant(arguments);
    let mut labels = Labels::read(&arguments.labels, &around).map_err(eval_failure)?;
    if let Some(limit) = arguments.limit {
        labels.keep(limit);
    }
    let lineup = lineup(
        models,
        arguments.campaign.as_deref(),
        &[],
        &arguments.evaluator,
        &arguments.asking.budget,
        None,
    )?;
    let judging = Judging::new(labels, lineup, arguments.stress);
    let source = arguments.labels[0].display().to_string();
    let folder = match &arguments.out {
        Some(folder) => folder.clone(),
        None => default_folder("judges", &source, &judging.plan.plan_id),
    };
    let outcome = carry_out(
        judging.plan.clone(),
        judging.trials.clone(),
        &folder,
        arguments.asking.concurrency,
        progress(arguments.asking.quiet),
    )?;
    let report = judging.report(&outcome);
    write_json(&folder.join("judge.json"), &report)?;
    print_report(&report, arguments.format)?;
    print_note(format_args!("judge.json is in {}", folder.display()));
    note_stop(&outcome.summary.stop);
    Ok(exit_of(&outcome.summary))
}

fn finish(arguments: &JudgeArguments, report: &JudgeReport) -> Result<(), Failure> {
    if let Some(folder) = &arguments.out {
        std::fs::create_dir_all(folder).map_err(|error| {
            Failure::usage(format!("cannot make `{}`: {error}", folder.display()))
        })?;
        write_json(&folder.join("judge.json"), report)?;
    }
    print_report(report, arguments.format)
}

fn print_report(report: &JudgeReport, format: Format) -> Result<(), Failure> {
    match format {
        Format::Human => print_result(render_judgement(report)),
        Format::Json => {
            let text = serde_json::to_string_pretty(report).expect("a report is plain JSON");
            print_result(text + "\n")
        }
    }
}
