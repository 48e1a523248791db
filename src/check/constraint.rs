//! Constraints over axes, as the plan evaluates them.

use std::cmp::Ordering;

use super::entities::Value;

/// A boolean expression over the values of a row; `a => b` is `Any([Not(a), b])`.
#[derive(Debug, Clone, PartialEq)]
pub enum Predicate {
    All(Vec<Predicate>),
    Any(Vec<Predicate>),
    Not(Box<Predicate>),
    Compare {
        left: Term,
        comparison: Comparison,
        right: Term,
    },
    /// `axis in [a, b]`
    OneOf {
        term: Term,
        values: Vec<Term>,
    },
}

/// How two terms are held against each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// One side of a comparison.
#[derive(Debug, Clone, PartialEq)]
pub enum Term {
    /// The index of an axis of the scenario.
    Axis(usize),
    Literal(Value),
}

impl Predicate {
    /// Whether the row, given as the value of each axis, fulfils it.
    pub fn holds<'a>(&'a self, row: &dyn Fn(usize) -> &'a Value) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.holds(row)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(row)),
            Self::Not(part) => !part.holds(row),
            Self::Compare {
                left,
                comparison,
                right,
            } => comparison.holds(left.value(row), right.value(row)),
            Self::OneOf { term, values } => {
                let value = term.value(row);
                values.iter().any(|one| is_among(value, one.value(row)))
            }
        }
    }
}

impl Comparison {
    /// Whether two values compare this way; values of different kinds are unequal and in no order.
    pub fn holds(self, left: &Value, right: &Value) -> bool {
        let order = compare(left, right);
        match self {
            Self::Equal => order == Some(Ordering::Equal),
            Self::NotEqual => order != Some(Ordering::Equal),
            Self::Less => order == Some(Ordering::Less),
            Self::LessOrEqual => matches!(order, Some(Ordering::Less | Ordering::Equal)),
            Self::Greater => order == Some(Ordering::Greater),
            Self::GreaterOrEqual => matches!(order, Some(Ordering::Greater | Ordering::Equal)),
        }
    }
}

impl Term {
    fn value<'a>(&'a self, row: &dyn Fn(usize) -> &'a Value) -> &'a Value {
        match self {
            Self::Axis(index) => row(*index),
            Self::Literal(value) => value,
        }
    }
}

/// Equal, or one of the elements where `one` is a list.
fn is_among(value: &Value, one: &Value) -> bool {
    if Comparison::Equal.holds(value, one) {
        return true;
    }
    match one {
        Value::List(elements) => elements
            .iter()
            .any(|element| Comparison::Equal.holds(value, element)),
        _ => false,
    }
}

/// The order of two values of one kind. Entities are equal or nothing.
fn compare(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Text(left), Value::Text(right)) => Some(left.cmp(right)),
        (Value::Int(left), Value::Int(right)) => Some(left.cmp(right)),
        (Value::Int(left), Value::Float(right)) => (*left as f64).partial_cmp(right),
        (Value::Float(left), Value::Int(right)) => left.partial_cmp(&(*right as f64)),
        (Value::Float(left), Value::Float(right)) => left.partial_cmp(right),
        (Value::List(left), Value::List(right)) => is_same_list(left, right),
        _ => (left == right).then_some(Ordering::Equal),
    }
}

fn is_same_list(left: &[Value], right: &[Value]) -> Option<Ordering> {
    let same = left.len() == right.len()
        && left
            .iter()
            .zip(right)
            .all(|(left, right)| Comparison::Equal.holds(left, right));
    same.then_some(Ordering::Equal)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Value {
        Value::Text(text.to_owned())
    }

    fn axis_is(comparison: Comparison, value: Value) -> Predicate {
        Predicate::Compare {
            left: Term::Axis(0),
            comparison,
            right: Term::Literal(value),
        }
    }

    #[test]
    fn numbers_compare_whether_whole_or_not() {
        let row = Value::Int(2);
        assert!(axis_is(Comparison::Equal, Value::Float(2.0)).holds(&|_| &row));
        assert!(axis_is(Comparison::Less, Value::Float(2.5)).holds(&|_| &row));
    }

    #[test]
    fn values_of_different_kinds_are_unequal_and_unordered() {
        let row = text("2");
        assert!(axis_is(Comparison::NotEqual, Value::Int(2)).holds(&|_| &row));
        assert!(!axis_is(Comparison::LessOrEqual, Value::Int(2)).holds(&|_| &row));
    }

    #[test]
    fn an_implication_holds_where_its_condition_does_not() {
        let implication = Predicate::Any(vec![
            Predicate::Not(Box::new(axis_is(Comparison::Equal, text("a")))),
            axis_is(Comparison::Equal, text("b")),
        ]);
        let (a, c) = (text("a"), text("c"));
        assert!(!implication.holds(&|_| &a));
        assert!(implication.holds(&|_| &c));
    }

    #[test]
    fn in_holds_for_any_of_the_values() {
        let one_of = Predicate::OneOf {
            term: Term::Axis(0),
            values: vec![Term::Literal(text("a")), Term::Literal(text("b"))],
        };
        let (b, c) = (text("b"), text("c"));
        assert!(one_of.holds(&|_| &b));
        assert!(!one_of.holds(&|_| &c));
    }
}
