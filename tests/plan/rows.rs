//! Which rows a scenario has.

use std::collections::BTreeSet;

use autosafe::check::{Comparison, Cover, Predicate, Scenario};
use autosafe::diagnostic::{Code, Diagnostic};
use autosafe::plan::rows::{self, Rows};
use proptest::prelude::*;

use super::builder::{COVER, compare, constraint_span, is, not, requiring, scenario, value_span};

#[track_caller]
fn rows_of(scenario: &Scenario) -> Rows {
    let (rows, diagnostics) = rows::rows(scenario, 42);
    assert!(
        diagnostics.iter().all(|one| !one.is_error()),
        "{diagnostics:?}"
    );
    rows.expect("there are rows where there are no errors")
}

#[track_caller]
fn only_problem(scenario: &Scenario) -> Diagnostic {
    let (rows, mut diagnostics) = rows::rows(scenario, 42);
    assert_eq!(diagnostics, rows::check(scenario));
    assert_eq!(diagnostics.len(), 1, "{diagnostics:?}");
    assert_eq!(rows.is_none(), diagnostics[0].is_error());
    diagnostics.remove(0)
}

/// Every row that the constraints allow, by trying all.
fn brute_force(scenario: &Scenario) -> Vec<Vec<u32>> {
    let mut all = vec![Vec::new()];
    for axis in &scenario.axes {
        all = all
            .into_iter()
            .flat_map(|row: Vec<u32>| {
                (0..axis.values.len() as u32).map(move |value| {
                    let mut row = row.clone();
                    row.push(value);
                    row
                })
            })
            .collect();
    }
    all.retain(|row| is_allowed(scenario, row));
    all
}

fn is_allowed(scenario: &Scenario, row: &[u32]) -> bool {
    scenario.constraints.iter().all(|constraint| {
        constraint
            .predicate
            .holds(&|axis| &scenario.axes[axis].values[row[axis] as usize].value)
    })
}

/// Every combination of `strength` axes that some row has.
fn combinations(rows: &[Vec<u32>], strength: usize) -> BTreeSet<Vec<(usize, u32)>> {
    fn choose(
        row: &[u32],
        from: usize,
        left: usize,
        chosen: &mut Vec<(usize, u32)>,
        into: &mut BTreeSet<Vec<(usize, u32)>>,
    ) {
        if left == 0 {
            into.insert(chosen.clone());
            return;
        }
        for axis in from..row.len() {
            chosen.push((axis, row[axis]));
            choose(row, axis + 1, left - 1, chosen, into);
            chosen.pop();
        }
    }
    let mut all = BTreeSet::new();
    for row in rows {
        choose(row, 0, strength, &mut Vec::new(), &mut all);
    }
    all
}

/// How many combinations of at most `strength` values no allowed row has, although it has every
/// smaller part of them.
fn infeasible(scenario: &Scenario, allowed: &[Vec<u32>], strength: u32) -> u64 {
    let unconstrained = brute_force(&requiring(scenario.clone(), Vec::new()));
    let mut count = 0;
    for size in 1..=strength as usize {
        let feasible = combinations(allowed, size);
        let parts = combinations(allowed, size - 1);
        let is_smallest = |cells: &Vec<(usize, u32)>| {
            (0..size).all(|left_out| {
                let mut part = cells.clone();
                part.remove(left_out);
                parts.contains(&part)
            })
        };
        let all = combinations(&unconstrained, size);
        let missing = all.difference(&feasible);
        count += missing.filter(|cells| is_smallest(cells)).count() as u64;
    }
    count
}

fn row_count(sizes: &[usize], strength: u32) -> usize {
    let scenario = scenario(sizes, Cover::Wise(strength));
    let rows = rows_of(&scenario);
    let covered = combinations(&rows.rows, strength as usize).len() as u64;
    assert_eq!(rows.coverage.covered, covered);
    assert_eq!(rows.coverage.feasible, covered);
    rows.rows.len()
}

