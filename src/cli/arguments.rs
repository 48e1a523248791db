//! The arguments of every command.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::budget_override::BudgetOverride;
use super::export_name::ExportName;
use super::latency::{parse_latency, parse_rate};
use super::recipe_options::{MixShare, TrainerName};
use crate::eval::Threshold;
use crate::run::{Defence, SplitPart};

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
pub struct FmtArguments {
    /// Files, and folders whose .ots files are all formatted; `-` is standard input
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Write nothing, print what would change, and leave with 1 where something would
    #[arg(long)]
    pub check: bool,
}

#[derive(Debug, Args)]
pub struct ImportArguments {
    /// MCP's tools/list, OpenAPI 3, or ToolEmu's toolkits or cases, in JSON or YAML; told apart by
    /// what they hold
    pub file: PathBuf,
    /// For cases: the toolkits that they name, as ToolEmu's JSON or as .ots source
    #[arg(long, value_name = "FILE")]
    pub toolkits: Option<PathBuf>,
    /// For files of one toolkit: what it is called [default: from the file's name]
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// Where the source goes [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
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
    /// Take the answers for items that did not change from this run of an earlier plan
    #[arg(long, value_name = "RUN")]
    pub adopt: Option<PathBuf>,
    /// Go on with further samples of rows of which fewer than N records were kept, until the budget
    /// ends; later lives of the run too, 0 stops that
    #[arg(long, value_name = "N", conflicts_with = "limit")]
    pub top_up: Option<u32>,
    /// Samples in a row that keep nothing, after which `--top-up` leaves a row alone
    #[arg(long, value_name = "N", default_value_t = 10, requires = "top_up",
        value_parser = clap::value_parser!(u32).range(1..))]
    pub give_up_after: u32,
    /// Put these in place of the campaign's budget: usd=50,tokens=10M,time=2h
    #[arg(long, value_name = "LIMITS", value_delimiter = ',')]
    pub budget: Vec<BudgetOverride>,
    /// Try items again that failed in an earlier life of the run; what succeeded is kept
    #[arg(long)]
    pub retry_failed: bool,
    /// Keep every call in this file, for `--replay`
    #[arg(long, value_name = "FILE", conflicts_with = "replay")]
    pub record: Option<PathBuf>,
    /// Answer every call from a file of `--record`: no network, no key; a call that is not in it
    /// is an error
    #[arg(long, value_name = "FILE")]
    pub replay: Option<PathBuf>,
    /// Show no progress and no summary, only errors; `summary.json` in the run's folder tells the rest
    #[arg(short, long)]
    pub quiet: bool,
    /// Keep the calls of finished items in the journal; `no` saves space, leaves what later samples, a
    /// resumed run and the dataset need, and gives `--record` and `--adopt` less
    #[arg(long, value_enum, value_name = "WHETHER", default_value = "yes")]
    pub keep_calls: YesNo,
}

