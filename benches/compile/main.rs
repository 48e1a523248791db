//! How long the compiler takes, and how much memory: `cargo bench --bench compile`.

mod generated;

use std::path::Path;

use autosafe::plan::{Items, Plan};
use autosafe::source::{Files, Project, SourceMap};
use autosafe::{analyse, plan, syntax};

#[global_allocator]
static ALLOCATOR: divan::AllocProfiler = divan::AllocProfiler::system();

const SHIPPED: &[&str] = &[
    "scenarios/quickstart.ots",
    "scenarios/workplace.ots",
    "scenarios/toolemu/risks.ots",
];

fn main() {
    divan::main();
}

/// A program of 10,000 lines in 50 files.
mod large {
    use super::*;

    /// From the texts to trees, each file by itself.
    #[divan::bench]
    fn parse(bencher: divan::Bencher) {
        let texts: Vec<_> = (0..generated::FILES).map(generated::file).collect();
        let lines: usize = texts.iter().map(|text| text.lines().count()).sum();
        bencher.counter(counted(lines)).bench_local(|| {
            for text in &texts {
                let mut sources = SourceMap::new();
                let file = sources.add("part.ots", text.as_str());
                divan::black_box(syntax::parse(file, &sources));
            }
        });
    }

    /// From the texts to a checked program, the standard library included.
    #[divan::bench]
    fn check(bencher: divan::Bencher) {
        let (files, lines) = generated::program();
        bencher.counter(counted(lines)).bench_local(|| {
            let analysis = analyse(generated::ENTRY, &files).expect("the entry is there");
            assert!(
                analysis.diagnostics.is_empty(),
                "{:?}",
                analysis.diagnostics
            );
            analysis
        });
    }

    /// From the checked program to a plan; many seconds, for each scenario's covering is searched for.
    #[divan::bench(sample_count = 3, sample_size = 1)]
    fn lower(bencher: divan::Bencher) {
        let (files, lines) = generated::program();
        let analysis = analyse(generated::ENTRY, &files).expect("the entry is there");
        let campaign = &analysis.program.campaigns[0];
        bencher
            .counter(counted(lines))
            .bench_local(|| plan::lower(&analysis.program, campaign));
    }

    /// From the texts to the same texts in the one style, each file by itself.
    #[divan::bench]
    fn format(bencher: divan::Bencher) {
        let texts: Vec<_> = (0..generated::FILES).map(generated::file).collect();
        let lines: usize = texts.iter().map(|text| text.lines().count()).sum();
        bencher.counter(counted(lines)).bench_local(|| {
            for text in &texts {
                divan::black_box(formatted(text));
            }
        });
    }

    /// Throughput is told in lines.
    fn counted(lines: usize) -> divan::counter::ItemsCount {
        divan::counter::ItemsCount::new(lines)
    }
}

/// From files to a checked program, the standard library included.
#[divan::bench(args = SHIPPED)]
fn check(bencher: divan::Bencher, path: &str) {
    let (project, entry) = project(path);
    bencher.bench_local(|| analyse(&entry, &project).expect("a shipped file is readable"));
}

/// From a file's text to the same text in the one style.
#[divan::bench(args = SHIPPED)]
fn format(bencher: divan::Bencher, path: &str) {
    let (project, entry) = project(path);
    let text = project.read(&entry).expect("a shipped file is readable");
    bencher.bench_local(|| formatted(&text));
}

fn formatted(text: &str) -> String {
    autosafe::format::format(text).expect("a program that checks is formatted")
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