#[test]
fn pairs_of_four_axes_of_three_fit_in_nine_rows() {
    assert_eq!(row_count(&[3; 4], 2), 9);
}

// The larger problems that tools compare themselves by are in examples/covering.rs.

#[test]
fn pairs_of_thirteen_axes_of_three_fit_in_fifteen_rows() {
    assert_eq!(row_count(&[3; 13], 2), 15);
}

#[test]
fn pairs_of_a_hundred_axes_of_two_fit_in_ten_rows() {
    assert_eq!(row_count(&[2; 100], 2), 10);
}

#[test]
fn pairs_of_axes_of_a_prime_power_fit_in_its_square() {
    assert_eq!(row_count(&[5; 6], 2), 25);
    assert_eq!(row_count(&[4, 4, 4, 3, 2], 2), 16);
}

#[test]
fn pairs_of_axes_that_differ_fit_in_hardly_more_rows_than_the_largest_two_need() {
    let rows = row_count(&[5, 4, 4, 3, 3, 3, 2, 2], 2);
    assert!(rows <= 21, "{rows}");
    let rows = row_count(&[6; 5], 2);
    assert!(rows <= 42, "{rows}");
}

#[test]
fn triples_fit_in_few_rows() {
    assert_eq!(row_count(&[3; 4], 3), 27);
    let rows = row_count(&[3; 6], 3);
    assert!(rows <= 36, "{rows}");
}

#[test]
fn a_starter_turned_over_and_over_covers_pairs_of_many_axes() {
    // Greedy rows are some eighty.
    let rows = row_count(&[6; 13], 2);
    assert!(rows <= 66, "{rows}");
}

#[test]
fn all_gives_every_allowed_row_in_order() {
    let scenario = requiring(scenario(&[2, 3], Cover::All), vec![not(is(1, 2))]);
    let rows = rows_of_with_warnings(&scenario);
    assert_eq!(rows.rows, [[0, 0], [0, 1], [1, 0], [1, 1]]);
    assert_eq!(rows.coverage.feasible_rows, "4");
}

fn rows_of_with_warnings(scenario: &Scenario) -> Rows {
    rows::rows(scenario, 42).0.expect("there are rows")
}

#[test]
fn a_scenario_without_axes_has_one_row() {
    assert_eq!(rows_of(&scenario(&[], Cover::All)).rows, [[0_u32; 0]]);
}

#[test]
fn rows_beyond_every_integer_type_are_counted_exactly() {
    let rows = rows_of(&scenario(&[2; 200], Cover::Sample(3)));
    assert_eq!(
        rows.coverage.feasible_rows,
        "1606938044258990275541962092341162602522202993782792835301376"
    );
    assert_eq!(rows.rows.len(), 3);
}

#[test]
fn a_value_that_is_ruled_out_by_a_roundabout_way_is_told_and_left_out() {
    // a0 == 0 => a1 == 0 => a2 == 0 => a0 == 1: the value 0 of a0 cannot be.
    let implies = |a: Predicate, b: Predicate| Predicate::Any(vec![not(a), b]);
    let scenario = requiring(
        scenario(&[2, 2, 2], Cover::Wise(2)),
        vec![
            implies(is(0, 0), is(1, 0)),
            implies(is(1, 0), is(2, 0)),
            implies(is(2, 0), is(0, 1)),
        ],
    );
    let problem = only_problem(&scenario);
    assert_eq!(problem.code, Code::UnreachableValue);
    assert_eq!(problem.span, value_span(0, 0));
    assert_eq!(problem.others.len(), 3);
    let rows = rows_of_with_warnings(&scenario).rows;
    assert_eq!(
        combinations(&rows, 2),
        combinations(&brute_force(&scenario), 2)
    );
}

