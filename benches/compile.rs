//! How long the compiler takes for the shipped scenarios: `cargo bench --bench compile`.

use std::path::Path;

use autosafe::plan::{Items, Plan};
use autosafe::source::Project;
use autosafe::{analyse, plan};

const SHIPPED: &[&str] = &[
    "scenarios/quickstart.ots",
    "scenarios/workplace.ots",
    "scenarios/toolemu/risks.ots",
];

fn main() {
    divan::main();
}

/// From files to a checked program, the standard library included.
#[divan::bench(args = SHIPPED)]
fn check(bencher: divan::Bencher, path: &str) {
    let (project, entry) = project(path);
    bencher.bench_local(|| analyse(&entry, &project).expect("a shipped file is readable"));
}

/// From a checked program to a plan: rows, ids, estimate.
#[divan::bench(args = SHIPPED)]
fn lower(bencher: divan::Bencher, path: &str) {
    let (project, entry) = project(path);
    let analysis = analyse(&entry, &project).expect("a shipped file is readable");
    let campaign = &analysis.program.campaigns[0];
    bencher.bench_local(|| plan::lower(&analysis.program, campaign));
}

/// The ids of all items.
#[divan::bench(args = SHIPPED)]
fn ids(bencher: divan::Bencher, path: &str) {
    let items = Items::new(&compiled(path));
    bencher
        .counter(divan::counter::ItemsCount::new(items.len()))
        .bench_local(|| {
            items
                .places()
                .for_each(|place| drop(divan::black_box(items.id(&place))))
        });
}

fn project(path: &str) -> (Project, String) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    Project::containing(&path).expect("a shipped file is readable")
}

fn compiled(path: &str) -> Plan {
    let (project, entry) = project(path);
    let analysis = analyse(&entry, &project).expect("a shipped file is readable");
    plan::lower(&analysis.program, &analysis.program.campaigns[0]).0
}
