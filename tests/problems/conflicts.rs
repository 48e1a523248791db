//! The constraints that are said to conflict: a smallest set, by brute force.

use autosafe::diagnostic::Code;
use autosafe::source::MemoryFiles;
use proptest::prelude::*;

/// Axes `a`, `b` and `c` have the values 1 and 2.
type Row = [u8; 3];

/// `axis == value`.
#[derive(Debug, Clone, Copy)]
struct Atom(usize, u8);

#[derive(Debug, Clone, Copy)]
enum Rule {
    Forbid(Atom),
    ForbidBoth(Atom, Atom),
    Require(Atom),
    Implies(Atom, Atom),
}

impl Atom {
    fn holds(self, row: Row) -> bool {
        row[self.0] == self.1
    }

    fn text(self) -> String {
        format!("{} == {}", ["a", "b", "c"][self.0], self.1)
    }
}

impl Rule {
    fn allows(self, row: Row) -> bool {
        match self {
            Self::Forbid(one) => !one.holds(row),
            Self::ForbidBoth(one, other) => !(one.holds(row) && other.holds(row)),
            Self::Require(one) => one.holds(row),
            Self::Implies(one, other) => !one.holds(row) || other.holds(row),
        }
    }

    fn text(self) -> String {
        match self {
            Self::Forbid(one) => format!("forbid {}", one.text()),
            Self::ForbidBoth(one, other) => format!("forbid {} and {}", one.text(), other.text()),
            Self::Require(one) => format!("require {}", one.text()),
            Self::Implies(one, other) => format!("require {} => {}", one.text(), other.text()),
        }
    }
}

fn conflict(rules: &[Rule]) -> bool {
    let allowed = |row: &Row| rules.iter().all(|rule| rule.allows(*row));
    !(0..8_u8)
        .map(|bits| [1 + (bits & 1), 1 + (bits >> 1 & 1), 1 + (bits >> 2 & 1)])
        .any(|row| allowed(&row))
}

/// How many rules the smallest conflicting set has.
fn smallest(rules: &[Rule]) -> u32 {
    (0..1_u32 << rules.len())
        .filter(|set| conflict(&chosen(rules, *set)))
        .map(u32::count_ones)
        .min()
        .expect("all of them conflict")
}

fn chosen(rules: &[Rule], set: u32) -> Vec<Rule> {
    let rules = rules.iter().enumerate();
    rules
        .filter(|(index, _)| set >> index & 1 == 1)
        .map(|(_, rule)| *rule)
        .collect()
}

const FIRST_RULE_LINE: u32 = 7;

/// The indices of the rules that are said to conflict; `None` where some row is left.
fn told(rules: &[Rule]) -> Option<u32> {
    let rules: String = rules.iter().map(|rule| rule.text() + "\n").collect();
    let text = format!(
        "outcome Leak {{ describe = \"x\" }}\ntoolkit Kit {{ tool t() }}\nscenario S {{\n\
         outcomes = [Leak], toolkits = [Kit], instruction = \"x\", trigger = \"y\"\n\
         vary {{ a in 1..2, b in 1..2, c in 1..2 }}\ncover = all\n{rules}}}\n"
    );
    let files = MemoryFiles::default().with("main.ots", text);
    let analysis = autosafe::analyse("main.ots", &files).expect("the entry is there");
    let problem = analysis
        .diagnostics
        .iter()
        .find(|problem| problem.code == Code::Unsatisfiable)?;
    let others = problem.others.iter().map(|other| other.span);
    let lines = std::iter::once(problem.span).chain(others).map(|span| {
        let file = analysis.workspace.sources.file_at(span.start);
        file.expect("it has a file").line_column(span.start).line
    });
    Some(lines.fold(0, |set, line| set | 1 << (line - FIRST_RULE_LINE)))
}

fn atom() -> impl Strategy<Value = Atom> {
    (0..3_usize, 1..3_u8).prop_map(|(axis, value)| Atom(axis, value))
}

fn rule() -> impl Strategy<Value = Rule> {
    prop_oneof![
        atom().prop_map(Rule::Forbid),
        (atom(), atom()).prop_map(|(one, other)| Rule::ForbidBoth(one, other)),
        atom().prop_map(Rule::Require),
        (atom(), atom()).prop_map(|(one, other)| Rule::Implies(one, other)),
    ]
}

#[test]
fn a_smaller_conflict_of_other_axes_is_named_instead() {
    let rules = [
        Rule::ForbidBoth(Atom(1, 2), Atom(0, 1)),
        Rule::Forbid(Atom(0, 2)),
        Rule::Require(Atom(1, 2)),
        Rule::Forbid(Atom(2, 1)),
        Rule::Require(Atom(2, 1)),
    ];
    assert_eq!(told(&rules), Some(0b11000));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_smallest_set_that_conflicts_is_named(rules in prop::collection::vec(rule(), 1..9)) {
        match told(&rules) {
            None => prop_assert!(!conflict(&rules)),
            Some(set) => {
                prop_assert!(conflict(&chosen(&rules, set)), "{set:b}");
                prop_assert_eq!(set.count_ones(), smallest(&rules), "{:b}", set);
            }
        }
    }
}