#[test]
fn the_smallest_conflict_is_shown_at_its_first_constraint() {
    let scenario = requiring(
        scenario(&[3, 3, 3], Cover::All),
        vec![
            compare(0, Comparison::LessOrEqual, 1),
            not(is(2, 2)),
            compare(0, Comparison::Less, 2),
            compare(2, Comparison::Less, 0),
            compare(1, Comparison::Less, 2),
        ],
    );
    let problem = only_problem(&scenario);
    assert_eq!(problem.code, Code::Unsatisfiable);
    assert_eq!(problem.span, constraint_span(2));
    let others: Vec<_> = problem.others.iter().map(|other| other.span).collect();
    assert_eq!(others, [constraint_span(3)]);
}

#[test]
fn a_strength_beyond_the_axes_is_told() {
    let problem = only_problem(&scenario(&[2, 2], Cover::Wise(3)));
    assert_eq!((problem.code, problem.span), (Code::StrengthTooHigh, COVER));
}

#[test]
fn a_covering_that_would_take_too_long_is_refused() {
    let problem = only_problem(&scenario(&[100; 60], Cover::Wise(2)));
    assert_eq!((problem.code, problem.span), (Code::TooLarge, COVER));
    assert!(problem.message.contains("too long"), "{}", problem.message);
}

#[test]
fn more_rows_than_a_million_are_too_many() {
    let problem = only_problem(&scenario(&[10; 7], Cover::All));
    assert_eq!((problem.code, problem.span), (Code::TooLarge, COVER));
    assert!(problem.message.contains("10000000"), "{}", problem.message);
    let problem = only_problem(&scenario(&[10; 7], Cover::Sample(1_000_001)));
    assert_eq!(problem.code, Code::TooLarge);
}

#[test]
fn a_sample_holds_different_rows_and_a_larger_one_keeps_them() {
    let small = rows_of(&scenario(&[10; 6], Cover::Sample(50))).rows;
    let large = rows_of(&scenario(&[10; 6], Cover::Sample(200))).rows;
    assert_eq!(small[..], large[..50]);
    assert_eq!(large.iter().collect::<BTreeSet<_>>().len(), 200);
}

#[test]
fn a_sample_larger_than_the_space_is_the_space() {
    let scenario = scenario(&[2, 2], Cover::Sample(100));
    assert_eq!(rows_of(&scenario).rows, brute_force(&scenario));
}

#[test]
fn weights_count_in_samples() {
    for sizes in [&[2, 10, 10, 10, 10, 10][..], &[2, 20, 30]] {
        let mut scenario = scenario(sizes, Cover::Sample(300));
        scenario.axes[0].values[1].weight = 9;
        let rows = rows_of(&scenario).rows;
        let heavy = rows.iter().filter(|row| row[0] == 1).count();
        assert!((245..=295).contains(&heavy), "{heavy}");
    }
}

#[test]
fn weights_are_exact_where_constraints_tie_axes_together() {
    // The third axis makes rows so many that none is drawn twice by chance.
    let mut scenario = requiring(
        scenario(&[3, 3, 5000], Cover::Sample(4000)),
        vec![compare(0, Comparison::LessOrEqual, 1)],
    );
    for (value, weight) in [1, 2, 6].into_iter().enumerate() {
        scenario.axes[0].values[value].weight = weight;
    }
    let rows = rows_of(&scenario).rows;
    // Of 1 · 3, 2 · 2 and 6 · 1 shares.
    for (value, share) in [(0, 3.0 / 13.0), (1, 4.0 / 13.0), (2, 6.0 / 13.0)] {
        let drawn = rows.iter().filter(|row| row[0] == value).count() as f64 / 4000.0;
        assert!((drawn - share).abs() < 0.03, "{value}: {drawn} for {share}");
    }
}

#[test]
fn rows_beyond_every_integer_type_are_sampled_evenly() {
    // a0 < a1, over values 0 to 9: 45 pairs, beside 10^30 of other values.
    let scenario = requiring(
        scenario(&[10; 32], Cover::Sample(4500)),
        vec![compare(0, Comparison::Less, 1)],
    );
    let rows = rows_of(&scenario);
    assert_eq!(rows.coverage.feasible_rows, format!("45{}", "0".repeat(30)));
    for low in 0..9 {
        let drawn = rows.rows.iter().filter(|row| row[0] == low).count();
        let expected = 100 * (9 - low as usize);
        assert!(
            drawn.abs_diff(expected) < 130,
            "{low}: {drawn} for {expected}"
        );
    }
}

