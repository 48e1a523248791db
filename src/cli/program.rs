//! From a path on the command line to a program, and from a program to a plan.

use std::path::{Path, PathBuf};

use super::exit::{Exit, Failure};
use super::output::print_diagnostics;
use crate::check::Campaign;
use crate::plan::Plan;
use crate::source::{Project, ReadError};
use crate::{Analysis, analyse, plan};

/// What the compiler finds out about the program that begins at `path`.
pub fn load(path: &Path) -> Result<Analysis, Failure> {
    load_with_root(path).map(|(analysis, _)| analysis)
}

/// The same, and the root of the project that `path` belongs to.
pub fn load_with_root(path: &Path) -> Result<(Analysis, PathBuf), Failure> {
    let (project, entry) = Project::containing(path).map_err(|error| unreadable(path, &error))?;
    let analysis = analyse(&entry, &project).map_err(|error| unreadable(path, &error))?;
    Ok((analysis, project.root().to_path_buf()))
}

/// The plan of one campaign of the source at `path`; its problems go to standard error.
pub fn compile(path: &Path, campaign: Option<&str>) -> Result<Plan, Failure> {
    let analysis = load(path)?;
    if analysis.has_errors() {
        print_diagnostics(&analysis.diagnostics, &analysis.workspace.sources);
        return Err(source_errors(path));
    }
    let chosen = choose(&analysis.program.campaigns, campaign, path)?;
    let (plan, mut diagnostics) = plan::lower(&analysis.program, chosen);
    diagnostics.extend(analysis.diagnostics);
    crate::diagnostic::sort(&mut diagnostics);
    print_diagnostics(&diagnostics, &analysis.workspace.sources);
    match diagnostics.iter().any(|problem| problem.is_error()) {
        true => Err(source_errors(path)),
        false => Ok(plan),
    }
}

/// The plan at `path`: read where it is a compiled one, else compiled.
pub fn plan_of(path: &Path, campaign: Option<&str>) -> Result<Plan, Failure> {
    if path.extension().is_some_and(|extension| extension == "ots") {
        return compile(path, campaign);
    }
    match is_compiled(path) {
        Some(text) => read_plan(path, &text, campaign),
        None => compile(path, campaign),
    }
}

/// What cannot be read, and why.
pub fn unreadable(path: &Path, error: &ReadError) -> Failure {
    Failure {
        message: format!("cannot read `{}`: {error}", path.display()),
        exit: match error {
            ReadError::NotUtf8 { .. } | ReadError::TooLarge => Exit::SourceErrors,
            _ => Exit::Usage,
        },
    }
}

/// The text of a file that is a JSON document rather than a source.
fn is_compiled(path: &Path) -> Option<String> {
    // A named pipe or a device would never end.
    if !std::fs::metadata(path).ok()?.is_file() {
        return None;
    }
    let text = std::fs::read_to_string(path).ok()?;
    text.trim_start().starts_with('{').then_some(text)
}

fn read_plan(path: &Path, text: &str, campaign: Option<&str>) -> Result<Plan, Failure> {
    let plan = Plan::read(text)
        .map_err(|error| Failure::usage(format!("cannot use `{}`: {error}", path.display())))?;
    match campaign {
        Some(name) if name != plan.work.campaign => Err(Failure::usage(format!(
            "`{}` is the plan of campaign `{}`, not of `{name}`; compile the source with `--campaign {name}`",
            path.display(),
            plan.work.campaign,
        ))),
        _ => Ok(plan),
    }
}

fn choose<'a>(
    campaigns: &'a [Campaign],
    wanted: Option<&str>,
    path: &Path,
) -> Result<&'a Campaign, Failure> {
    match (wanted, campaigns) {
        (None, [only]) => Ok(only),
        (_, []) => Err(Failure {
            message: format!(
                "`{}` declares no scenario, so there is nothing to run",
                path.display()
            ),
            exit: Exit::SourceErrors,
        }),
        (Some(name), _) => campaigns
            .iter()
            .find(|campaign| campaign.name == name)
            .ok_or_else(|| Failure::usage(no_such_campaign(name, campaigns, path))),
        (None, _) => Err(Failure::usage(format!(
            "`{}` declares several campaigns; name one with `--campaign`: {}",
            path.display(),
            names(campaigns)
        ))),
    }
}

fn no_such_campaign(name: &str, campaigns: &[Campaign], path: &Path) -> String {
    let file = path.display();
    format!(
        "`{file}` declares no campaign `{name}`; it has {}",
        names(campaigns)
    )
}

fn names(campaigns: &[Campaign]) -> String {
    campaigns
        .iter()
        .map(|campaign| format!("`{}`", campaign.name))
        .collect::<Vec<_>>()
        .join(", ")
}

fn source_errors(path: &Path) -> Failure {
    Failure {
        message: format!("`{}` cannot be compiled", path.display()),
        exit: Exit::SourceErrors,
    }
}
