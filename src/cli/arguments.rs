//! The arguments of every command.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::budget_override::BudgetOverride;
use super::export_name::ExportName;
use super::latency::parse_latency;

/// How results are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Human,
    Json,
}

/// How problems are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ProblemFormat {
    /// For people
    Human,
    /// One JSON object per problem per line
    Json,
    /// A SARIF 2.1.0 log, for code scanning
    Sarif,
    /// Workflow commands, which GitHub shows beside the lines
    Github,
}

#[derive(Debug, Args)]
pub struct InitArguments {
    /// The folder to write into; made where it does not exist
    #[arg(value_name = "DIR", default_value = ".")]
    pub folder: PathBuf,
}

#[derive(Debug, Args)]
pub struct CheckArguments {
    /// Files, and folders whose .ots files are all checked
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// How problems are printed
    #[arg(long, value_enum, default_value = "human")]
    pub format: ProblemFormat,
    /// Count these as errors too; both with `warnings,lints`
    #[arg(long, value_enum, value_name = "KINDS", value_delimiter = ',')]
    pub deny: Vec<Deny>,
}

/// What `--deny` makes an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Deny {
    Warnings,
    Lints,
}

#[derive(Debug, Args)]
pub struct ExplainArguments {
    /// The code, such as unknown-name; without one, all of them are told
    pub code: Option<String>,
}

#[derive(Debug, Args)]
pub struct PlanArguments {
    /// The source file, or a compiled plan
    pub file: PathBuf,
    /// The campaign to plan, where the file has several
    #[arg(long, value_name = "NAME")]
    pub campaign: Option<String>,
    /// How the plan is printed
    #[arg(long, value_enum, default_value = "human")]
    pub format: Format,
    /// Print every item instead, one JSON object a line
    #[arg(long)]
    pub items: bool,
    /// Show instead what changed since this earlier plan or source
    #[arg(long, value_name = "OLD", conflicts_with_all = ["items", "format"])]
    pub diff: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct CompileArguments {
    /// The source file
    pub file: PathBuf,
    /// Where the plan goes; `-` is standard output
    #[arg(short, long, value_name = "PLAN")]
    pub output: PathBuf,
    /// The campaign to compile, where the file has several
    #[arg(long, value_name = "NAME")]
    pub campaign: Option<String>,
}

#[derive(Debug, Args)]
pub struct RunArguments {
    /// The source file, or a compiled plan
    pub file: PathBuf,
    /// The run's folder [default: runs/<campaign>-<first 8 of the plan's id>]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// The campaign to run, where the file has several
    #[arg(long, value_name = "NAME")]
    pub campaign: Option<String>,
    /// Run only the N items with the lowest ids, a fair sample of the whole
    #[arg(long, value_name = "N")]
    pub limit: Option<u64>,
    /// Calls in flight, all models together
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub concurrency: Option<u32>,
    /// Put these in place of the campaign's budget: usd=50,tokens=10M,time=2h
    #[arg(long, value_name = "LIMITS", value_delimiter = ',')]
    pub budget: Vec<BudgetOverride>,
}

#[derive(Debug, Args)]
pub struct StatusArguments {
    /// The run's folder
    pub run: PathBuf,
    /// How the status is printed
    #[arg(long, value_enum, default_value = "human")]
    pub format: Format,
}

#[derive(Debug, Args)]
pub struct ExportArguments {
    /// The run's folder
    pub run: PathBuf,
    /// The exports to write, such as sft,dpo [default: those of the campaign]
    #[arg(long, value_name = "EXPORTS", value_delimiter = ',')]
    pub format: Vec<ExportName>,
    /// Where the dataset goes [default: the run's dataset folder]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct SimArguments {
    /// Where to listen; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8000")]
    pub listen: std::net::SocketAddr,
    /// Wait this long before every answer: 200ms, 1.5s
    #[arg(long, value_name = "TIME", value_parser = parse_latency, default_value = "0ms")]
    pub latency: std::time::Duration,
    /// Faults on the wire, with their shares: 429=5%,500=2%,timeout=1%,truncate=1%,malformed=2%
    #[arg(
        long,
        value_name = "FAULTS",
        default_value = "",
        hide_default_value = true
    )]
    pub fault: String,
    /// Refuse calls that do not carry this environment variable's value as their key
    #[arg(long, value_name = "VARIABLE")]
    pub require_key: Option<String>,
}

#[derive(Debug, Args)]
pub struct CompletionsArguments {
    /// The shell to complete for
    pub shell: clap_complete::Shell,
}