#[test]
fn what_no_row_has_is_told_with_the_constraints_to_blame() {
    let scenario = requiring(
        scenario(&[3, 3, 3], Cover::Wise(2)),
        vec![
            not(Predicate::All(vec![is(0, 0), is(1, 1)])),
            compare(1, Comparison::LessOrEqual, 2),
            not(is(2, 1)),
        ],
    );
    let coverage = rows_of_with_warnings(&scenario).coverage;
    let told: Vec<(String, Vec<usize>)> = coverage
        .infeasible
        .iter()
        .map(|one| {
            let values = one.values.iter();
            let values: Vec<String> = values
                .map(|value| format!("{} {:?}", value.axis, value.value))
                .collect();
            let texts = scenario.constraints.iter().map(|one| &one.text);
            let because = texts
                .enumerate()
                .filter(|(_, text)| one.because.contains(text));
            (values.join(", "), because.map(|(index, _)| index).collect())
        })
        .collect();
    let expected = [
        ("a2 Int(1)", vec![2]),
        ("a0 Int(0), a1 Int(1)", vec![0]),
        ("a1 Int(1), a2 Int(0)", vec![1]),
        ("a1 Int(2), a2 Int(0)", vec![1]),
    ];
    assert_eq!(coverage.infeasible_count, 4);
    assert_eq!(
        told,
        expected.map(|(values, because)| (values.to_owned(), because))
    );
}

#[test]
fn larger_combinations_of_some_axes_are_covered_beside_all_pairs() {
    let over = Cover::Over {
        strength: 3,
        axes: vec![0, 2, 3],
    };
    let scenario = scenario(&[3, 4, 3, 3, 2], over);
    let rows = rows_of(&scenario);
    assert_eq!(
        combinations(&rows.rows, 2).len() as u64,
        rows.coverage.covered
    );
    let within: Vec<Vec<u32>> = rows
        .rows
        .iter()
        .map(|row| vec![row[0], row[2], row[3]])
        .collect();
    assert_eq!(combinations(&within, 3).len(), 27);
    let told = rows.coverage.over.expect("it is told");
    assert_eq!((told.feasible, told.covered, told.axes.len()), (27, 27, 3));
    assert_eq!(rows.rows.len(), 27);
}

#[test]
fn a_strength_beyond_the_axes_that_are_named_is_told() {
    let over = Cover::Over {
        strength: 3,
        axes: vec![0, 1],
    };
    let problem = only_problem(&scenario(&[2, 2, 2], over));
    assert_eq!((problem.code, problem.span), (Code::StrengthTooHigh, COVER));
}

#[test]
fn constraints_that_tie_too_much_together_are_refused() {
    // Every axis has another value than every other.
    let mut predicates = Vec::new();
    for axis in 0..16 {
        for other in 0..axis {
            predicates.push(compare(axis, Comparison::NotEqual, other));
        }
    }
    let problem = only_problem(&requiring(scenario(&[40; 16], Cover::Wise(2)), predicates));
    assert_eq!(
        (problem.code, problem.span),
        (Code::TooLarge, constraint_span(0))
    );
}

fn predicates(axes: usize, values: i64) -> impl Strategy<Value = Predicate> {
    let leaf = prop_oneof![
        (0..axes, 0..values).prop_map(|(axis, value)| is(axis, value)),
        (0..axes, 0..axes).prop_map(|(a, b)| compare(a, Comparison::Less, b)),
        (0..axes, 0..axes).prop_map(|(a, b)| compare(a, Comparison::NotEqual, b)),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(not),
            prop::collection::vec(inner.clone(), 1..4).prop_map(Predicate::All),
            prop::collection::vec(inner, 1..4).prop_map(Predicate::Any),
        ]
    })
}

