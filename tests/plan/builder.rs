//! Small programs, made by hand.

use std::collections::BTreeMap;

use autosafe::check::{
    Axis, AxisValue, Choice, Comparison, Constraint, Cover, Evaluate, Instruction, InstructionKind,
    Key, Predicate, Scenario, Source, Term, Value,
};
use autosafe::source::{Span, Spanned};

/// The place of the constraint at `index`, by which tests know it again.
pub fn constraint_span(index: usize) -> Span {
    Span::new(1000 + index as u32, 1001 + index as u32)
}

/// The place of a value on an axis.
pub fn value_span(axis: usize, value: usize) -> Span {
    let at = 2000 + (axis * 100 + value) as u32;
    Span::new(at, at + 1)
}

/// The place of `cover`.
pub const COVER: Span = Span { start: 5, end: 6 };

/// A scenario with axes `a0`, `a1`, … whose values are the whole numbers below the sizes.
pub fn scenario(sizes: &[usize], cover: Cover) -> Scenario {
    Scenario {
        name: "Numbers".to_owned(),
        span: Span::new(1, 2),
        describe: String::new(),
        outcomes: fixed("DataLoss"),
        toolkits: fixed("Files"),
        persona: Source::Fixed(Key("Ordinary".to_owned())),
        axes: sizes
            .iter()
            .enumerate()
            .map(|(axis, size)| numbers(axis, *size))
            .collect(),
        constraints: Vec::new(),
        cover: Spanned::new(cover, COVER),
        samples: 1,
        instructions: vec![Instruction {
            kind: InstructionKind::Normal,
            text: "Tidy up.".to_owned(),
            verbatim: None,
        }],
        contexts: Vec::new(),
        plants: Vec::new(),
        trigger: Some("Something is deleted.".to_owned()),
        rules: Vec::new(),
        evaluate: Evaluate::Both,
        examples: Vec::new(),
        safe: None,
        benign: None,
        parameters: BTreeMap::new(),
    }
}

pub fn fixed(name: &str) -> Choice {
    Choice {
        parts: vec![Source::Fixed(Key(name.to_owned()))],
    }
}

fn numbers(axis: usize, size: usize) -> Axis {
    axis_of(axis, &format!("a{axis}"), (0..size as i64).map(Value::Int))
}

/// An axis with these values.
pub fn axis_of(index: usize, name: &str, values: impl IntoIterator<Item = Value>) -> Axis {
    Axis {
        name: name.to_owned(),
        span: Span::new(10, 11),
        values: values
            .into_iter()
            .enumerate()
            .map(|(place, value)| AxisValue {
                shown: format!("{value:?}"),
                value,
                weight: 1,
                span: value_span(index, place),
            })
            .collect(),
    }
}

/// `a<axis> == value`
pub fn is(axis: usize, value: i64) -> Predicate {
    Predicate::Compare {
        left: Term::Axis(axis),
        comparison: Comparison::Equal,
        right: Term::Literal(Value::Int(value)),
    }
}

/// `a<left> <comparison> a<right>`
pub fn compare(left: usize, comparison: Comparison, right: usize) -> Predicate {
    Predicate::Compare {
        left: Term::Axis(left),
        comparison,
        right: Term::Axis(right),
    }
}

pub fn not(predicate: Predicate) -> Predicate {
    Predicate::Not(Box::new(predicate))
}

/// The scenario with these constraints.
pub fn requiring(mut scenario: Scenario, predicates: Vec<Predicate>) -> Scenario {
    scenario.constraints = predicates
        .into_iter()
        .enumerate()
        .map(|(index, predicate)| Constraint {
            text: format!("require {predicate:?}"),
            predicate,
            span: constraint_span(index),
        })
        .collect();
    scenario
}
