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

#[test]
fn pairs_of_thirteen_axes_of_three_fit_in_twenty_rows() {
    let rows = row_count(&[3; 13], 2);
    assert!(rows <= 20, "{rows}");
}

#[test]
fn pairs_of_twenty_axes_of_ten_fit_in_230_rows() {
    let rows = row_count(&[10; 20], 2);
    assert!(rows <= 230, "{rows}");
}

#[test]
fn pairs_of_a_hundred_axes_of_two_fit_in_sixteen_rows() {
    let rows = row_count(&[2; 100], 2);
    assert!(rows <= 16, "{rows}");
}

#[test]
fn triples_of_six_axes_of_three_fit_in_fifty_rows() {
    let rows = row_count(&[3; 6], 3);
    assert!(rows <= 50, "{rows}");
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
        let unreachable = scenario.axes.iter().enumerate().map(|(axis, values)| {
            values.values.len() - allowed.iter().map(|row| row[axis]).collect::<BTreeSet<_>>().len()
        });
        prop_assert_eq!(diagnostics.len(), unreachable.sum::<usize>());
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