/// A setting that is on or off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum YesNo {
    Yes,
    No,
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
    /// Write every table as Parquet too, beside the JSON lines
    #[arg(long)]
    pub parquet: bool,
    /// Write instead what a trainer needs, data and configuration: llamafactory, trl or axolotl
    #[arg(long, value_name = "TRAINER", conflicts_with_all = ["format", "parquet"])]
    pub recipe: Option<TrainerName>,
    /// What a recipe mixes in, for each safe action of a risk scenario: twins=0.5,safe=0.5
    #[arg(
        long,
        value_name = "SHARES",
        value_delimiter = ',',
        requires = "recipe"
    )]
    pub mix: Vec<MixShare>,
    /// The model that a recipe tunes: a name at a hub, or a folder
    #[arg(
        long,
        value_name = "NAME",
        requires = "recipe",
        default_value = "Qwen/Qwen2.5-7B-Instruct"
    )]
    pub model: String,
    /// Where it goes [default: the run's folder `dataset`, or `recipes/<trainer>`]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct EvalArguments {
    /// Where the scenarios are: records.jsonl, a run's folder, a source or plan that was run, or
    /// ToolEmu's cases
    #[arg(long, value_name = "PATH")]
    pub scenarios: PathBuf,
    /// Only records of these parts of the dataset: train, validation, test
    #[arg(long, value_enum, value_name = "PARTS", value_delimiter = ',')]
    pub split: Vec<SplitName>,
    /// The source that declares the models, and whose campaign names evaluator and prompts
    #[arg(long, value_name = "FILE")]
    pub models: PathBuf,
    /// The models to evaluate, as they are declared
    #[arg(long, required = true, value_name = "NAME", num_args = 1..)]
    pub model: Vec<String>,
    /// Who judges, in place of the campaign's evaluator; several are a panel
    #[arg(long, value_name = "NAME", num_args = 1..)]
    pub evaluator: Vec<String>,
    /// The campaign whose roles and prompts hold, where the models' file has several
    #[arg(long, value_name = "NAME")]
    pub campaign: Option<String>,
    /// The largest k of sec@k; 1, 3 and 5 are told below it
    #[arg(long, value_name = "K", default_value = "5", value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub k: u32,
    /// Samples of each scenario; more than K give better figures for all k [default: K]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub samples: Option<u32>,
    /// What stands between a model and its action; each model is evaluated behind each of them
    #[arg(
        long,
        value_enum,
        value_name = "DEFENCES",
        value_delimiter = ',',
        default_value = "none"
    )]
    pub defence: Vec<DefenceName>,
    /// The evaluation's folder [default: evals/<scenarios>-<first 8 of its id>]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Only N risk scenarios and N twins, a fair sample of the whole
    #[arg(long, value_name = "N")]
    pub limit: Option<u64>,
    #[command(flatten)]
    pub asking: AskingArguments,
    /// What the seeds of all samples come from [default: the campaign's seed]
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// The toolkits of ToolEmu's cases, where the models' file imports none
    #[arg(long, value_name = "FILE")]
    pub toolkits: Option<PathBuf>,
    /// The plan of the records, where it does not lie beside them: it holds their rules
    #[arg(long, value_name = "PLAN")]
    pub plan: Option<PathBuf>,
    /// Correct for the evaluator's error as `autosafe judge` measured it
    #[arg(long, value_name = "JUDGE.JSON")]
    pub measured: Option<PathBuf>,
    /// How the report is printed
    #[arg(long, value_enum, default_value = "human")]
    pub format: Format,
    /// Leave with 6 where a model misses this: sec@1=0.8, safe-and-helpful=0.5, over-refusal=0.1
    #[arg(long, value_name = "MEASURE=SHARE", value_delimiter = ',')]
    pub fail_under: Vec<Threshold>,
    /// Write the checks of `--fail-under` as JUnit XML
    #[arg(long, value_name = "FILE", requires = "fail_under")]
    pub junit: Option<PathBuf>,
}

/// How models are asked outside of a run.
#[derive(Debug, Args)]
pub struct AskingArguments {
    /// Calls in flight, all models together
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub concurrency: Option<u32>,
    /// Stop at these: usd=50,tokens=10M,time=2h
    #[arg(long, value_name = "LIMITS", value_delimiter = ',')]
    pub budget: Vec<BudgetOverride>,
    /// Show no progress, only the result and errors
    #[arg(short, long)]
    pub quiet: bool,
}

/// A standard of labels.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub enum Standard {
    Strict,
    Lenient,
}

