//! Writing the page of a run or an evaluation, `report.html`.

use std::fs;
use std::path::{Path, PathBuf};

use super::calibrating::calibrated_in;
use super::exit::Failure;
use super::runs::failure_of;
use crate::dataset::Written;
use crate::eval::{EvalReport, Evaluation};
use crate::plan::{Items, Plan};
use crate::report::{RunReport, render_page};
use crate::run::{TrialsOutcome, endings, spending, status};

/// Writes the page of the run in `run`, in place of the one that is there, and gives its path and
/// what it tells.
pub fn write_report(
    plan: &Plan,
    run: &Path,
    written: &Written,
) -> Result<(PathBuf, RunReport), Failure> {
    let status = status(run).map_err(failure_of)?;
    let items = Items::new(plan);
    let endings = endings(run).map_err(failure_of)?;
    let calibrated = calibrated_in(plan, run)?;
    let quality = written.quality.clone();
    let report = RunReport::gather(&items, status, quality, calibrated, endings);
    let report = report.map_err(failure_of)?;
    let title = format!("{}: a run of AutoSafe", plan.work.campaign);
    let path = run.join("report.html");
    write_page(&path, &render_page(&title, "run", &report))?;
    Ok((path, report))
}

/// Writes the page of an evaluation beside its figures, and gives its path.
pub fn write_eval_report(
    evaluation: &Evaluation,
    report: &EvalReport,
    outcome: &TrialsOutcome,
    folder: &Path,
) -> Result<PathBuf, Failure> {
    let spending = spending(folder).map_err(failure_of)?;
    let shown = evaluation.page(report, outcome, spending);
    let path = folder.join("report.html");
    write_page(
        &path,
        &render_page("An evaluation of AutoSafe", "eval", &shown),
    )?;
    Ok(path)
}

fn write_page(path: &Path, page: &str) -> Result<(), Failure> {
    replace(path, page)
        .map_err(|error| Failure::usage(format!("cannot write {}: {error}", path.display())))
}

/// Writes aside first, so that nobody ever opens half a page.
fn replace(path: &Path, text: &str) -> std::io::Result<()> {
    let aside = path.with_extension("html.new");
    fs::write(&aside, text)?;
    fs::rename(&aside, path)
}
