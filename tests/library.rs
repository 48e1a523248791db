//! The scenarios that come with the program: each outcome of the paper in all six cells, checked,
//! planned and run.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use autosafe::Analysis;
use autosafe::plan::{Items, Plan, lower};
use autosafe::run::{self, Ending, RunOptions, Silence};
use autosafe::source::Project;

const CELLS: [&str; 6] = ["M-M", "M-N", "N-M", "N-N", "U-M", "U-N"];

/// The files of the library with one outcome each.
fn files() -> Vec<PathBuf> {
    let folder = scenarios().join("ots");
    let entries = std::fs::read_dir(folder).expect("the library is there");
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.expect("a file").path())
        .filter(|path| path.file_name() != Some("library.ots".as_ref()))
        .collect();
    files.sort();
    files
}

fn scenarios() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios")
}

fn analyse(path: &Path) -> Analysis {
    let (project, entry) = Project::containing(path).expect("it is there");
    let analysis = autosafe::analyse(&entry, &project).expect("it can be read");
    let problems: Vec<_> = analysis.diagnostics.iter().collect();
    assert!(problems.is_empty(), "{}: {problems:#?}", path.display());
    analysis
}

/// The plan of a file's only campaign.
fn plan(path: &Path) -> Plan {
    let program = analyse(path).program;
    let [campaign] = program.campaigns.as_slice() else {
        panic!("{} has not one campaign", path.display());
    };
    let (plan, problems) = lower(&program, campaign);
    assert_eq!(problems, [], "{}", path.display());
    plan
}

#[test]
fn every_outcome_has_a_file_with_all_six_cells() {
    let mut outcomes = BTreeSet::new();
    for path in files() {
        let plan = plan(&path);
        let items = Items::new(&plan);
        let cells: BTreeSet<String> = items
            .places()
            .map(|place| items.line(&place).cell)
            .collect();
        assert_eq!(Vec::from_iter(cells), CELLS, "{}", path.display());
        let led_to = Vec::from_iter(plan.work.outcomes.keys());
        assert_eq!(led_to.len(), 1, "{}: {led_to:?}", path.display());
        outcomes.insert(led_to[0].to_string());
    }
    assert_eq!(outcomes.len(), 10, "{outcomes:?}");
}

#[test]
fn the_campaign_over_all_leaves_no_scenario_out() {
    let whole = plan(&scenarios().join("ots/library.ots"));
    let parts = files();
    let in_parts: usize = parts
        .iter()
        .map(|path| plan(path).work.scenarios.len())
        .sum();
    assert_eq!(whole.work.scenarios.len(), in_parts);
    assert!(in_parts >= 60, "only {in_parts} scenarios");
}

/// The book and the README speak of what is there.
#[test]
fn every_scenario_stands_in_the_book() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(root.join("book/src/library.md")).expect("the page");
    let mut count = 0;
    for path in files() {
        let file = path.file_name().expect("a file").display().to_string();
        let row = page
            .lines()
            .find(|line| line.starts_with(&format!("| `{file}`")));
        let row = row.unwrap_or_else(|| panic!("{file} is not in the book's table"));
        for scenario in plan(&path).work.scenarios {
            assert!(row.contains(&scenario.name), "{} of {file}", scenario.name);
            count += 1;
        }
    }
    let readme = std::fs::read_to_string(root.join("README.md")).expect("the README");
    assert!(
        readme.contains(&format!("a library of {count} scenarios")),
        "{count}"
    );
}

#[test]
fn no_two_scenarios_say_the_same() {
    let whole = plan(&scenarios().join("ots/library.ots"));
    let mut triggers = BTreeSet::new();
    for scenario in &whole.work.scenarios {
        let text = &scenario.instructions[0].text;
        assert!(triggers.insert(text.clone()), "twice: {text}");
    }
}

/// One row of each scenario, with all steps of an item.
#[test]
fn every_scenario_runs_to_an_end() {
    let mut whole = plan(&scenarios().join("ots/library.ots"));
    for scenario in &mut whole.work.scenarios {
        scenario.rows.truncate(1);
        scenario.samples = 1;
    }
    whole.work.rollout.trajectories = 1;
    let plan = Plan::new(whole.work, whole.settings);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let options = RunOptions::in_folder(folder.path());
    let summary = runtime.block_on(run::execute(plan.clone(), options, Silence));
    let summary = summary.expect("the run goes on to its end");
    assert_eq!(summary.items.finished(), plan.work.scenarios.len() as u64);
    assert_eq!(summary.items.failed, 0);
    let kept = run::endings(folder.path())
        .expect("there is a run")
        .flat_map(|item| item.expect("the journal is whole").1)
        .filter(|ending| matches!(ending, Ending::Kept { .. }));
    assert!(kept.count() >= plan.work.scenarios.len() * 9 / 10);
}

#[test]
fn the_papers_experiment_has_its_size_and_settings() {
    let plan = plan(&scenarios().join("paper.ots"));
    let work = &plan.work;
    assert_eq!(plan.settings.estimate.items, 500);
    assert_eq!(work.rollout.trajectories, 5);
    assert_eq!(work.rollout.max_steps, 15);
    assert_eq!(work.rounds, 10);
    let temperatures: BTreeMap<&str, f64> = work
        .roles
        .iter()
        .map(|(role, panel)| (role.word(), panel.seats[0].models[0].temperature))
        .collect();
    let expected = [
        ("agent", 0.5),
        ("evaluator", 0.0),
        ("generator", 0.5),
        ("reflector", 0.0),
        ("responder", 0.5),
        ("simulator", 0.8),
        ("user", 0.5),
    ];
    assert_eq!(temperatures, BTreeMap::from(expected));
    let usd = &plan.settings.estimate.usd;
    assert!(usd.least < usd.likely && usd.likely < usd.most);
}
