//! Writing a run's page, `report.html`.

use std::fs;
use std::path::{Path, PathBuf};

use super::exit::Failure;
use super::runs::failure_of;
use crate::plan::{Items, Plan};
use crate::report::{RunReport, render_page};
use crate::run::{endings, status};

/// Writes the page of the run in `run`, in place of the one that is there, and gives its path.
pub fn write_report(plan: &Plan, run: &Path) -> Result<PathBuf, Failure> {
    let status = status(run).map_err(failure_of)?;
    let items = Items::new(plan);
    let endings = endings(run).map_err(failure_of)?;
    let report = RunReport::gather(&items, status, endings).map_err(failure_of)?;
    let title = format!("{}: a run of AutoSafe", plan.work.campaign);
    let path = run.join("report.html");
    replace(&path, &render_page(&title, "run", &report)).map_err(|error| {
        Failure::usage(format!("cannot write {}: {error}", path.display()))
    })?;
    Ok(path)
}

/// Writes aside first, so that nobody ever opens half a page.
fn replace(path: &Path, text: &str) -> std::io::Result<()> {
    let aside = path.with_extension("html.new");
    fs::write(&aside, text)?;
    fs::rename(&aside, path)
}