#[derive(Debug, Args)]
pub struct JudgeArguments {
    /// Labelled actions or trajectories: a run's folder, our records and labels, R-Judge, ASSEBench, ATBench, or rows
    /// with instruction, input and output; told by what is in them
    #[arg(long, required = true, value_name = "FILE", num_args = 1..)]
    pub labels: Vec<PathBuf>,
    /// Which labels hold where cases have two (ASSEBench): ambiguous ones are unsafe by the strict standard, safe by the
    /// lenient one
    #[arg(long, value_enum, value_name = "STANDARD")]
    pub labels_variant: Option<Standard>,
    /// The source that declares the evaluator
    #[arg(long, value_name = "FILE")]
    pub models: Option<PathBuf>,
    /// The evaluator, in place of the campaign's; several are measured apart and as a panel
    #[arg(long, value_name = "NAME", num_args = 1..)]
    pub evaluator: Vec<String>,
    /// The campaign whose evaluator and prompts hold, where the models' file has several
    #[arg(long, value_name = "NAME")]
    pub campaign: Option<String>,
    /// An evaluator's answers in a file, instead of asking it: an id and a label a line
    #[arg(long, value_name = "FILE", conflicts_with_all = ["models", "evaluator", "stress"])]
    pub answers: Option<PathBuf>,
    /// Ask each case again in other forms, and tell how many labels turn
    #[arg(long)]
    pub stress: bool,
    /// Only N cases, a fair sample of the whole
    #[arg(long, value_name = "N")]
    pub limit: Option<u64>,
    /// The measurement's folder [default: judges/<labels>-<first 8 of its id>]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    #[command(flatten)]
    pub asking: AskingArguments,
    /// The plan of our records, where it does not lie beside them: it holds their rules
    #[arg(long, value_name = "PLAN")]
    pub plan: Option<PathBuf>,
    /// How the report is printed
    #[arg(long, value_enum, default_value = "human")]
    pub format: Format,
}

#[derive(Debug, Args)]
pub struct LabelArguments {
    /// The run's folder
    pub run: PathBuf,
    /// Who labels; each labeller's work is kept apart [default: the user's name]
    #[arg(long, value_name = "NAME")]
    pub labeller: Option<String>,
    /// How many actions to label
    #[arg(long, value_name = "N", default_value = "100")]
    pub count: usize,
    /// What the sample is drawn by
    #[arg(long, value_name = "N", default_value = "0")]
    pub seed: u64,
    /// Write the sample as a sheet to fill in, instead of asking
    #[arg(long, value_name = "FILE", conflicts_with = "read")]
    pub csv: Option<PathBuf>,
    /// Read a sheet that was filled in
    #[arg(long, value_name = "FILE")]
    pub read: Option<PathBuf>,
}

/// A part of the dataset as named on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SplitName {
    Train,
    Validation,
    Test,
}

impl From<SplitName> for SplitPart {
    fn from(name: SplitName) -> Self {
        match name {
            SplitName::Train => Self::Train,
            SplitName::Validation => Self::Validation,
            SplitName::Test => Self::Test,
        }
    }
}

/// A defence as named on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DefenceName {
    /// The model as it is
    None,
    /// A paragraph on safety in its prompt
    Naive,
    /// The model judges its own action and reflects on it before it is taken
    Reflection,
}

impl From<DefenceName> for Defence {
    fn from(name: DefenceName) -> Self {
        match name {
            DefenceName::None => Self::None,
            DefenceName::Naive => Self::Naive,
            DefenceName::Reflection => Self::Reflection,
        }
    }
}

#[derive(Debug, Args)]
pub struct SimArguments {
    /// Where to listen; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8000")]
    pub listen: std::net::SocketAddr,
    /// Wait this long before every answer: 200ms, 1.5s
    #[arg(long, value_name = "TIME", value_parser = parse_latency, default_value = "0ms")]
    pub latency: std::time::Duration,
    /// Faults on the wire, with their shares: 429=5%,500=2%,timeout=1%,truncate=1%,malformed=2%;
    /// further kinds are stall, reset, html, utf8, no-usage and huge, and all=20% is some of each
    #[arg(
        long,
        value_name = "FAULTS",
        default_value = "",
        hide_default_value = true
    )]
    pub fault: String,
    /// Take so many calls, and answer 429 to the others: 50/s, 600/m
    #[arg(long, value_name = "RATE", value_parser = parse_rate)]
    pub admit: Option<f64>,
    /// Ask those who get 429, 503 or 529 to wait for so long: 2s
    #[arg(long, value_name = "TIME", value_parser = parse_latency)]
    pub retry_after: Option<std::time::Duration>,
    /// Refuse calls that do not carry this environment variable's value as their key
    #[arg(long, value_name = "VARIABLE")]
    pub require_key: Option<String>,
}

#[derive(Debug, Args)]
pub struct CompletionsArguments {
    /// The shell to complete for
    pub shell: clap_complete::Shell,
}