prop_compose! {
    fn constrained()(
        sizes in prop::collection::vec(1_usize..4, 3..6),
    )(
        predicates in prop::collection::vec(predicates(sizes.len(), 3), 0..4),
        sizes in Just(sizes),
        strength in 1_u32..4,
    ) -> Scenario {
        requiring(scenario(&sizes, Cover::Wise(strength)), predicates)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn rows_are_allowed_counted_and_cover_all_that_is_allowed(scenario in constrained()) {
        let allowed = brute_force(&scenario);
        let (rows, diagnostics) = rows::rows(&scenario, 42);
        prop_assert_eq!(&rows, &rows::rows(&scenario, 42).0);
        let Some(rows) = rows else {
            prop_assert!(allowed.is_empty());
            prop_assert_eq!(diagnostics[0].code, Code::Unsatisfiable);
            return Ok(());
        };
        let Cover::Wise(strength) = scenario.cover.value else { unreachable!() };
        prop_assert_eq!(&rows.coverage.feasible_rows, &allowed.len().to_string());
        prop_assert!(rows.rows.iter().all(|row| is_allowed(&scenario, row)));
        let wanted = combinations(&allowed, strength as usize);
        prop_assert_eq!(combinations(&rows.rows, strength as usize), wanted.clone());
        prop_assert_eq!(rows.coverage.feasible, wanted.len() as u64);
        prop_assert_eq!(rows.coverage.infeasible_count, infeasible(&scenario, &allowed, strength));
        let unreachable = scenario.axes.iter().enumerate().map(|(axis, values)| {
            values.values.len() - allowed.iter().map(|row| row[axis]).collect::<BTreeSet<_>>().len()
        });
        prop_assert_eq!(diagnostics.len(), unreachable.sum::<usize>());
    }

    #[test]
    fn combinations_over_some_axes_and_all_pairs_are_covered(scenario in constrained()) {
        let (Cover::Wise(strength), mut scenario) = (scenario.cover.value.clone(), scenario) else {
            unreachable!()
        };
        let axes: Vec<usize> = (0..scenario.axes.len()).filter(|axis| axis % 3 != 1).collect();
        let strength = strength.min(axes.len() as u32);
        scenario.cover.value = Cover::Over { strength, axes: axes.clone() };
        let allowed = brute_force(&scenario);
        let Some(rows) = rows::rows(&scenario, 42).0 else {
            prop_assert!(allowed.is_empty());
            return Ok(());
        };
        prop_assert!(rows.rows.iter().all(|row| is_allowed(&scenario, row)));
        prop_assert_eq!(combinations(&rows.rows, 2), combinations(&allowed, 2));
        let within = |rows: &[Vec<u32>]| {
            let of = |row: &Vec<u32>| axes.iter().map(|&axis| row[axis]).collect();
            combinations(&rows.iter().map(of).collect::<Vec<Vec<u32>>>(), strength as usize)
        };
        prop_assert_eq!(within(&rows.rows), within(&allowed));
    }

    #[test]
    fn all_is_every_allowed_row(scenario in constrained()) {
        let mut scenario = scenario;
        scenario.cover.value = Cover::All;
        let rows = rows::rows(&scenario, 0).0.map(|rows| rows.rows).unwrap_or_default();
        prop_assert_eq!(rows, brute_force(&scenario));
    }

    #[test]
    fn samples_are_different_allowed_rows(scenario in constrained(), count in 1_u64..20) {
        let mut scenario = scenario;
        scenario.cover.value = Cover::Sample(count);
        let allowed = brute_force(&scenario);
        let rows = rows::rows(&scenario, 7).0.map(|rows| rows.rows).unwrap_or_default();
        prop_assert_eq!(rows.len(), allowed.len().min(count as usize));
        let different: BTreeSet<_> = rows.iter().collect();
        prop_assert_eq!(different.len(), rows.len());
        prop_assert!(rows.iter().all(|row| is_allowed(&scenario, row)));
    }
}
