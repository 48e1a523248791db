//! The commands, and what carries each of them out.

use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

use super::arguments::{
    CheckArguments, CompileArguments, CompletionsArguments, EvalArguments, ExplainArguments,
    ExportArguments, FmtArguments, ImportArguments, InitArguments, JudgeArguments, LabelArguments,
    PlanArguments, RunArguments, SimArguments, StatusArguments,
};
use super::exit::Outcome;
use super::logging::start_logging;
use super::output::print_error;

/// What every command heeds beside its arguments.
const ENVIRONMENT: &str = "Environment:
  RUST_LOG=info                 log lines on standard error; also debug, or autosafe::model=debug
  OTEL_EXPORTER_OTLP_ENDPOINT   where traces go, in a build with the feature `otel`
  NO_COLOR=1                    no colours
  COLUMNS=80                    how wide problems are drawn";

/// Describe how agents come to harm; get training sets and evaluations.
#[derive(Debug, Parser)]
#[command(name = "autosafe", version, max_term_width = 100, after_help = ENVIRONMENT)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Write a small working project: a scenario file, a toolkit, a campaign, a CI snippet
    Init(InitArguments),
    /// Check files and folders, and report every problem
    Check(CheckArguments),
    /// Bring files into the one style, comments and all
    Fmt(FmtArguments),
    /// Write another tool's toolkits or cases as source of the language
    Import(ImportArguments),
    /// Tell the longer story of a problem's code, with an example before and after
    Explain(ExplainArguments),
    /// Show what a run would do and cost, before any money is spent
    Plan(PlanArguments),
    /// Write the plan that a run carries out
    Compile(CompileArguments),
    /// Carry a campaign out and write its dataset, or go on with a run that was stopped
    Run(RunArguments),
    /// Tell how far a run is, also while it goes on
    Status(StatusArguments),
    /// Write a run's dataset again, from what the run has; no model is called
    Export(ExportArguments),
    /// Measure how safe models act on risk scenarios, and how useful they stay
    Eval(Box<EvalArguments>),
    /// Measure how far an evaluator can be trusted, against labelled actions
    Judge(JudgeArguments),
    /// Have people label a sample of a run's actions, for `judge`
    Label(LabelArguments),
    /// Serve the simulated model over HTTP
    Sim(SimArguments),
    /// Print shell completions
    Completions(CompletionsArguments),
}

/// Reads the process's arguments, does what they say, and gives the exit status.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match perform_logged(arguments.command) {
        Ok(exit) => exit.into(),
        Err(failure) => {
            print_error(&failure.message);
            failure.exit.into()
        }
    }
}

fn perform_logged(command: Command) -> Outcome {
    let logging = start_logging()?;
    let outcome = perform(command);
    logging.finish();
    outcome
}

fn perform(command: Command) -> Outcome {
    match command {
        Command::Init(arguments) => super::init::init(&arguments),
        Command::Check(arguments) => super::check::check(&arguments),
        Command::Fmt(arguments) => super::fmt::fmt(&arguments),
        Command::Import(arguments) => super::import::import(&arguments),
        Command::Explain(arguments) => super::explain::explain(&arguments),
        Command::Plan(arguments) => super::plan::plan(&arguments),
        Command::Compile(arguments) => super::compile::compile(&arguments),
        Command::Run(arguments) => super::run::run(&arguments),
        Command::Status(arguments) => super::status::status(&arguments),
        Command::Export(arguments) => super::export::export(&arguments),
        Command::Eval(arguments) => super::eval::eval(&arguments),
        Command::Judge(arguments) => super::judge::judge(&arguments),
        Command::Label(arguments) => super::label::label(&arguments),
        Command::Sim(arguments) => super::sim::sim(&arguments),
        Command::Completions(arguments) => {
            super::completions::completions(arguments.shell, &mut Arguments::command())
        }
    }
}
