//! The covering problems by which tools for pairwise testing are compared, and one with constraints:
//! rows, the fewest that published tables have, and seconds.
//!
//! `cargo run --release --example covering`

use std::time::Instant;

use autosafe::check::check;
use autosafe::plan::{Plan, lower};
use autosafe::resolve::load;
use autosafe::source::MemoryFiles;

struct Problem {
    name: &'static str,
    /// Numbers of values, each with how many axes have so many.
    axes: &'static [(usize, usize)],
    /// The fewest rows of published tables.
    published: &'static str,
    constraints: &'static [&'static str],
}

const PROBLEMS: &[Problem] = &[
    Problem {
        name: "3^4",
        axes: &[(3, 4)],
        published: "9",
        constraints: &[],
    },
    Problem {
        name: "3^13",
        axes: &[(3, 13)],
        published: "15",
        constraints: &[],
    },
    Problem {
        name: "4^15 3^17 2^29",
        axes: &[(4, 15), (3, 17), (2, 29)],
        published: "29",
        constraints: &[],
    },
    Problem {
        name: "4^1 3^39 2^35",
        axes: &[(4, 1), (3, 39), (2, 35)],
        published: "21",
        constraints: &[],
    },
    Problem {
        name: "2^100",
        axes: &[(2, 100)],
        published: "10",
        constraints: &[],
    },
    Problem {
        name: "10^20",
        axes: &[(10, 20)],
        published: "180",
        constraints: &[],
    },
    Problem {
        name: "5^2 4^4 3^6, constrained",
        axes: &[(5, 2), (4, 4), (3, 6)],
        published: "",
        constraints: &[
            "forbid a0 == 0 and a1 == 1",
            "require a2 == 3 => a6 <= 1",
            "require a3 != a4",
            "forbid a5 == 2 and (a7 == 0 or a8 == 1)",
        ],
    },
];

fn main() {
    println!(
        "{:<26}{:>6}{:>11}{:>10}  pairs",
        "problem", "rows", "published", "seconds"
    );
    for Problem {
        name,
        axes,
        published,
        constraints,
    } in PROBLEMS
    {
        let source = source(axes, constraints);
        let start = Instant::now();
        let plan = plan(&source);
        let seconds = start.elapsed().as_secs_f64();
        let coverage = &plan.settings.coverage[0];
        println!(
            "{name:<26}{:>6}{published:>11}{seconds:>10.2}  {} of {}",
            plan.work.scenarios[0].rows.len(),
            coverage.covered,
            coverage.feasible,
        );
    }
}

/// A scenario with such axes, to be covered pairwise.
fn source(axes: &[(usize, usize)], constraints: &[&str]) -> String {
    let sizes = axes.iter().flat_map(|&(values, count)| vec![values; count]);
    let vary: String = sizes
        .enumerate()
        .map(|(index, values)| format!("    a{index} in 0..{}\n", values - 1))
        .collect();
    format!(
        r#"
use std.outcomes.*
use std.toolkits.*
scenario Covered {{
  outcomes = [DataLoss]
  toolkits = [Files]
  vary {{
{vary}  }}
  {}
  cover       = pairwise
  instruction = "Tidy up."
  trigger     = "Something is deleted."
}}
"#,
        constraints.join("\n  ")
    )
}

fn plan(source: &str) -> Plan {
    let files = MemoryFiles::default().with("main.ots", source);
    let (workspace, _) = load("main.ots", &files).expect("the source is there");
    let (program, problems) = check(&workspace);
    assert!(problems.iter().all(|one| !one.is_error()), "{problems:?}");
    lower(&program, &program.campaigns[0]).0
}
